// Points as pixels: written straight into the memory of a picture, so that a hundred thousand of them cost a few
// milliseconds without a graphics card as well.
import type { Plane } from "./plane";
import type { Points } from "./points";

/** What is painted in which colour: the number of a colour for each point, the first one being that of all others. */
export interface Paint {
  /** Numbers into `colours`. */
  of: Uint8Array;
  /** As in memory: alpha, blue, green, red from the highest byte down. */
  colours: Uint32Array;
}

export function packed(hex: string): number {
  const number = Number.parseInt(hex.slice(1), 16);
  return (((255 << 24) | ((number & 255) << 16) | (number & 0xff00) | (number >> 16)) >>> 0) as number;
}

/** Rows of a disc of this width: how far each reaches left and right of the middle. */
function discRows(width: number): Int8Array {
  const rows = new Int8Array(width);
  const half = width / 2;
  for (let row = 0; row < width; row += 1) {
    const dy = row + 0.5 - half;
    rows[row] = Math.max(0, Math.round(Math.sqrt(Math.max(0, half * half - dy * dy))));
  }
  return rows;
}

/**
 * Clears the pixels and paints all points that lie on the screen as discs of `size` pixels. Points without a colour of
 * their own come first, so that they hide nobody. `pixels` is width x height of the picture, `ratio` its pixels a CSS
 * pixel. Tells how many points were painted.
 */
export function paintPoints(
  pixels: Uint32Array,
  width: number,
  height: number,
  ratio: number,
  points: Points,
  plane: Plane,
  paint: Paint,
  size: number,
): number {
  pixels.fill(0);
  const { count, x, y } = points;
  const scale = plane.scale * ratio;
  const [left, top] = [plane.x * ratio, plane.y * ratio];
  const rows = discRows(size);
  const half = size >> 1;
  let painted = 0;
  for (let pass = 0; pass < 2; pass += 1) {
    for (let point = 0; point < count; point += 1) {
      const colour = paint.of[point] as number;
      if (colour > 0 !== pass > 0) continue;
      const px = (left + (x[point] as number) * scale) | 0;
      const py = (top - (y[point] as number) * scale) | 0;
      if (px < -size || py < -size || px >= width + size || py >= height + size) continue;
      painted += 1;
      const value = paint.colours[colour] as number;
      for (let row = 0; row < size; row += 1) {
        const line = py - half + row;
        if (line < 0 || line >= height) continue;
        const reach = rows[row] as number;
        const from = Math.max(0, px - reach);
        const to = Math.min(width, px + reach);
        const start = line * width;
        for (let at = start + from; at < start + to; at += 1) pixels[at] = value;
      }
    }
  }
  return painted;
}
