// Superpixels: simple linear iterative clustering (Achanta et al., "SLIC superpixels compared to state-of-the-art
// superpixel methods", IEEE TPAMI 34(11), 2012), in RGB. Stray pixels join the superpixel beside them.
import type { Pixels } from "./pixels";

const ROUNDS = 6;

/** The number of its superpixel for every pixel. `step` is the distance of their centres, `compactness` how round. */
export function superpixelsOf(pixels: Pixels, step: number, compactness = 12): Int32Array {
  const { width, height, data } = pixels;
  // A row of five numbers for each centre: x, y, red, green, blue.
  const centres: number[] = [];
  for (let y = Math.min(step / 2, height / 2); y < height; y += step) {
    for (let x = Math.min(step / 2, width / 2); x < width; x += step) {
      const at = 4 * (Math.floor(y) * width + Math.floor(x));
      centres.push(x, y, data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    }
  }
  const labels = new Int32Array(width * height);
  const weight = (compactness / step) ** 2;
  const nearest = new Float64Array(width * height);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    nearest.fill(Infinity);
    for (let label = 0; 5 * label < centres.length; label += 1) {
      const [cx = 0, cy = 0, red = 0, green = 0, blue = 0] = centres.slice(5 * label, 5 * label + 5);
      const [top, bottom] = [Math.max(0, Math.floor(cy - step)), Math.min(height, Math.ceil(cy + step + 1))];
      const [left, right] = [Math.max(0, Math.floor(cx - step)), Math.min(width, Math.ceil(cx + step + 1))];
      for (let y = top; y < bottom; y += 1) {
        for (let x = left; x < right; x += 1) {
          const at = y * width + x;
          const r = (data[4 * at] as number) - red;
          const g = (data[4 * at + 1] as number) - green;
          const b = (data[4 * at + 2] as number) - blue;
          const far = r * r + g * g + b * b + weight * ((x - cx) * (x - cx) + (y - cy) * (y - cy));
          if (far >= (nearest[at] as number)) continue;
          nearest[at] = far;
          labels[at] = label;
        }
      }
    }
    const sums = new Float64Array(centres.length);
    const counts = new Float64Array(centres.length / 5);
    labels.forEach((label, at) => {
      const values = [at % width, Math.floor(at / width), data[4 * at], data[4 * at + 1], data[4 * at + 2]];
      for (let index = 0; index < 5; index += 1)
        sums[5 * label + index] = (sums[5 * label + index] ?? 0) + (values[index] ?? 0);
      counts[label] = (counts[label] ?? 0) + 1;
    });
    counts.forEach((count, label) => {
      if (count === 0) return;
      for (let index = 0; index < 5; index += 1) {
        centres[5 * label + index] = (sums[5 * label + index] ?? 0) / count;
      }
    });
  }
  return connected(labels, width, (step * step) / 4);
}

/** Numbered anew, so that each hangs together by its sides; what is smaller than `least` joins what was there before. */
function connected(labels: Int32Array, width: number, least: number): Int32Array {
  const found = new Int32Array(labels.length).fill(-1);
  let count = 0;
  for (let start = 0; start < labels.length; start += 1) {
    if (found[start] !== -1) continue;
    const piece = [start];
    found[start] = count;
    for (let index = 0; index < piece.length; index += 1) {
      const at = piece[index] as number;
      const x = at % width;
      const beside = [x > 0 ? at - 1 : -1, x + 1 < width ? at + 1 : -1, at - width, at + width];
      for (const next of beside) {
        if (next < 0 || next >= labels.length || found[next] !== -1 || labels[next] !== labels[start])
          continue;
        found[next] = count;
        piece.push(next);
      }
    }
    // What lies to the left of its first pixel, or above it, has its number already.
    const owner = start % width > 0 ? found[start - 1] : start >= width ? found[start - width] : undefined;
    if (piece.length < least && owner !== undefined) for (const at of piece) found[at] = owner;
    else count += 1;
  }
  return found;
}
