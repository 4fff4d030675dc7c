// A part of the answer as a document of its own: one editor sees the regions of its pane and follows what changes among
// them, while there is one answer with one history for all. What an editor changes goes through the whole.
import type { AnnotationDoc, Change, ChangeListener, Command, Doc } from "./doc";
import { Listeners } from "./listeners";
import type { Answer, Region, Relation, Value } from "./types";

type Rework = Parameters<Doc["rework"]>[1];

export class DocView extends Listeners implements Doc {
  private readonly whole: AnnotationDoc;
  private readonly holds: (className: string) => boolean;
  private readonly watchers = new Set<ChangeListener>();
  private list: readonly Region[] | undefined;
  /** Each view has its own: two panes may each draw on a slice. */
  target: Region["target"];
  /** Rises with what changes here, and not with what changes in other panes. */
  version = 0;

  /** Of the regions with a class for which `holds` holds. */
  constructor(whole: AnnotationDoc, holds: (className: string) => boolean) {
    super();
    [this.whole, this.holds] = [whole, holds];
    whole.watch((changes) => this.follow(changes));
  }

  /** The same list until a region of this view changes. */
  get regions(): readonly Region[] {
    this.list ??= this.whole.regions.filter((region) => this.holds(region.class));
    return this.list;
  }

  /** All of them: an end may lie in another pane. */
  get relations(): readonly Relation[] {
    return this.whole.relations;
  }

  get fields(): Readonly<Record<string, Value>> {
    return this.whole.fields;
  }

  /** Any region of the answer: a relation leads to those of other panes. */
  region(id: string): Region | undefined {
    return this.whole.region(id);
  }

  /** The whole answer: what is put in its place must not lose other panes. */
  answer(): Answer {
    return this.whole.answer();
  }

  get empty(): boolean {
    return this.whole.empty;
  }

  watch(watcher: ChangeListener): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  addRegion(name: string, region: Region): void {
    this.whole.addRegion(name, this.aimed(region));
  }

  addRegions(name: string, regions: Region[], relations?: Relation[]): void {
    this.whole.addRegions(
      name,
      regions.map((region) => this.aimed(region)),
      relations,
    );
  }

  changeRegion(name: string, id: string, change: Partial<Omit<Region, "id">>, mergeKey?: string): void {
    this.whole.changeRegion(name, id, change, mergeKey);
  }

  changeRegions(
    name: string,
    ids: readonly string[],
    change: (region: Region) => Partial<Omit<Region, "id">>,
    mergeKey?: string,
  ): void {
    this.whole.changeRegions(name, ids, change, mergeKey);
  }

  rework(name: string, work: Rework, mergeKey?: string): void {
    this.whole.rework(name, { ...work, added: work.added?.map((region) => this.aimed(region)) }, mergeKey);
  }

  removeRegions(name: string, ids: readonly string[]): void {
    this.whole.removeRegions(name, ids);
  }

  addRelation(name: string, relation: Relation): void {
    this.whole.addRelation(name, relation);
  }

  removeRelation(name: string, id: string): void {
    this.whole.removeRelation(name, id);
  }

  setFields(name: string, values: Record<string, Value | undefined>, mergeKey?: string): void {
    this.whole.setFields(name, values, mergeKey);
  }

  replace(name: string, next: Answer): void {
    this.whole.replace(name, next);
  }

  mirror(changes: readonly Change[]): void {
    this.whole.mirror(changes);
  }

  run(command: Command): void {
    const changes = command.changes.map((change) =>
      change.kind === "region" && !change.before && change.after
        ? { ...change, after: this.aimed(change.after) }
        : change,
    );
    this.whole.run({ ...command, changes });
  }

  get canUndo(): boolean {
    return this.whole.canUndo;
  }

  get canRedo(): boolean {
    return this.whole.canRedo;
  }

  undo(): string | undefined {
    return this.whole.undo();
  }

  redo(): string | undefined {
    return this.whole.redo();
  }

  private aimed(region: Region): Region {
    if (this.target === undefined || region.target !== undefined) return region;
    return { ...region, target: this.target };
  }

  private follow(changes: readonly Change[]): void {
    const own = changes.flatMap((change) => this.partOf(change));
    if (own.length === 0) return;
    if (own.some((change) => change.kind === "region")) this.list = undefined;
    this.version += 1;
    for (const watcher of this.watchers) watcher(own);
    this.changed();
  }

  /** A region whose class changes to one of another pane goes from here; its place stays that in the whole list. */
  private partOf(change: Change): Change[] {
    if (change.kind !== "region") return [change];
    const here = (region: Region | undefined) => (region && this.holds(region.class) ? region : undefined);
    const [before, after] = [here(change.before), here(change.after)];
    if (!before && !after) return [];
    return before === change.before && after === change.after ? [change] : [{ ...change, before, after }];
  }
}
