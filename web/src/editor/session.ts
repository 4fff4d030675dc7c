// One task in the editor: the answer, what is in hand, and the commands that every modality shares. No React.
import { AnnotationDoc, type Change, type Doc } from "../core/doc";
import { withDropped } from "../core/fields";
import { uuid } from "../core/ids";
import { Hierarchy } from "../core/timeline/hierarchy";
import type { Answer, GeometryKind, LabelClass, LabelSchema, Region, Value } from "../core/types";
import type { Panes } from "./panes/panes";
import type { EditorPlugin, Engine, Media, ToolView } from "./plugin";
import { relateTo, startRelation } from "./relating";
import { EditorUi } from "./ui";

export interface SessionStart {
  schema: LabelSchema;
  media: Media;
  plugin: EditorPlugin;
  answer: Answer;
  unfinished?: unknown;
  suggestions?: Answer;
  /** How sure the suggested values are, 0 to 1, by field id. */
  scores?: Readonly<Record<string, number>>;
  /** Who labels: what a person chooses for themselves is kept for them. */
  person?: number;
  /** Of one pane among several: the answer of all, the part of it that lies here, and the classes of all. */
  share?: { whole: AnnotationDoc; doc: Doc; classes: readonly LabelClass[] };
}

/** What a model or an import says about a field. */
export interface Suggested {
  value: Value;
  score?: number;
}

export class EditorSession {
  /** What of the answer lies on what is shown here. */
  readonly doc: Doc;
  /** The answer with all panes: what drafts, checks and submits are about. */
  readonly whole: AnnotationDoc;
  readonly ui: EditorUi;
  readonly schema: LabelSchema;
  /** With the classes of all panes. */
  readonly wholeSchema: LabelSchema;
  readonly media: Media;
  readonly plugin: EditorPlugin;
  readonly person: number | undefined;
  private suggested: Answer | undefined;
  private readonly scores: Readonly<Record<string, number>>;
  /** What draws it now; none while it is not on the screen. */
  engine: Engine | undefined;
  /** The element that it is drawn in, which takes the focus. */
  canvas: HTMLElement | undefined;
  /** The panes of the task; none where this is all of it. */
  panes: Panes | undefined;
  /** Where words for screen readers go. */
  announce: (words: string) => void = () => {};

  constructor(start: SessionStart) {
    this.schema = start.plugin.schemaFor?.(start.schema, start.media) ?? start.schema;
    this.media = start.media;
    this.plugin = start.plugin;
    this.person = start.person;
    this.whole = start.share?.whole ?? new AnnotationDoc(start.answer);
    this.doc = start.share?.doc ?? this.whole;
    this.wholeSchema = start.share ? { ...this.schema, classes: [...start.share.classes] } : this.schema;
    this.suggested = start.suggestions;
    this.scores = start.scores ?? {};
    const tools = start.plugin.tools(this.schema);
    const first = this.usable[0];
    this.ui = new EditorUi({
      tool: tools.find((tool) => tool.id !== "select" && tool.id !== "pan")?.id ?? "select",
      activeClass: first?.id,
      unfinished: start.unfinished,
      suggestions: start.suggestions?.regions ?? [],
    });
    this.doc.watch((changes) => this.follow(changes));
  }

  /** The editors of the task: this one, or one a pane. */
  get editors(): readonly EditorSession[] {
    return this.panes?.sessions ?? [this];
  }

  /** The one of them that has the keys. */
  get current(): EditorSession {
    return this.panes?.current ?? this;
  }

  /** What is half drawn, in all of them. */
  get unfinished(): unknown {
    return this.panes ? this.panes.unfinished : this.ui.state.unfinished;
  }

  /** What may be made here. */
  get classes(): readonly LabelClass[] {
    return this.schema.classes ?? [];
  }

  /** The classes for which this editor has a tool. */
  get usable(): readonly LabelClass[] {
    return this.classes.filter((one) => this.kindsOf(one).length > 0);
  }

  kindsOf(one: LabelClass): GeometryKind[] {
    return one.geometry.filter((kind) => this.plugin.geometries.includes(kind));
  }

  /** Of any pane: what is only named or coloured need not lie here. */
  classOf(id: string): LabelClass | undefined {
    return this.wholeSchema.classes?.find((one) => one.id === id);
  }

  /** The class that a new shape of this kind gets. */
  classFor(kind: GeometryKind): LabelClass | undefined {
    const active = this.classOf(this.ui.state.activeClass ?? "");
    if (active?.geometry.includes(kind)) return active;
    return this.classes.find((one) => one.geometry.includes(kind));
  }

