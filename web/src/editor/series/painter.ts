// Paints the numbers of a series: a lane a channel. Seen from afar a column of pixels reaches from the lowest to the
// highest number in it, so that no spike is lost; seen closely the rows are joined by lines, and a gap stays one.
import { extent, type Lane, lanesOf, numberWords, rangeOf } from "../../core/series/lanes";
import type { Rows } from "../../core/series/levels";
import { marksOf } from "../../core/series/times";
import type { Look } from "../timeline/look";
import { MARK_PIXELS, paintRuler } from "../timeline/ruler";
import type { SeriesStage } from "./stage";

/** Rows that lie so far apart have a dot each, in pixels. */
const DOT_PIXELS = 7;
/** Dates are longer than numbers. */
const DATE_MARK_PIXELS = 130;

/** What is drawn: pairs of a level, or rows. */
type Drawn =
  | { kind: "bins"; pairs: Float32Array; first: number; ticks: number }
  | { kind: "rows"; rows: Rows };

export class SeriesPainter {
  private readonly stage: SeriesStage;

  constructor(stage: SeriesStage) {
    this.stage = stage;
  }

  private get channels(): number {
    return this.stage.series.head.channels.length;
  }

  lanes(): Lane[] {
    const { body } = this.stage.layout;
    return lanesOf(this.stage.shown, body.top, body.height);
  }

  /** The closest look that is there: the overview always is. */
  private drawn(): Drawn | undefined {
    const { axis, series } = this.stage;
    const wanted = series.fitting(axis.scale);
    if (wanted === undefined) {
      const rows = series.rows(axis.start, axis.end);
      if (rows && rows !== "many") return { kind: "rows", rows };
    }
    for (const level of [wanted ?? series.head.levels.length - 1, 0]) {
      const [first, last] = series.bins(level, axis.start, axis.end);
      const pairs = series.read(level, first, last);
      if (pairs) return { kind: "bins", pairs, first, ticks: series.head.levels[level]?.ticks ?? 1 };
    }
    return undefined;
  }

  paint(context: CanvasRenderingContext2D, look: Look): void {
    const { stage } = this;
    const { axis, layout } = stage;
    const { first, ticks_per_second: perSecond } = stage.series.head;
    const least = axis.scale * (first.kind === "date" ? DATE_MARK_PIXELS : MARK_PIXELS);
    const marks = marksOf(first, perSecond, [axis.start, axis.end], least);
    paintRuler(
      context,
      layout,
      look,
      marks.map(({ tick, words }) => ({ x: axis.toX(tick), words })),
    );
    const drawn = this.drawn();
    for (const lane of this.lanes()) this.lane(context, look, lane, drawn);
  }

  private range(lane: Lane, drawn: Drawn | undefined): [number, number] {
    const channel = this.stage.series.head.channels[lane.channel];
    if (!channel) return [-1, 1];
    const { base } = channel;
    if (this.stage.view.state.fits && drawn) {
      const [low, high] =
        drawn.kind === "bins"
          ? extent(drawn.pairs, this.channels, lane.channel, 2)
          : extent(drawn.rows.values, this.channels, lane.channel, 1);
      if (low <= high) return rangeOf(low + base, high + base);
    }
    return rangeOf(channel.low, channel.high);
  }

  private lane(context: CanvasRenderingContext2D, look: Look, lane: Lane, drawn: Drawn | undefined): void {
    const channel = this.stage.series.head.channels[lane.channel];
    if (!channel || lane.height < 8) return;
    const [low, high] = this.range(lane, drawn);
    const toY = (value: number) =>
      lane.top + lane.height - ((value + channel.base - low) / (high - low)) * lane.height;
    context.save();
    context.beginPath();
    context.rect(0, lane.top, this.stage.layout.width, lane.height);
    context.clip();
    context.fillStyle = look.line;
    context.fillRect(0, Math.round(lane.top + lane.height) - 1, this.stage.layout.width, 1);
    if (low < 0 && high > 0) context.fillRect(0, Math.round(toY(-channel.base)), this.stage.layout.width, 1);
    if (drawn?.kind === "bins") this.bins(context, look, lane, drawn, toY);
    else if (drawn) this.rows(context, look, lane, drawn.rows, toY);
    context.font = "600 11px system-ui, sans-serif";
    context.textBaseline = "top";
    context.textAlign = "left";
    this.words(context, look, channel.name, 4, lane.top + 2);
    context.font = "10px system-ui, sans-serif";
    context.textAlign = "right";
    const right = this.stage.layout.width - 4;
    this.words(context, look, numberWords(high, high - low), right, lane.top + 2);
    context.textBaseline = "bottom";
    this.words(context, look, numberWords(low, high - low), right, lane.top + lane.height - 2);
    context.restore();
  }

