// The time line of a video: a lane for each track with its keyframes, below them the tiers of intervals.
import { withAlpha } from "../../core/colour";
import { rulerStep, timeWords } from "../../core/timeline/axis";
import { stretches, trackOf } from "../../core/video/tracks";
import type { EditorContext } from "../plugin";
import { TimelineEngine } from "../timeline/engine";
import { MARK_PIXELS, paintRuler, type RulerMark } from "../timeline/ruler";
import type { VideoPlayer } from "./player";
import { LANE_PIXELS, VideoStage } from "./stage";

export class VideoTimeline extends TimelineEngine<VideoStage> {
  constructor(host: HTMLElement, context: EditorContext, player: VideoPlayer) {
    super(host, context, new VideoStage(context.session, player, context.readOnly, context.layers));
    this.ends.push(player.subscribe(() => this.moved()));
    this.begin();
  }

  private moved(): void {
    const { stage } = this;
    const turned = stage.isPlaying && stage.axis.follow(stage.playhead);
    this.repaint(turned ? "all" : "overlay");
  }

  protected override paintData(context: CanvasRenderingContext2D): void {
    const { stage, look } = this;
    paintRuler(context, stage.layout, look, this.rulerMarks());
    for (let lane = 0; lane < stage.lanes.length; lane += 1) this.paintLane(context, lane);
  }

  private rulerMarks(): RulerMark[] {
    const { axis, player } = this.stage;
    const seconds = axis.scale / axis.ticksPerSecond;
    const step = rulerStep(seconds, MARK_PIXELS);
    const digits = step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step)));
    const end = player.table.start(Math.min(player.table.frames, Math.ceil(axis.end)));
    const found: RulerMark[] = [];
    for (
      let mark = Math.floor(player.table.start(Math.floor(axis.start)) / step);
      mark * step <= end;
      mark += 1
    ) {
      // Times lie at frames, which are not all equally long.
      const x = axis.toX(player.table.nearest(mark * step));
      found.push({ x, words: timeWords(mark * step, digits) });
    }
    return found;
  }

  private paintLane(context: CanvasRenderingContext2D, lane: number): void {
    const { stage, look } = this;
    const { axis, layout, session } = stage;
    const region = stage.lanes[lane];
    const track = trackOf(region);
    if (!region || !track) return;
    const top = layout.body.top + lane * LANE_PIXELS;
    if (top + LANE_PIXELS > layout.tiers.top) return;
    const colour = session.classOf(region.class)?.color ?? "#808080";
    const [selected, own] = [session.ui.state.selection.includes(region.id), session.doc.region(region.id)];
    if (selected) {
      context.fillStyle = withAlpha(colour, 0.15);
      context.fillRect(0, top, layout.width, LANE_PIXELS);
    }
    for (const [from, to] of stretches(track)) {
      const [x, width] = [axis.toX(from), Math.max(2, (to + 1 - from) / axis.scale)];
      if (x > layout.width || x + width < 0) continue;
      context.fillStyle = withAlpha(colour, own ? (selected ? 0.9 : 0.55) : 0.25);
      context.fillRect(x, top + 4, width, LANE_PIXELS - 8);
      if (own) continue;
      context.strokeStyle = colour;
      context.setLineDash([4, 3]);
      context.strokeRect(x + 0.5, top + 3.5, Math.max(1, width - 1), LANE_PIXELS - 7);
      context.setLineDash([]);
    }
    // More keyframes than pixels are a line.
    let last = -Infinity;
    context.fillStyle = selected ? look.text : look.dimmed;
    for (const keyframe of track.keyframes) {
      const x = axis.toX(keyframe.frame + 0.5);
      if (x < 0 || x > layout.width || x - last < 3) continue;
      last = x;
      const [middle, size] = [top + LANE_PIXELS / 2, selected ? 4 : 3];
      context.beginPath();
      context.moveTo(x, middle - size);
      context.lineTo(x + size, middle);
      context.lineTo(x, middle + size);
      context.lineTo(x - size, middle);
      context.fill();
    }
  }

  protected override runOwn(): boolean | undefined {
    return undefined;
  }

  protected override rest(): boolean {
    if (!this.stage.isPlaying) return false;
    this.stage.player.pause();
    return true;
  }

  /** First and last frame on the screen. */
  get seen(): [number, number] {
    const { axis } = this.stage;
    return [Math.floor(axis.start), Math.ceil(Math.min(axis.end, axis.ticks)) - 1];
  }

  /** Brings a frame into sight. */
  reveal(frame: number): void {
    this.stage.axis.show(frame, frame + 1);
    this.repaint("all");
  }
}
