// The answer that is being made: the single truth that drives canvas, region list, undo and autosave. Every change is
// a command with before and after; undo applies the inverse. Knows nothing of React or of any editor.
import { Listeners } from "./listeners";
import { type Answer, isEmpty, type Region, type Relation, sameValue, type Value } from "./types";

/** One thing before and after; `at` is its place in the list while it is there. */
export type Change =
  | { kind: "region"; id: string; at: number; before?: Region; after?: Region }
  | { kind: "relation"; id: string; at: number; before?: Relation; after?: Relation }
  | { kind: "field"; id: string; before?: Value; after?: Value };

export interface Command {
  name: string;
  changes: Change[];
  mergeKey?: string;
}

export type ChangeListener = (changes: readonly Change[]) => void;

export class AnnotationDoc extends Listeners {
  private regionList: Region[];
  private relationList: Relation[];
  private fieldMap: Record<string, Value>;
  private readonly byId = new Map<string, Region>();
  private readonly done: Command[] = [];
  private undone: Command[] = [];
  private readonly watchers = new Set<ChangeListener>();
  /** Where new regions lie that do not say it: the slice that is drawn on. */
  target: Region["target"];
  /** Rises with every change: what a snapshot is told apart by. */
  version = 0;

  constructor(start: Answer) {
    super();
    this.regionList = [...start.regions];
    this.relationList = [...start.relations];
    this.fieldMap = { ...start.fields };
    for (const region of this.regionList) this.byId.set(region.id, region);
  }

  /** The lists are replaced, never changed: they can be compared by identity. */
  get regions(): readonly Region[] {
    return this.regionList;
  }

  get relations(): readonly Relation[] {
    return this.relationList;
  }

  get fields(): Readonly<Record<string, Value>> {
    return this.fieldMap;
  }

  region(id: string): Region | undefined {
    return this.byId.get(id);
  }

  answer(): Answer {
    return {
      fields: { ...this.fieldMap },
      regions: [...this.regionList],
      relations: [...this.relationList],
    };
  }

  get empty(): boolean {
    return isEmpty({ fields: this.fieldMap, regions: this.regionList, relations: this.relationList });
  }

  /** Engines follow single changes instead of comparing everything. */
  watch(watcher: ChangeListener): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  addRegion(name: string, region: Region): void {
    this.run({
      name,
      changes: [{ kind: "region", id: region.id, at: this.regionList.length, after: region }],
    });
  }

  addRegions(name: string, regions: Region[], relations: Relation[] = []): void {
    const changes: Change[] = regions.map((region, index) => ({
      kind: "region",
      id: region.id,
      at: this.regionList.length + index,
      after: region,
    }));
    relations.forEach((relation, index) => {
      changes.push({
        kind: "relation",
        id: relation.id,
        at: this.relationList.length + index,
        after: relation,
      });
    });
    this.run({ name, changes });
  }

  /** Changes one region; changes with the same merge key in a row are one step of undo. */
  changeRegion(name: string, id: string, change: Partial<Omit<Region, "id">>, mergeKey?: string): void {
    this.changeRegions(name, [id], () => change, mergeKey);
  }

  changeRegions(
    name: string,
    ids: readonly string[],
    change: (region: Region) => Partial<Omit<Region, "id">>,
    mergeKey?: string,
  ): void {
    const changes: Change[] = [];
    for (const id of ids) {
      const before = this.byId.get(id);
      if (!before) continue;
      changes.push({ kind: "region", id, at: -1, before, after: { ...before, ...change(before) } });
    }
    this.run({ name, changes, mergeKey });
  }

  /** Changes, removes and adds regions as one step: joining and slicing. */
  rework(
    name: string,
    work: {
      changed?: ReadonlyMap<string, Partial<Omit<Region, "id">>>;
      removed?: readonly string[];
      added?: readonly Region[];
    },
    mergeKey?: string,
  ): void {
    const changes: Change[] = [];
    for (const [id, change] of work.changed ?? []) {
      const before = this.byId.get(id);
      if (before) changes.push({ kind: "region", id, at: -1, before, after: { ...before, ...change } });
    }
    const removed = this.removals(work.removed ?? []);
    changes.push(...removed);
    const left = this.regionList.length - removed.filter((one) => one.kind === "region").length;
    (work.added ?? []).forEach((region, index) => {
      changes.push({ kind: "region", id: region.id, at: left + index, after: region });
    });
    this.run({ name, changes, mergeKey });
  }

  /** Removes regions with the relations that hang on them. */
  removeRegions(name: string, ids: readonly string[]): void {
    this.run({ name, changes: this.removals(ids) });
  }

  private removals(ids: readonly string[]): Change[] {
    const gone = new Set(ids);
    const changes: Change[] = [];
    this.relationList.forEach((relation, at) => {
      if (!gone.has(relation.from) && !gone.has(relation.to)) return;
      changes.push({ kind: "relation", id: relation.id, at, before: relation });
    });
    this.regionList.forEach((region, at) => {
      if (gone.has(region.id)) changes.push({ kind: "region", id: region.id, at, before: region });
    });
    // From the end, so that the places before stay right; undo goes the other way round.
    return changes.reverse();
  }

  addRelation(name: string, relation: Relation): void {
    this.addRegions(name, [], [relation]);
  }

