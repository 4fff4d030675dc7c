// The levels of a recording: peaks and spectrogram, from an overview to the closest look. The file is read by ranges,
// and only what is looked at. The layout is told in crates/media/src/audio/levels.rs. No DOM.
import { Listeners } from "../listeners";

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

/** Gets the bytes from `start` to `end`, the end not included. */
export type FetchRange = (start: number, end: number) => Promise<ArrayBuffer>;

/** What is asked for at the beginning: head and overview, in bytes. */
export const FIRST_BYTES = 256 * 1024;
const WORD = "LWAUDIO1";
const PREFIX_BYTES = 12;
/** Bytes of one request, about. */
const CHUNK_BYTES = 64 * 1024;
/** Chunks that are kept. */
const CHUNKS_MAXIMUM = 512;

/** The head and where the levels begin. */
export function readHead(first: ArrayBuffer): { head: Head; base: number } {
  const view = new DataView(first);
  const word = first.byteLength < PREFIX_BYTES ? "" : new TextDecoder().decode(first.slice(0, 8));
  if (word !== WORD) throw new Error("these are no levels of a recording");
  const base = PREFIX_BYTES + view.getUint32(8, true);
  const head: Head = JSON.parse(new TextDecoder().decode(first.slice(PREFIX_BYTES, base)));
  return { head, base };
}

export type Part = "peaks" | "spectrogram";

/** Tells its listeners when more has come. */
export class Levels extends Listeners {
  readonly head: Head;
  private readonly base: number;
  private readonly first: ArrayBuffer;
  private readonly fetchRange: FetchRange;
  private readonly chunks = new Map<string, Uint8Array>();
  private readonly asked = new Map<string, Promise<void>>();

  constructor(first: ArrayBuffer, fetchRange: FetchRange) {
    super();
    const { head, base } = readHead(first);
    [this.head, this.base, this.first, this.fetchRange] = [head, base, first, fetchRange];
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

  /** The bytes of these bins; undefined while they are not there, and then they are asked for. */
  read(part: Part, level: number, first: number, last: number): Uint8Array | undefined {
    const unit = this.unit(part);
    const per = Math.max(1, Math.floor(CHUNK_BYTES / unit));
    const bytes = new Uint8Array((last - first) * unit);
    let whole = true;
    for (let chunk = Math.floor(first / per); chunk * per < last; chunk += 1) {
      const found = this.chunk(part, level, chunk, per, unit);
      if (!found) {
        whole = false;
        continue;
      }
      const [from, to] = [Math.max(first, chunk * per), Math.min(last, (chunk + 1) * per)];
      bytes.set(
        found.subarray((from - chunk * per) * unit, (to - chunk * per) * unit),
        (from - first) * unit,
      );
    }
    return whole ? bytes : undefined;
  }

  private chunk(part: Part, at: number, chunk: number, per: number, unit: number): Uint8Array | undefined {
    const key = `${part} ${at} ${chunk}`;
    const known = this.chunks.get(key);
    if (known) {
      // The last that was looked at goes last.
      this.chunks.delete(key);
      this.chunks.set(key, known);
      return known;
    }
    const level = this.levelsOf(part)[at];
    if (!level) return undefined;
    const start = this.base + level.offset + chunk * per * unit;
    const end = this.base + level.offset + Math.min(level.count, (chunk + 1) * per) * unit;
    if (end <= this.first.byteLength) return new Uint8Array(this.first, start, end - start);
    if (!this.asked.has(key)) this.asked.set(key, this.ask(key, start, end));
    return undefined;
  }

  private async ask(key: string, start: number, end: number): Promise<void> {
    try {
      this.chunks.set(key, new Uint8Array(await this.fetchRange(start, end)));
      for (const oldest of this.chunks.keys()) {
        if (this.chunks.size <= CHUNKS_MAXIMUM) break;
        this.chunks.delete(oldest);
      }
      this.changed();
    } catch {
      // It is asked for again when it is looked at again.
    } finally {
      this.asked.delete(key);
    }
  }

  /** Waits for these bins. */
  async load(part: Part, level: number, first: number, last: number): Promise<Uint8Array | undefined> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const found = this.read(part, level, first, last);
      if (found) return found;
      await Promise.all(this.asked.values());
    }
    return this.read(part, level, first, last);
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
