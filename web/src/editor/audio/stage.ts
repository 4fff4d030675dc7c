// What the parts of the sound's editor share beside what every timeline has: levels and player.
import { type Levels, loudness } from "../../core/audio/levels";
import { border, threshold } from "../../core/audio/speech";
import { TimeAxis, timeWords } from "../../core/timeline/axis";
import type { Stretch } from "../../core/timeline/tiers";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { type Steps, TimelineStage } from "../timeline/stage";
import { type Player, playerOf } from "./player";

/** Edges snap to what is so near, in pixels and in seconds. */
const SNAP_PIXELS = 10;
const SNAP_SECONDS = 0.3;
/** The level from which the noise of the whole is heard has no more bins than this. */
const NOISE_BINS = 1 << 15;
/** Nobody needs to look closer: so many pixels a second. */
const PIXELS_PER_SECOND_MAXIMUM = 4000;
const STEP_SECONDS = 0.1;
const WIDE_SECONDS = 1;
const EDGE_SECONDS = 0.01;

export class AudioStage extends TimelineStage {
  readonly levels: Levels;
  readonly player: Player;
  /** From here on something sounds, in decibels; undefined until the overview was heard. */
  private limit: number | undefined;

  constructor(session: EditorSession, levels: Levels, readOnly: boolean, layers: readonly LayerView[]) {
    const { ticks, ticks_per_second: perSecond } = levels.head;
    super(session, new TimeAxis(ticks, perSecond, perSecond / PIXELS_PER_SECOND_MAXIMUM), readOnly, layers);
    this.levels = levels;
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

  override get playhead(): number {
    return Math.min(this.axis.ticks, Math.round(this.player.seconds * this.ticksPerSecond));
  }

  override get isPlaying(): boolean {
    return this.player.state.playing;
  }

  override seek(tick: number): void {
    this.player.seek(tick / this.ticksPerSecond);
  }

  override open(stretch: Stretch): void {
    this.player.play(stretch.start / this.ticksPerSecond, stretch.end / this.ticksPerSecond);
  }

  override get steps(): Steps {
    const perSecond = this.ticksPerSecond;
    return {
      playhead: STEP_SECONDS * perSecond,
      wide: WIDE_SECONDS * perSecond,
      edge: Math.round(EDGE_SECONDS * perSecond),
    };
  }

  override words(tick: number): string {
    return timeWords(tick / this.ticksPerSecond);
  }

  /** The nearest place where sound begins or ends, where one is near. */
  override snapped(tick: number): number {
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
