// A series on the server: lowest and highest values in levels, from an overview to bins of a few rows, and the rows. The
// file is read by ranges, and only what is looked at. The layout is told in crates/media/src/series/levels.rs. No DOM.
import { type FetchRange, headOf, Pieces } from "../pieces";
import type { Moment } from "./times";

export interface Channel {
  name: string;
  /** What is added to every number. */
  base: number;
  low: number;
  high: number;
  /** Rows without a number. */
  missing: number;
}

export interface Level {
  /** Ticks of a bin. */
  ticks: number;
  count: number;
  /** First byte, from the end of the head. */
  offset: number;
}

export interface SeriesHead {
  first: Moment;
  ticks: number;
  ticks_per_second: number;
  rows: number;
  channels: Channel[];
  left_out: string[];
  /** The coarsest first. */
  levels: Level[];
  index: number;
  times: number;
  values: number;
}

/** Rows that lie near each other: their ticks, and for each the numbers of all channels. */
export interface Rows {
  ticks: Float64Array;
  values: Float32Array;
}

const WORD = "LWSERIE1";
/** More rows than these are drawn as bins, however closely one looks. */
const ROWS_MAXIMUM = 40_000;

export class Series {
  readonly head: SeriesHead;
  readonly pieces: Pieces;
  private readonly base: number;

  constructor(first: ArrayBuffer, fetchRange: FetchRange) {
    ({ head: this.head, base: this.base } = headOf<SeriesHead>(first, WORD));
    this.pieces = new Pieces(first, fetchRange);
  }

  /** The coarsest level of which a bin is no wider than a pixel; undefined where the rows themselves are to be drawn. */
  fitting(ticksPerPixel: number): number | undefined {
    const found = this.head.levels.findIndex((level) => level.ticks <= ticksPerPixel);
    return found < 0 ? undefined : found;
  }

  /** First and last bin that touch these ticks, the last not included. */
  bins(level: number, from: number, to: number): [number, number] {
    const found = this.head.levels[level];
    if (!found) return [0, 0];
    const first = Math.max(0, Math.min(found.count, Math.floor(from / found.ticks)));
    return [first, Math.max(first, Math.min(found.count, Math.ceil(to / found.ticks)))];
  }

  private get channels(): number {
    return this.head.channels.length;
  }

  /** Lowest and highest value of each channel in each of these bins, without the channel's base. */
  read(level: number, first: number, last: number): Float32Array | undefined {
    const unit = this.channels * 8;
    const start = this.base + (this.head.levels[level]?.offset ?? 0);
    const bytes = this.pieces.read(start + first * unit, start + last * unit);
    return bytes && new Float32Array(bytes.buffer);
  }

  /**
   * The rows of these ticks, with the one before and the one behind, so that lines go on; "many" where they are too many
   * to be drawn one by one, undefined while they are not there.
   */
  rows(from: number, to: number): Rows | "many" | undefined {
    const finest = this.head.levels.length - 1;
    const [first, last] = this.bins(finest, from, to);
    const place = this.base + this.head.index;
    const index = this.pieces.read(place + first * 4, place + (last + 1) * 4);
    if (!index) return undefined;
    const found = new Uint32Array(index.buffer);
    const start = Math.max(0, (found[0] ?? 0) - 1);
    const end = Math.min(this.head.rows, (found[found.length - 1] ?? 0) + 1);
    if (end - start > ROWS_MAXIMUM) return "many";
    const unit = this.channels * 4;
    const [times, values] = [this.base + this.head.times, this.base + this.head.values];
    const ticks = this.pieces.read(times + start * 8, times + end * 8);
    const numbers = this.pieces.read(values + start * unit, values + end * unit);
    return (
      ticks && numbers && { ticks: new Float64Array(ticks.buffer), values: new Float32Array(numbers.buffer) }
    );
  }

  /** The row that is nearest to a tick: its tick and its numbers, NaN for one that is missing. */
  near(tick: number): { tick: number; values: number[] } | undefined {
    const size = this.head.levels.at(-1)?.ticks ?? 1;
    const rows = this.rows(tick - size, tick + size);
    if (!rows || rows === "many") return undefined;
    let [low, high] = [0, rows.ticks.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows.ticks[middle] ?? 0) < tick) low = middle + 1;
      else high = middle;
    }
    const before = rows.ticks[low - 1];
    if (before !== undefined && tick - before < (rows.ticks[low] ?? Infinity) - tick) low -= 1;
    const found = rows.ticks[low];
    if (found === undefined) return undefined;
    const numbers = rows.values.subarray(low * this.channels, (low + 1) * this.channels);
    return {
      tick: found,
      values: [...numbers].map((value, at) => value + (this.head.channels[at]?.base ?? 0)),
    };
  }
}
