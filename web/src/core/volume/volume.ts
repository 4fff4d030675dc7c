// A volume on the server, read slice by slice: what is looked at, and its neighbours before they are. The layout is told in
// crates/media/src/volume/levels.rs. No DOM.
import { Listeners } from "../listeners";
import { type FetchRange, headOf } from "../pieces";

export type Samples = "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "f32" | "rgb";

export interface Window {
  name: string;
  center: number;
  width: number;
}

export interface VolumeHead {
  grid: {
    /** Columns, rows, slices. */
    size: [number, number, number];
    /** From voxel to voxel. */
    spacing: [number, number, number];
    /** Are those millimetres? */
    measured: boolean;
    /** Rows of the way from voxel to millimetres towards the patient's right, front and head. */
    affine?: number[][];
  };
  samples: Samples;
  /** Is the lowest value white? */
  inverted: boolean;
  /** What values are counted in; empty where it is not said. */
  unit: string;
  low: number;
  high: number;
  /** The first is what it is shown in at first. */
  windows: Window[];
  tags: [string, string][];
  notes: string[];
  slices: { offset: number; bytes: number; slope: number; intercept: number }[];
}

export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array;

/** The stored values of a slice, row by row, and what they mean: value x slope + intercept. */
export interface Slice {
  values: Numbers;
  slope: number;
  intercept: number;
}

/** Unpacked slices that are kept, in bytes. */
const KEPT_BYTES = 160 << 20;
/** Slices that are fetched before they are looked at, in the direction of the last step and against it. */
const AHEAD = 6;
const BEHIND = 2;
/** Slices that are on their way at once: what is looked at must not wait for what may be. */
const AT_ONCE = 4;
const PREFIX_BYTES = 12;

function numbersOf(samples: Samples, buffer: ArrayBuffer): Numbers {
  switch (samples) {
    case "i8":
      return new Int8Array(buffer);
    case "u16":
      return new Uint16Array(buffer);
    case "i16":
      return new Int16Array(buffer);
    case "u32":
      return new Uint32Array(buffer);
    case "i32":
      return new Int32Array(buffer);
    case "f32":
      return new Float32Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}

async function unpacked(bytes: ArrayBuffer): Promise<ArrayBuffer> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** Tells its listeners when a slice has come. */
export class Volume extends Listeners {
  readonly head: VolumeHead;
  private readonly base: number;
  private readonly fetchRange: FetchRange;
  private readonly slices = new Map<number, Slice>();
  private readonly asked = new Map<number, Promise<void>>();
  private held = 0;
  private last = 0;

  constructor(head: VolumeHead, base: number, fetchRange: FetchRange) {
    super();
    [this.head, this.base, this.fetchRange] = [head, base, fetchRange];
  }

  /** The head is longer than what is asked for at first where there are very many slices. */
  static async open(first: ArrayBuffer, fetchRange: FetchRange): Promise<Volume> {
    const end = first.byteLength < PREFIX_BYTES ? 0 : PREFIX_BYTES + new DataView(first).getUint32(8, true);
    const whole = end > first.byteLength ? await fetchRange(0, end) : first;
    const { head, base } = headOf<VolumeHead>(whole, "LWVOLUM1");
    return new Volume(head, base, fetchRange);
  }

  get count(): number {
    return this.head.slices.length;
  }

  /** Undefined while it is not there; then it is asked for, and after it its neighbours. */
  slice(index: number): Slice | undefined {
    const known = this.slices.get(index);
    if (known) {
      // The last that was looked at goes last.
      this.slices.delete(index);
      this.slices.set(index, known);
    } else void this.load(index);
    const onward = index >= this.last ? 1 : -1;
    this.last = index;
    if (known) this.fetchAround(index, onward);
    return known;
  }

  private fetchAround(index: number, onward: 1 | -1): void {
    for (let step = 1; step <= AHEAD; step += 1) {
      if (this.asked.size >= AT_ONCE) return;
      const wanted = [index + onward * step, ...(step <= BEHIND ? [index - onward * step] : [])];
      for (const one of wanted)
        if (one >= 0 && one < this.count && !this.slices.has(one)) void this.load(one);
    }
  }

  /** Waits for a slice. */
  load(index: number): Promise<void> {
    const known = this.asked.get(index);
    if (known) return known;
    const asked = this.ask(index).finally(() => this.asked.delete(index));
    this.asked.set(index, asked);
    return asked;
  }

  private async ask(index: number): Promise<void> {
    const place = this.head.slices[index];
    if (!place || this.slices.has(index)) return;
    try {
      const start = this.base + place.offset;
      const values = numbersOf(
        this.head.samples,
        await unpacked(await this.fetchRange(start, start + place.bytes)),
      );
      this.slices.set(index, { values, slope: place.slope, intercept: place.intercept });
      this.held += values.byteLength;
    } catch {
      // It is asked for again when it is looked at again.
      return;
    }
    for (const [oldest, { values }] of this.slices) {
      if (this.held <= KEPT_BYTES || this.slices.size <= 1) break;
      this.slices.delete(oldest);
      this.held -= values.byteLength;
    }
    this.changed();
  }
}
