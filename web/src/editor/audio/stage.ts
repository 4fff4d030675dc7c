// What the parts of the sound's editor share: session, axis, player, layout, and what is being drawn.
import { TimeAxis } from "../../core/audio/axis";
import { type Levels, loudness } from "../../core/audio/levels";
import { border, threshold } from "../../core/audio/speech";
import { rowsOf, stretchOf } from "../../core/audio/tiers";
import type { Geometry, Region } from "../../core/types";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { type Layout, layoutOf } from "./layout";
import { type Player, playerOf } from "./player";

/** Edges snap to what is so near, in pixels and in seconds. */
const SNAP_PIXELS = 10;
const SNAP_SECONDS = 0.3;
/** The level from which the noise of the whole is heard has no more bins than this. */
const NOISE_BINS = 1 << 15;

/** A region while it is drawn or dragged. */
export interface Preview {
  /** The region that is changed; undefined for a new one. */
  id: string | undefined;
  className: string;
  geometry: Geometry;
}

export class AudioStage {
  readonly session: EditorSession;
  readonly readOnly: boolean;
  readonly levels: Levels;
  readonly axis: TimeAxis;
  readonly player: Player;
  layers: readonly LayerView[];
  layout: Layout = layoutOf(1, 1, []);
  preview: Preview | undefined;
  /** From here on something sounds, in decibels; undefined until the overview was heard. */
  private limit: number | undefined;
  /** Asks for a new picture. */
  repaint: (part: "all" | "overlay") => void = () => {};

  constructor(session: EditorSession, levels: Levels, readOnly: boolean, layers: readonly LayerView[]) {
    [this.session, this.levels, this.readOnly, this.layers] = [session, levels, readOnly, layers];
    this.axis = new TimeAxis(levels.head.ticks, levels.head.ticks_per_second);
    this.player = playerOf(session);
    void this.hear();
  }

  private async hear(): Promise<void> {
    const level = this.levels.finest("peaks", NOISE_BINS);
    const count = this.levels.levelsOf("peaks")[level]?.count ?? 0;
    const bytes = await this.levels.load("peaks", level, 0, count);
    if (bytes) this.limit = threshold(loudness(bytes, this.levels.head.peaks.lanes));
  }

  get ticksPerSecond(): number {
    return this.axis.ticksPerSecond;
  }

  get playhead(): number {
    return Math.min(this.axis.ticks, Math.round(this.player.seconds * this.ticksPerSecond));
  }

  seek(tick: number): void {
    this.player.seek(tick / this.ticksPerSecond);
  }

  resize(width: number, height: number): void {
    this.axis.resize(width);
    this.relay(width, height);
  }

  /** Places the tiers anew. */
  relay(width = this.layout.width, height = this.layout.height): void {
    const { session } = this;
    const regions = [...session.doc.regions, ...this.layers.flatMap((layer) => layer.regions)];
    const rows = rowsOf(session.classes, regions, session.ui.state.activeClass);
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

  /** The nearest place where sound begins or ends, where one is near. */
  snapped(tick: number): number {
    if (!this.session.ui.state.snapToSilence || this.limit === undefined) return tick;
    const reach = Math.min(SNAP_PIXELS * this.axis.scale, SNAP_SECONDS * this.ticksPerSecond);
    const level = this.levels.levelsOf("peaks").length - 1;
    const size = (this.levels.levelsOf("peaks")[level]?.samples ?? 1) * this.levels.ticksPerSample;
    if (reach < size) return tick;
    const [first, last] = this.levels.bins("peaks", level, tick - reach * 2, tick + reach * 2);
    const bytes = this.levels.read("peaks", level, first, last);
    if (!bytes) return tick;
    const heard = loudness(bytes, this.levels.head.peaks.lanes);
    const found = border(heard, this.limit, tick / size - first, reach / size);
    return found === undefined
      ? tick
      : Math.max(0, Math.min(this.axis.ticks, Math.round((first + found) * size)));
  }
}