  removeRelation(name: string, id: string): void {
    const at = this.relationList.findIndex((relation) => relation.id === id);
    const before = this.relationList[at];
    if (before) this.run({ name, changes: [{ kind: "relation", id, at, before }] });
  }

  /** Sets fields; undefined takes a value away. */
  setFields(name: string, values: Record<string, Value | undefined>, mergeKey?: string): void {
    const changes: Change[] = Object.entries(values).map(([id, after]) => ({
      kind: "field",
      id,
      before: this.fieldMap[id],
      after,
    }));
    this.run({ name, changes: changes.filter((one) => !sameField(one)), mergeKey });
  }

  /** Puts another answer in the place of this one, as one step of undo. */
  replace(name: string, next: Answer): void {
    const changes: Change[] = [];
    this.relationList.forEach((relation, at) => {
      changes.push({ kind: "relation", id: relation.id, at, before: relation });
    });
    this.regionList.forEach((region, at) => {
      changes.push({ kind: "region", id: region.id, at, before: region });
    });
    changes.reverse();
    next.regions.forEach((region, at) => {
      changes.push({ kind: "region", id: region.id, at, after: region });
    });
    next.relations.forEach((relation, at) => {
      changes.push({ kind: "relation", id: relation.id, at, after: relation });
    });
    for (const id of new Set([...Object.keys(this.fieldMap), ...Object.keys(next.fields)])) {
      const change: Change = { kind: "field", id, before: this.fieldMap[id], after: next.fields[id] };
      if (!sameField(change)) changes.push(change);
    }
    this.run({ name, changes });
  }

  /** Takes over what was changed elsewhere: nothing of it is undone here. */
  mirror(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.apply(changes);
    this.tell(changes);
  }

  run(command: Command): void {
    if (command.changes.length === 0) return;
    if (this.target !== undefined) for (const change of command.changes) aim(change, this.target);
    this.apply(command.changes);
    this.undone = [];
    const last = this.done.at(-1);
    if (last && command.mergeKey !== undefined && last.mergeKey === command.mergeKey)
      merge(last, command.changes);
    else this.done.push({ ...command, changes: command.changes.map((change) => ({ ...change })) });
    this.tell(command.changes);
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** The name of what was undone. */
  undo(): string | undefined {
    const command = this.done.pop();
    if (!command) return undefined;
    const inverse = command.changes.map(inverted).reverse();
    this.apply(inverse);
    this.undone.push(command);
    this.tell(inverse);
    return command.name;
  }

  redo(): string | undefined {
    const command = this.undone.pop();
    if (!command) return undefined;
    this.apply(command.changes);
    // What is redone is finished: a later drag must not grow into it.
    this.done.push({ ...command, mergeKey: undefined });
    this.tell(command.changes);
    return command.name;
  }

  private apply(changes: readonly Change[]): void {
    let [regions, relations] = [this.regionList, this.relationList];
    const places = changes.length > 1 && regions.length > 64 ? placesOf(regions) : undefined;
    for (const change of changes) {
      if (change.kind === "field") {
        const { [change.id]: _, ...others } = this.fieldMap;
        this.fieldMap = change.after === undefined ? others : { ...this.fieldMap, [change.id]: change.after };
      } else if (change.kind === "region") {
        if (regions === this.regionList) regions = [...regions];
        place(regions, change, change.before && change.after ? places : undefined);
        if (change.after) this.byId.set(change.id, change.after);
        else this.byId.delete(change.id);
      } else {
        if (relations === this.relationList) relations = [...relations];
        place(relations, change, undefined);
      }
    }
    [this.regionList, this.relationList] = [regions, relations];
  }

  private tell(changes: readonly Change[]): void {
    this.version += 1;
    for (const watcher of this.watchers) watcher(changes);
    this.changed();
  }
}

/** What an editor may do with an answer, or with the part of one that it shows. */
export type Doc = Pick<AnnotationDoc, keyof AnnotationDoc>;

/** Puts a region that is new, and says of no part of the item that it lies there, on this one. */
function aim(change: Change, target: Region["target"]): void {
  if (change.kind !== "region" || change.before || !change.after || change.after.target !== undefined) return;
  change.after = { ...change.after, target };
}

function sameField(change: Change): boolean {
  return change.kind === "field" && sameValue(change.before, change.after);
}

function placesOf(regions: readonly Region[]): Map<string, number> {
  return new Map(regions.map((region, at) => [region.id, at]));
}

function place<T extends { id: string }>(
  list: T[],
  change: { id: string; at: number; before?: T; after?: T },
  places: Map<string, number> | undefined,
): void {
  if (change.before && change.after) {
    const known = places?.get(change.id);
    const at =
      known !== undefined && list[known]?.id === change.id
        ? known
        : list.findIndex((one) => one.id === change.id);
    if (at >= 0) list[at] = change.after;
  } else if (change.after) list.splice(change.at, 0, change.after);
  else list.splice(change.at, 1);
}

function inverted(change: Change): Change {
  return { ...change, before: change.after, after: change.before } as Change;
}

/** Adds changes to a step that is still going on: a thing changed twice keeps its first before. */
function merge(into: Command, changes: readonly Change[]): void {
  for (const change of changes) {
    const known = into.changes.findLast((one) => one.kind === change.kind && one.id === change.id);
    const bothStay = known && change.before !== undefined && change.after !== undefined;
    if (known && bothStay && known.after !== undefined) Object.assign(known, { after: change.after });
    else into.changes.push({ ...change });
  }
}
