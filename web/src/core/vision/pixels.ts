// Pictures as plain numbers, for the tools that look at colours.
import type { Bounds } from "../geometry";

/** RGBA, a byte each, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** The sum of squared differences of two pixels by their numbers. */
export function apart({ data }: Pixels, one: number, two: number): number {
  const red = (data[4 * one] ?? 0) - (data[4 * two] ?? 0);
  const green = (data[4 * one + 1] ?? 0) - (data[4 * two + 1] ?? 0);
  const blue = (data[4 * one + 2] ?? 0) - (data[4 * two + 2] ?? 0);
  return red * red + green * green + blue * blue;
}

/** Whole pixels of a region of the picture, inside it. */
export function windowOf(bounds: Bounds, width: number, height: number): Bounds {
  return {
    left: Math.max(0, Math.floor(bounds.left)),
    top: Math.max(0, Math.floor(bounds.top)),
    right: Math.min(width, Math.ceil(bounds.right)),
    bottom: Math.min(height, Math.ceil(bounds.bottom)),
  };
}

/** Part of a picture, in steps of `step` pixels: each step is the pixel in its middle, so that nothing is shifted. */
export function cropped(pixels: Pixels, { left, top, right, bottom }: Bounds, step = 1): Pixels {
  const width = Math.max(1, Math.ceil((right - left) / step));
  const height = Math.max(1, Math.ceil((bottom - top) / step));
  const data = new Uint8ClampedArray(4 * width * height);
  const half = step >> 1;
  for (let y = 0; y < height; y += 1) {
    const row = Math.min(bottom - 1, top + y * step + half) * pixels.width;
    for (let x = 0; x < width; x += 1) {
      const from = 4 * (row + Math.min(right - 1, left + x * step + half));
      data.set(pixels.data.subarray(from, from + 4), 4 * (y * width + x));
    }
  }
  return { width, height, data };
}
