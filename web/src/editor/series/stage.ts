// What the parts of the editor of series share beside what every timeline has: the numbers, and how they are looked at.
import type { Series } from "../../core/series/levels";
import { momentWords } from "../../core/series/times";
import { TimeAxis } from "../../core/timeline/axis";
import type { Stretch } from "../../core/timeline/tiers";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { type Steps, TimelineStage } from "../timeline/stage";
import { type SeriesView, viewOf } from "./view";

/** Nobody needs to look closer: pixels of a tick. */
const PIXELS_A_TICK_MAXIMUM = 40;
/** Edges snap to a row that is so near, in pixels. */
const SNAP_PIXELS = 8;
/** What the keys move by where rows lie too close to go from one to the next, in pixels. */
const STEP_PIXELS = 4;
const WIDE_PIXELS = 80;

export class SeriesStage extends TimelineStage {
  readonly series: Series;
  readonly view: SeriesView;

  constructor(session: EditorSession, series: Series, readOnly: boolean, layers: readonly LayerView[]) {
    const { ticks, ticks_per_second: perSecond } = series.head;
    super(session, new TimeAxis(ticks, perSecond, 1 / PIXELS_A_TICK_MAXIMUM), readOnly, layers);
    [this.series, this.view] = [series, viewOf(session)];
  }

  override get playhead(): number {
    return this.view.state.playhead;
  }

  /** There is nothing behind the last row. */
  override seek(tick: number): void {
    this.view.set({ playhead: Math.max(0, Math.min(this.axis.ticks - 1, tick)) });
  }

  override snapped(tick: number): number {
    const found = this.series.near(tick);
    return found && Math.abs(found.tick - tick) <= SNAP_PIXELS * this.axis.scale ? found.tick : tick;
  }

  override open(stretch: Stretch): void {
    const { axis } = this;
    axis.zoom((axis.width * axis.scale) / ((stretch.end - stretch.start) * 1.4), 0);
    axis.start = (stretch.start + stretch.end) / 2 - (axis.width * axis.scale) / 2;
    axis.pan(0);
    this.repaint("all");
  }

  override get steps(): Steps {
    const step = Math.max(1, Math.round(this.axis.scale * STEP_PIXELS));
    return { playhead: step, wide: Math.max(1, Math.round(this.axis.scale * WIDE_PIXELS)), edge: step };
  }

  override words(tick: number): string {
    const { first, ticks_per_second: perSecond } = this.series.head;
    return momentWords(first, tick, perSecond);
  }

  get shown(): number[] {
    const { hidden } = this.view.state;
    return this.series.head.channels.map((_, channel) => channel).filter((channel) => !hidden.has(channel));
  }
}