  /** What a press on a class does: it is the class of what is selected, and of what comes next. */
  pickClass(id: string): void {
    const picked = this.classes.find((one) => one.id === id);
    if (!picked || this.kindsOf(picked).length === 0) return;
    if (this.engine?.run(`class ${id}`)) return;
    const { selection, tool } = this.ui.state;
    const fitting = this.unlocked(selection).filter((one) => {
      const region = this.doc.region(one);
      return region && region.class !== id && picked.geometry.includes(region.geometry.type);
    });
    if (fitting.length > 0) {
      const asked = new Set((picked.attributes ?? []).map((attribute) => attribute.id));
      this.doc.changeRegions(`make it ${picked.title}`, fitting, (region) => ({
        class: id,
        attributes: Object.fromEntries(Object.entries(region.attributes).filter(([name]) => asked.has(name))),
      }));
      this.announce(
        `${fitting.length > 1 ? `${fitting.length} regions are` : "The region is"} ${picked.title} now`,
      );
    }
    const kinds = this.kindsOf(picked);
    const tools = this.plugin.tools(this.schema);
    const made = (one: ToolView | undefined) => one?.makes ?? (one?.id as GeometryKind);
    const inHand = made(tools.find((one) => one.id === tool));
    const draws = this.plugin.geometries.includes(inHand);
    const keep = selection.length > 0 || kinds.includes(inHand);
    const own = tools.find((one) => kinds.includes(made(one)));
    this.ui.set({
      activeClass: id,
      ...(!keep && own && (draws || tool === "select" || tool === "pan") ? { tool: own.id } : {}),
    });
  }

  /** Those that may be changed; says so when one may not. */
  unlocked(ids: readonly string[]): readonly string[] {
    const { locked } = this.ui.state;
    const open = ids.filter((id) => !locked.has(id));
    if (open.length < ids.length) this.announce("A selected region is locked");
    return open;
  }

  create(geometry: Region["geometry"], className: string): Region {
    const region: Region = { id: uuid(), geometry, class: className, attributes: {} };
    this.doc.addRegion(`draw ${this.classOf(className)?.title ?? className}`, region);
    this.ui.select(region.id);
    return region;
  }

  setField(id: string, value: Value | undefined, mergeKey?: string): void {
    const fields = this.schema.fields ?? [];
    const title = fields.find((field) => field.id === id)?.title ?? id;
    this.doc.setFields(`answer ${title}`, withDropped(fields, this.doc.fields, { [id]: value }), mergeKey);
  }

  setAttribute(ids: readonly string[], id: string, value: Value | undefined, mergeKey?: string): void {
    if (this.engine?.setValue?.(this.unlocked(ids), id, value)) return;
    this.doc.changeRegions(
      "change an attribute",
      this.unlocked(ids),
      (region) => {
        const fields = this.classOf(region.class)?.attributes ?? [];
        const changed = withDropped(fields, region.attributes, { [id]: value });
        const attributes = { ...region.attributes };
        for (const [name, next] of Object.entries(changed)) {
          if (next === undefined) delete attributes[name];
          else attributes[name] = next;
        }
        return { attributes };
      },
      mergeKey,
    );
  }

  /** Removes what is selected, suggestions included. */
  removeSelected(): boolean {
    const { suggestions } = this.ui.state;
    if (this.ui.state.selection.length === 0) return false;
    const selection = this.unlocked(this.ui.state.selection);
    if (selection.length < this.ui.state.selection.length) return true;
    const own = selection.filter((id) => this.doc.region(id));
    if (own.length > 0 && !this.removeRegions(own)) return true;
    const gone = new Set(selection);
    this.ui.set({ selection: [], suggestions: suggestions.filter((one) => !gone.has(one.id)) });
    return true;
  }

  /** With what lies within them; false where some of that is locked. */
  private removeRegions(ids: readonly string[]): boolean {
    const work = new Hierarchy(this.classes, this.doc.regions).without(ids);
    if ("refused" in work) return false;
    const touched = [...work.removed, ...work.changed.keys()];
    if (this.unlocked(touched).length < touched.length) return false;
    this.doc.rework(work.removed.length > 1 ? `delete ${work.removed.length} regions` : "delete", work);
    return true;
  }

  hideSelected(): void {
    const { selection, hidden } = this.ui.state;
    const next = new Set(hidden);
    if (selection.length === 0) {
      const all = this.doc.regions.map((region) => region.id);
      this.ui.set({ hidden: hidden.size > 0 ? new Set() : new Set(all) });
      this.announce(hidden.size > 0 ? "All regions are shown" : "All regions are hidden");
      return;
    }
    const show = selection.every((id) => hidden.has(id));
    for (const id of selection) {
      if (show) next.delete(id);
      else next.add(id);
    }
    this.ui.set({ hidden: next });
    this.announce(show ? "Shown" : "Hidden");
  }

  startRelation(): boolean {
    return startRelation(this);
  }

  relateTo(target: string): void {
    relateTo(this, target);
  }

  /** Says which region one has come to. */
  announcePlace(id: string, index: number, count: number): void {
    const region = this.doc.region(id) ?? this.ui.state.suggestions.find((one) => one.id === id);
    if (!region) return;
    const title = this.classOf(region.class)?.title ?? region.class;
    this.announce(`${title} ${this.describe(region)}, ${index + 1} of ${count}`);
  }

  /** A region in words, also one of another pane. */
  describe(region: Region): string {
    const { plugin, media } = this.panes?.sessionOf(region.class) ?? this;
    return plugin.describe(region, media);
  }