  /** Words over a line stay readable. */
  private words(context: CanvasRenderingContext2D, look: Look, words: string, x: number, y: number): void {
    context.strokeStyle = look.ground;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeText(words, x, y);
    context.fillStyle = look.dimmed;
    context.fillText(words, x, y);
  }

  private bins(
    context: CanvasRenderingContext2D,
    look: Look,
    lane: Lane,
    drawn: Extract<Drawn, { kind: "bins" }>,
    toY: (value: number) => number,
  ): void {
    const { axis } = this.stage;
    const { pairs, first, ticks } = drawn;
    const width = Math.max(1, ticks / axis.scale);
    context.fillStyle = look.wave;
    context.beginPath();
    let before: [number, number] | undefined;
    const count = pairs.length / (this.channels * 2);
    for (let bin = 0; bin < count; bin += 1) {
      const at = (bin * this.channels + lane.channel) * 2;
      const [low, high] = [pairs[at] ?? NaN, pairs[at + 1] ?? NaN];
      if (Number.isNaN(low)) {
        before = undefined;
        continue;
      }
      // Reaches to the bin before, so that a steep line has no holes.
      const [from, to] = before ? [Math.min(low, before[1]), Math.max(high, before[0])] : [low, high];
      const [top, bottom] = [toY(to), toY(from)];
      context.rect(axis.toX((first + bin) * ticks), top - 0.5, width, bottom - top + 1);
      before = [low, high];
    }
    context.fill();
  }

  private rows(
    context: CanvasRenderingContext2D,
    look: Look,
    lane: Lane,
    rows: Rows,
    toY: (value: number) => number,
  ): void {
    const { axis } = this.stage;
    context.strokeStyle = look.wave;
    context.fillStyle = look.wave;
    context.lineWidth = 1.25;
    context.lineJoin = "bevel";
    context.beginPath();
    let isOpen = false;
    const dots: [number, number][] = [];
    const count = rows.ticks.length;
    const spacing = axis.width / Math.max(1, count);
    for (let row = 0; row < count; row += 1) {
      const value = rows.values[row * this.channels + lane.channel] ?? NaN;
      if (Number.isNaN(value)) {
        isOpen = false;
        continue;
      }
      const [x, y] = [axis.toX(rows.ticks[row] ?? 0), toY(value)];
      if (isOpen) context.lineTo(x, y);
      else context.moveTo(x, y);
      // A number between two gaps has no line.
      const next = rows.values[(row + 1) * this.channels + lane.channel] ?? NaN;
      if (spacing >= DOT_PIXELS || (!isOpen && Number.isNaN(next))) dots.push([x, y]);
      isOpen = true;
    }
    context.stroke();
    for (const [x, y] of dots) context.fillRect(x - 2, y - 2, 4, 4);
  }

  /** The numbers where the playhead is. */
  paintValues(context: CanvasRenderingContext2D, look: Look): void {
    const { stage } = this;
    const near = stage.series.near(stage.playhead);
    if (!near) return;
    const x = stage.axis.toX(near.tick);
    if (x < 0 || x > stage.layout.width) return;
    context.font = "600 11px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const lane of this.lanes()) {
      const channel = stage.series.head.channels[lane.channel];
      if (!channel) continue;
      const words = numberWords(near.values[lane.channel] ?? NaN, channel.high - channel.low);
      const width = context.measureText(words).width + 8;
      const left = x + width + 6 > stage.layout.width ? x - width - 4 : x + 5;
      const y = lane.top + lane.height / 2;
      context.fillStyle = look.ground;
      context.fillRect(left, y - 9, width, 18);
      context.fillStyle = look.text;
      context.textAlign = "left";
      context.fillText(words, left + 4, y);
    }
  }
}
