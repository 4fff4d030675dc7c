// Superpixels: simple linear iterative clustering (Achanta et al., "SLIC superpixels compared to state-of-the-art
// superpixel methods", IEEE TPAMI 34(11), 2012), in RGB and without a second pass for stray pixels.
import type { Pixels } from "./pixels";

const ROUNDS = 6;

/** The number of its superpixel for every pixel. `step` is the distance of their centres, `compactness` how round. */
export function superpixelsOf(pixels: Pixels, step: number, compactness = 12): Int32Array {
  const { width, height, data } = pixels;
  const centres: [number, number, number, number, number][] = [];
  for (let y = Math.min(step / 2, height / 2); y < height; y += step) {
    for (let x = Math.min(step / 2, width / 2); x < width; x += step) {
      const at = 4 * (Math.floor(y) * width + Math.floor(x));
      centres.push([x, y, data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]);
    }
  }
  const labels = new Int32Array(width * height);
  const weight = (compactness / step) ** 2;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const nearest = new Float64Array(width * height).fill(Infinity);
    centres.forEach(([cx, cy, red, green, blue], label) => {
      const [top, bottom] = [Math.max(0, Math.floor(cy - step)), Math.min(height, Math.ceil(cy + step + 1))];
      const [left, right] = [Math.max(0, Math.floor(cx - step)), Math.min(width, Math.ceil(cx + step + 1))];
      for (let y = top; y < bottom; y += 1) {
        for (let x = left; x < right; x += 1) {
          const at = y * width + x;
          const [r, g, b] = [
            (data[4 * at] ?? 0) - red,
            (data[4 * at + 1] ?? 0) - green,
            (data[4 * at + 2] ?? 0) - blue,
          ];
          const far = r * r + g * g + b * b + weight * ((x - cx) ** 2 + (y - cy) ** 2);
          if (far >= (nearest[at] ?? 0)) continue;
          nearest[at] = far;
          labels[at] = label;
        }
      }
    });
    const sums = centres.map(() => [0, 0, 0, 0, 0, 0]);
    labels.forEach((label, at) => {
      const sum = sums[label];
      if (!sum) return;
      const values = [
        at % width,
        Math.floor(at / width),
        data[4 * at],
        data[4 * at + 1],
        data[4 * at + 2],
        1,
      ];
      for (let index = 0; index < 6; index += 1) sum[index] = (sum[index] ?? 0) + (values[index] ?? 0);
    });
    sums.forEach(([x = 0, y = 0, r = 0, g = 0, b = 0, count = 0], label) => {
      if (count > 0) centres[label] = [x / count, y / count, r / count, g / count, b / count];
    });
  }
  return labels;
}
