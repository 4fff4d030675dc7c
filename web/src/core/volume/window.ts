// From values to shades of grey: the linear window of DICOM (PS3.3 section C.11.2.1.2.1), exactly, for every value.
import type { Samples, Slice, Window } from "./volume";

export type Range = Pick<Window, "center" | "width">;

/** The shade of a value, 0 to 255. */
export function shadeOf(value: number, { center, width }: Range): number {
  // Of a window of width 1 or less only its middle is left: it is a threshold.
  const wide = Math.max(width - 1, 1e-9);
  const share = (value - (center - 0.5)) / wide + 0.5;
  return share <= 0 ? 0 : share >= 1 ? 255 : Math.round(share * 255);
}

/** A pixel as it lies in memory, lowest byte first: red, green, blue, alpha. */
const grey = (shade: number): number => (0xff000000 | (shade << 16) | (shade << 8) | shade) >>> 0;

/** How many values there can be, and the lowest. */
const RANGES: Partial<Record<Samples, [number, number]>> = {
  u8: [256, 0],
  i8: [256, -128],
  u16: [65_536, 0],
  i16: [65_536, -32_768],
};

/** Paints slices of one volume; keeps the table of shades while the window stays. */
export class Shades {
  private readonly samples: Samples;
  private table: Uint32Array | undefined;
  private made = "";

  constructor(samples: Samples) {
    this.samples = samples;
  }

  /** One number a pixel. `inverted` shows the lowest value white. */
  paint({ values, slope, intercept }: Slice, window: Range, inverted: boolean, into: Uint32Array): void {
    const shade = (value: number) => {
      const found = shadeOf(value * slope + intercept, window);
      return grey(inverted ? 255 - found : found);
    };
    if (this.samples === "rgb") {
      for (let at = 0; at < into.length; at += 1) {
        const [red = 0, green = 0, blue = 0] = values.subarray(3 * at, 3 * at + 3);
        into[at] = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
      }
      return;
    }
    const range = RANGES[this.samples];
    if (!range) {
      for (let at = 0; at < into.length; at += 1) into[at] = shade(values[at] ?? 0);
      return;
    }
    const [count, lowest] = range;
    const wanted = [window.center, window.width, slope, intercept, inverted].join();
    if (!this.table || this.made !== wanted) {
      this.table = Uint32Array.from({ length: count }, (_, at) => shade(at + lowest));
      this.made = wanted;
    }
    const { table } = this;
    for (let at = 0; at < into.length; at += 1) into[at] = table[(values[at] ?? 0) - lowest] ?? 0;
  }
}
