// What the parts of an editor over time share: session, axis, layout, playhead, and what is being drawn.
import type { TimeAxis } from "../../core/timeline/axis";
import { rowsOf, type Stretch, stretchOf } from "../../core/timeline/tiers";
import type { Geometry, Region } from "../../core/types";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { type Layout, layoutOf } from "./layout";

/** A region while it is drawn or dragged. */
export interface Preview {
  /** The region that is changed; undefined for a new one. */
  id: string | undefined;
  className: string;
  geometry: Geometry;
}

/** How far the keys go, in ticks. */
export interface Steps {
  playhead: number;
  wide: number;
  edge: number;
}

export abstract class TimelineStage {
  readonly session: EditorSession;
  readonly readOnly: boolean;
  readonly axis: TimeAxis;
  layers: readonly LayerView[];
  layout: Layout = layoutOf(1, 1, []);
  preview: Preview | undefined;
  /** Classes whose tiers within them are not shown. */
  readonly folded = new Set<string>();
  /** Asks for a new picture. */
  repaint: (part: "all" | "overlay") => void = () => {};

  protected constructor(
    session: EditorSession,
    axis: TimeAxis,
    readOnly: boolean,
    layers: readonly LayerView[],
  ) {
    [this.session, this.axis, this.readOnly, this.layers] = [session, axis, readOnly, layers];
  }

  /** The tick that is looked at. */
  abstract get playhead(): number;
  abstract seek(tick: number): void;
  /** Where an edge goes that is put here. */
  abstract snapped(tick: number): number;
  /** A double click on a region. */
  abstract open(stretch: Stretch): void;
  abstract get steps(): Steps;
  /** A time in words. */
  abstract words(tick: number): string;
  /** The tick at which something ends that ends where one looks. */
  get endhead(): number {
    return this.playhead;
  }
  /** What lies over the data and can be picked there. */
  pickAt(_x: number, _y: number): string | undefined {
    return undefined;
  }
  /** Does the playhead move by itself? */
  get isPlaying(): boolean {
    return false;
  }

  resize(width: number, height: number): void {
    this.axis.resize(width);
    this.relay(width, height);
  }

  /** Places the tiers anew. */
  relay(width = this.layout.width, height = this.layout.height): void {
    const { session } = this;
    const regions = [...session.doc.regions, ...this.layers.flatMap((layer) => layer.regions)];
    const rows = rowsOf(session.classes, regions, session.ui.state.activeClass, this.folded);
    this.layout = layoutOf(width, height, rows, Math.max(1, this.layers.length + this.ownLanes));
  }

  /** One's own answer has a lane of its own, but not where only others' are compared. */
  get ownLanes(): number {
    return this.layers.length === 0 || this.session.doc.regions.length > 0 ? 1 : 0;
  }

  /** The regions that can be picked: one's own and those that are suggested. */
  get pickable(): readonly Region[] {
    const { hidden, suggestions } = this.session.ui.state;
    return [...this.session.doc.regions.filter((region) => !hidden.has(region.id)), ...suggestions];
  }

  /** The selected regions of one's own, the first first. */
  get selected(): Region[] {
    const { selection } = this.session.ui.state;
    const found = selection.map((id) => this.session.doc.region(id));
    return found.filter((region) => region !== undefined);
  }

  /** In the order of time. */
  get ordered(): Region[] {
    const start = (region: Region) => stretchOf(region)?.start ?? 0;
    return [...this.pickable].sort((one, two) => start(one) - start(two));
  }

  /** Where a region begins that is drawn with two presses of a key. */
  get begun(): number | undefined {
    const { unfinished } = this.session.ui.state;
    if (typeof unfinished !== "object" || unfinished === null || !("begun" in unfinished)) return undefined;
    return typeof unfinished.begun === "number" ? unfinished.begun : undefined;
  }

  set begun(tick: number | undefined) {
    this.session.ui.set({ unfinished: tick === undefined ? undefined : { begun: tick } });
  }
}
