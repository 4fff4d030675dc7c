// The panes of one task: an editor for each, one of them with the keys, and what they hold in hand together. No React.
import type { ComponentType } from "react";
import { AnnotationDoc } from "../../core/doc";
import { DocView } from "../../core/docview";
import type { KeyEntry } from "../../core/hotkeys";
import { Listeners } from "../../core/listeners";
import { joinUnfinished, type PaneOf, paneOf, regionsIn, schemaOfPane, unfinishedIn } from "../../core/panes";
import type { Answer, GeometryKind } from "../../core/types";
import type { EditorPlugin, LayerView, Media } from "../plugin";
import { EditorSession, type SessionStart } from "../session";
import type { UiState } from "../ui";

export interface StageProps {
  panes: Panes;
  readOnly: boolean;
  layers: readonly LayerView[] | undefined;
}

/** What shows panes; it is loaded together with them. */
export interface PaneViews {
  Stage: ComponentType<StageProps>;
  Lists: ComponentType<{ panes: Panes }>;
}

/** A companion that was loaded, or why it was not. */
export interface LoadedPane {
  /** The pane of the schema; undefined for the item's own data. */
  id: string | undefined;
  title: string;
  /** The key of what is shown. */
  key: string | undefined;
  plugin: EditorPlugin | undefined;
  media: Media | undefined;
  /** Why nothing is shown. */
  why: string | undefined;
}

export interface PaneSlot extends Omit<LoadedPane, "media"> {
  session: EditorSession | undefined;
}

const ONE_TO_NINE = 9;

export class Panes extends Listeners {
  readonly slots: readonly PaneSlot[];
  readonly views: PaneViews;
  readonly paneOf: PaneOf;
  private readonly main: EditorSession;
  private place = 0;
  /** What is held by all panes, as it was seen last. */
  private held: Pick<UiState, "relationFrom" | "relationType">;
  /** The tools that were put down for as long as a relation is in hand. */
  private readonly resting = new Map<EditorSession, string>();

  /** `own` is the item's own data; the answer of its session is the one of all panes. */
  constructor(
    start: SessionStart,
    own: { title: string; key: string },
    panes: readonly LoadedPane[],
    views: PaneViews,
  ) {
    super();
    this.views = views;
    this.paneOf = paneOf(start.schema);
    const whole = new AnnotationDoc(start.answer);
    const make = (id: string | undefined, plugin: EditorPlugin, media: Media) =>
      new EditorSession({
        schema: schemaOfPane(start.schema, id),
        media,
        plugin,
        answer: start.answer,
        unfinished: unfinishedIn(start.unfinished, id),
        suggestions: start.suggestions && this.partOf(start.suggestions, id),
        scores: start.scores,
        person: start.person,
        share: {
          whole,
          doc: new DocView(whole, (className) => this.paneOf(className) === id),
          classes: start.schema.classes ?? [],
        },
      });
    this.main = make(undefined, start.plugin, start.media);
    this.slots = [
      { id: undefined, ...own, plugin: start.plugin, why: undefined, session: this.main },
      ...panes.map(({ media, ...pane }) => ({
        ...pane,
        session: pane.plugin && media ? make(pane.id, pane.plugin, media) : undefined,
      })),
    ];
    const { relationFrom, relationType } = this.main.ui.state;
    this.held = { relationFrom, relationType };
    for (const session of this.sessions) {
      session.panes = this;
      session.ui.subscribe(() => this.shareHands(session));
      if (session !== this.main) session.announce = (words) => this.main.announce(words);
    }
  }

  private partOf(answer: Answer, pane: string | undefined): Answer {
    const regions = [...regionsIn(answer.regions, this.paneOf, pane)];
    return { ...answer, regions, fields: pane === undefined ? answer.fields : {} };
  }

  /** The editors that there are, that of the item's own data first. */
  get sessions(): readonly EditorSession[] {
    return this.slots.flatMap(({ session }) => session ?? []);
  }

  /** The place of the pane that has the keys. */
  get active(): number {
    return this.place;
  }

  get current(): EditorSession {
    return this.slots[this.place]?.session ?? this.main;
  }

  /** The geometries that can be made in any pane. */
  get geometries(): readonly GeometryKind[] {
    return [...new Set(this.slots.flatMap(({ plugin }) => plugin?.geometries ?? []))];
  }

  /** What is half drawn in any of them, for the draft. */
  get unfinished(): unknown {
    return joinUnfinished(this.slots.map(({ id, session }) => [id, session?.ui.state.unfinished]));
  }

  /** Where regions of a class are edited; undefined while there is nothing to edit them on. */
  sessionOf(className: string): EditorSession | undefined {
    return this.slotOf(className)?.session;
  }

  private slotOf(className: string): PaneSlot | undefined {
    const pane = this.paneOf(className);
    return this.slots.find(({ id }) => id === pane);
  }

