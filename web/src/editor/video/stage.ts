// What the parts of the time line of a video share: ticks are frames, and tracks lie over each other above the tiers.
import { TimeAxis, timeWords } from "../../core/timeline/axis";
import type { Stretch } from "../../core/timeline/tiers";
import type { Region } from "../../core/types";
import { stretches, trackOf } from "../../core/video/tracks";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { type Steps, TimelineStage } from "../timeline/stage";
import type { VideoPlayer } from "./player";
import { unfinishedOf } from "./sheet";

/** Nobody needs to look closer: pixels of a frame. */
const PIXELS_A_FRAME_MAXIMUM = 40;
export const LANE_PIXELS = 14;
export const WIDE_FRAMES = 10;

export class VideoStage extends TimelineStage {
  readonly player: VideoPlayer;

  constructor(session: EditorSession, player: VideoPlayer, readOnly: boolean, layers: readonly LayerView[]) {
    const { frames, rate } = player.table;
    super(session, new TimeAxis(frames, rate, 1 / PIXELS_A_FRAME_MAXIMUM), readOnly, layers);
    this.player = player;
  }

  override get playhead(): number {
    return this.player.state.wanted;
  }

  /** What ends where one looks ends behind the frame that is seen. */
  override get endhead(): number {
    return this.playhead + 1;
  }

  override get isPlaying(): boolean {
    return this.player.state.playing;
  }

  override seek(tick: number): void {
    this.player.seek(Math.min(this.axis.ticks - 1, tick));
  }

  override snapped(tick: number): number {
    return tick;
  }

  override open(stretch: Stretch): void {
    this.player.play(stretch.start, stretch.end - 1);
  }

  override get steps(): Steps {
    return { playhead: 1, wide: WIDE_FRAMES, edge: 1 };
  }

  override words(tick: number): string {
    const { table } = this.player;
    return `${Math.min(table.frames, tick + 1)} · ${timeWords(table.start(tick))}`;
  }

  override get begun(): number | undefined {
    return unfinishedOf(this.session).begun;
  }

  override set begun(tick: number | undefined) {
    const { begun: _, ...rest } = unfinishedOf(this.session);
    const next = tick === undefined ? rest : { ...rest, begun: tick };
    this.session.ui.set({ unfinished: Object.keys(next).length > 0 ? next : undefined });
  }

  /** The tracks that have a lane: where not all have room, those that are seen now and those that come next. */
  get lanes(): readonly Region[] {
    const room = Math.max(1, Math.floor(this.layout.body.height / LANE_PIXELS));
    const tracks = this.pickable.filter((region) => trackOf(region) !== undefined);
    if (tracks.length <= room) return tracks;
    const { selection } = this.session.ui.state;
    const distance = (region: Region): number => {
      if (selection.includes(region.id)) return -1;
      const track = trackOf(region);
      const parts = track ? stretches(track) : [];
      const gaps = parts.map(([from, to]) => Math.max(0, from - this.playhead, this.playhead - to));
      return Math.min(Infinity, ...gaps);
    };
    const near = new Set([...tracks].sort((one, two) => distance(one) - distance(two)).slice(0, room));
    return tracks.filter((track) => near.has(track));
  }

  override pickAt(_x: number, y: number): string | undefined {
    return this.lanes[Math.floor((y - this.layout.body.top) / LANE_PIXELS)]?.id;
  }
}