  /** Selects regions where they lie and brings the first one into view. */
  reveal(...ids: string[]): void {
    if (this.panes) this.panes.reveal(ids);
    else {
      this.ui.select(...ids);
      this.engine?.focus(ids.slice(0, 1));
    }
  }

  /** Ends what is half done; false when there is nothing of that. */
  finish(): boolean {
    return this.engine?.run("finish") === true || this.panes?.endRelation(this) === true;
  }

  /** What is half drawn goes back first, then what was done. */
  undo(): boolean {
    if (this.engine?.run("step-back") || this.engine?.run("restore")) return true;
    const name = this.doc.undo();
    if (name !== undefined) this.announce(`Undone: ${name}`);
    return name !== undefined;
  }

  redo(): boolean {
    const name = this.doc.redo();
    if (name !== undefined) this.announce(`Redone: ${name}`);
    return name !== undefined;
  }

  /** The suggestions in hand: the selected ones, else the first. */
  private chosenSuggestions(): Region[] {
    const { selection, suggestions } = this.ui.state;
    const chosen = suggestions.filter((one) => selection.includes(one.id));
    return chosen.length > 0 ? chosen : suggestions.slice(0, 1);
  }

  /** What is suggested for a field that has no value yet. */
  suggestedFor(field: string): Suggested | undefined {
    const value = this.suggested?.fields[field];
    if (value === undefined || this.doc.fields[field] !== undefined) return undefined;
    return { value, score: this.scores[field] };
  }

  hasSuggestions(): boolean {
    return this.ui.state.suggestions.length > 0 || Object.keys(this.suggested?.fields ?? {}).length > 0;
  }

  acceptSuggestion(): boolean {
    const chosen = this.chosenSuggestions();
    if (chosen.length === 0) return this.acceptOwn();
    this.take(chosen);
    return true;
  }

  /** In all panes. */
  acceptAll(): boolean {
    return this.editors.map((one) => one.acceptOwn()).some((any) => any);
  }

  private acceptOwn(): boolean {
    if (!this.hasSuggestions()) return false;
    this.take(this.ui.state.suggestions);
    const open = Object.entries(this.suggested?.fields ?? {}).filter(
      ([id]) => this.doc.fields[id] === undefined,
    );
    if (open.length > 0) {
      const fields = this.schema.fields ?? [];
      this.doc.setFields("accept", withDropped(fields, this.doc.fields, Object.fromEntries(open)));
    }
    this.suggested = undefined;
    this.ui.set({});
    return true;
  }

  dropSuggestion(): boolean {
    const chosen = this.chosenSuggestions();
    if (chosen.length === 0) {
      if (!this.hasSuggestions()) return false;
      this.suggested = undefined;
      this.ui.set({});
      return true;
    }
    this.leave(chosen);
    this.announce(`Dropped, ${this.ui.state.suggestions.length} suggestions left`);
    return true;
  }

  /** Accepted regions are the person's own: without the model's score. */
  private take(chosen: readonly Region[]): void {
    const regions = chosen.filter((one) => !this.doc.region(one.id)).map(({ score: _, ...region }) => region);
    const taken = new Set(regions.map((region) => region.id));
    const there = (id: string) => taken.has(id) || this.doc.region(id) !== undefined;
    const known = new Set(this.doc.relations.map((relation) => relation.id));
    const relations = (this.suggested?.relations ?? []).filter(
      (one) => !known.has(one.id) && there(one.from) && there(one.to),
    );
    if (regions.length > 0) this.doc.addRegions("accept", regions, relations);
    this.leave(chosen);
  }

  private leave(chosen: readonly Region[]): void {
    const gone = new Set(chosen.map((one) => one.id));
    const suggestions = this.ui.state.suggestions.filter((one) => !gone.has(one.id));
    const next = suggestions[0];
    this.ui.set({ suggestions, selection: next ? [next.id] : [] });
  }

  /** Keeps the selection to what is there, and tells screen readers what came and went. */
  private follow(changes: readonly Change[]): void {
    const count = `${this.doc.regions.length} ${this.doc.regions.length === 1 ? "region" : "regions"}`;
    const added = changes.filter((one) => one.kind === "region" && !one.before);
    const removed = changes.filter((one) => one.kind === "region" && !one.after);
    const [first] = added;
    if (added.length === 1 && first?.kind === "region" && first.after) {
      const title = this.classOf(first.after.class)?.title ?? first.after.class;
      const kind = first.after.geometry.type.replaceAll("_", " ");
      this.announce(`${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${title} created, ${count}`);
    } else if (added.length > 1) this.announce(`${added.length} regions created, ${count}`);
    else if (removed.length > 0) this.announce(`${removed.length} removed, ${count}`);
    const { selection, suggestions } = this.ui.state;
    const there = selection.filter((id) => this.doc.region(id) || suggestions.some((one) => one.id === id));
    if (there.length < selection.length) this.ui.select(...there);
  }
}