  /** The keys go to this pane from now on. One in which nothing is shown takes none. */
  activate(index: number): boolean {
    if (!this.slots[index]?.session) return false;
    if (index === this.place) return true;
    this.place = index;
    this.changed();
    return true;
  }

  /** Goes to a pane and says so, or says why there is nothing to go to. */
  go(index: number): boolean {
    const slot = this.slots[index];
    if (!slot) return false;
    if (this.activate(index)) {
      this.current.canvas?.focus({ preventScroll: true });
      this.main.announce(slot.title);
    } else this.main.announce(slot.why ?? "");
    return true;
  }

  /** A class of another pane takes one there first. */
  pickClass(id: string): void {
    const slot = this.slotOf(id);
    if (!slot) return;
    const index = this.slots.indexOf(slot);
    if (index !== this.place) this.go(index);
    slot.session?.pickClass(id);
  }

  /** Selects each region in its pane, and goes to that of the first one. */
  reveal(ids: readonly string[]): void {
    const homeOf = (id: string) => this.sessionOf(this.main.doc.region(id)?.class ?? "");
    for (const session of this.sessions) session.ui.select(...ids.filter((id) => homeOf(id) === session));
    const [first] = ids;
    const home = first === undefined ? undefined : homeOf(first);
    if (!home || first === undefined) return;
    this.activate(this.slots.findIndex(({ session }) => session === home));
    home.engine?.focus([first]);
  }

  /** A relation that began in another pane ends at what is selected in this one. */
  endRelation(session: EditorSession): boolean {
    const { relationFrom, selection } = session.ui.state;
    const [target, ...more] = selection;
    if (relationFrom === undefined || target === undefined || more.length > 0) return false;
    const [from, to] = [session.doc.region(relationFrom), session.doc.region(target)];
    if (!from || !to || this.paneOf(from.class) === this.paneOf(to.class)) return false;
    session.relateTo(target);
    return true;
  }

  /** The relation in hand is in all hands. Where it can only be ended by a selection, drawing rests meanwhile. */
  private shareHands(from: EditorSession): void {
    const { relationFrom, relationType } = from.ui.state;
    const before = this.held;
    if (relationFrom === before.relationFrom && relationType === before.relationType) return;
    this.held = { relationFrom, relationType };
    for (const session of this.sessions) {
      const tool = this.toolFor(session, relationFrom);
      session.ui.set({ relationFrom, relationType, ...(tool === undefined ? {} : { tool }) });
    }
  }

  private toolFor(session: EditorSession, relationFrom: string | undefined): string | undefined {
    const { tool, unfinished } = session.ui.state;
    const resting = this.resting.get(session);
    if (relationFrom === undefined) {
      this.resting.delete(session);
      return tool === "select" ? resting : undefined;
    }
    const ids = session.plugin.tools(session.schema).map((one) => one.id);
    if (ids.includes("relation") || !ids.includes("select") || unfinished !== undefined) return undefined;
    if (tool !== "select") this.resting.set(session, tool);
    return "select";
  }

  keys(readOnly: boolean): readonly KeyEntry[] {
    const group = "Panes";
    const keys: KeyEntry[] = this.slots.slice(0, ONE_TO_NINE).map(({ title }, index) => ({
      id: `pane-${index + 1}`,
      keys: [`Alt+${index + 1}`],
      what: `Go to the pane ${title}`,
      group,
      inText: true,
    }));
    keys.push(
      { id: "next-pane", keys: ["F6"], what: "Next pane", group, short: "Next pane", inText: true },
      { id: "previous-pane", keys: ["Shift+F6"], what: "Pane before", group, inText: true },
    );
    if (readOnly || (this.main.schema.relations ?? []).length === 0) return keys;
    const what = "Relation from the selected region to one of any pane; again, or Enter, ends it";
    return [...keys, { id: "relate", keys: ["Alt+r"], what, group, short: "Relate" }];
  }

  /** The keys of an editor beside those of the panes: what has lost all of its own gets them with Shift. */
  beside(entries: readonly KeyEntry[], readOnly: boolean): readonly KeyEntry[] {
    const taken = new Set(this.keys(readOnly).flatMap((entry) => entry.keys));
    return entries.map((entry) =>
      entry.keys.every((key) => taken.has(key))
        ? { ...entry, keys: entry.keys.map((key) => key.replace("Alt+", "Alt+Shift+")) }
        : entry,
    );
  }

  run(command: string): boolean {
    if (command === "relate") return this.current.startRelation();
    if (command === "next-pane" || command === "previous-pane") {
      const step = command === "next-pane" ? 1 : this.slots.length - 1;
      let index = this.place;
      do index = (index + step) % this.slots.length;
      while (!this.slots[index]?.session);
      return this.go(index);
    }
    const number = /^pane-(\d)$/.exec(command)?.[1];
    return number !== undefined && this.go(Number(number) - 1);
  }
}
