// The levels of a recording: peaks and spectrogram, from an overview to the closest look. The file is read by ranges,
// and only what is looked at. The layout is told in crates/media/src/audio/levels.rs. No DOM.
import { type FetchRange, headOf, Pieces } from "../pieces";

export interface Level {
  /** Samples that a bin or column stands for. */
  samples: number;
  /** Bins or columns. */
  count: number;
  /** First byte, from the end of the head. */
  offset: number;
}

export interface Head {
  ticks: number;
  ticks_per_second: number;
  sample_rate: number;
  channels: number;
  peaks: { lanes: number; levels: Level[] };
  spectrogram: { bands: number; floor_decibels: number; levels: Level[] };
}

const WORD = "LWAUDIO1";

export type Part = "peaks" | "spectrogram";

export class Levels {
  readonly head: Head;
  readonly pieces: Pieces;
  private readonly base: number;

  constructor(first: ArrayBuffer, fetchRange: FetchRange) {
    ({ head: this.head, base: this.base } = headOf<Head>(first, WORD));
    this.pieces = new Pieces(first, fetchRange);
  }

  /** Ticks that one sample lasts. */
  get ticksPerSample(): number {
    return this.head.ticks_per_second / this.head.sample_rate;
  }

  /** Bytes of one bin or column. */
  private unit(part: Part): number {
    return part === "peaks" ? this.head.peaks.lanes * 4 : this.head.spectrogram.bands;
  }

  levelsOf(part: Part): readonly Level[] {
    return this.head[part].levels;
  }

  /** The coarsest level of which a bin is no wider than a pixel; the finest where none is. */
  fitting(part: Part, ticksPerPixel: number): number {
    const levels = this.levelsOf(part);
    const samples = ticksPerPixel / this.ticksPerSample;
    const found = levels.findIndex((level) => level.samples <= samples);
    return found < 0 ? levels.length - 1 : found;
  }

  /** The finest level with no more than so many bins. */
  finest(part: Part, count: number): number {
    return Math.max(
      0,
      this.levelsOf(part).findLastIndex((level) => level.count <= count),
    );
  }

  /** First and last bin that touch these ticks, the last not included. */
  bins(part: Part, level: number, from: number, to: number): [number, number] {
    const found = this.levelsOf(part)[level];
    if (!found) return [0, 0];
    const size = found.samples * this.ticksPerSample;
    const first = Math.max(0, Math.min(found.count, Math.floor(from / size)));
    return [first, Math.max(first, Math.min(found.count, Math.ceil(to / size)))];
  }

  /** First and last byte of these bins, the last not included. */
  private place(part: Part, level: number, first: number, last: number): [number, number] {
    const start = this.base + (this.levelsOf(part)[level]?.offset ?? 0);
    return [start + first * this.unit(part), start + last * this.unit(part)];
  }

  /** The bytes of these bins; undefined while they are not there, and then they are asked for. */
  read(part: Part, level: number, first: number, last: number): Uint8Array<ArrayBuffer> | undefined {
    return this.pieces.read(...this.place(part, level, first, last));
  }

  /** Waits for these bins. */
  async load(part: Part, level: number, first: number, last: number): Promise<Uint8Array | undefined> {
    return this.pieces.load(...this.place(part, level, first, last));
  }
}

/** The loudest of the lanes in each bin, 0 to 1. */
export function loudness(bytes: Uint8Array, lanes: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Float32Array(bytes.byteLength / (lanes * 4));
  for (let bin = 0; bin < found.length; bin += 1) {
    let most = 0;
    for (let lane = 0; lane < lanes; lane += 1) {
      const at = (bin * lanes + lane) * 4;
      most = Math.max(most, -view.getInt16(at, true), view.getInt16(at + 2, true));
    }
    found[bin] = Math.max(0, most) / 32767;
  }
  return found;
}
