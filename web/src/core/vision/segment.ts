// A mask from a box, after the idea of GrabCut (Rother, Kolmogorov and Blake, SIGGRAPH 2004): colours of inside and
// outside are learned in turns with the mask. Where GrabCut has mixtures and a minimum cut, this has histograms and a
// mean field over neighbours, which is quick enough without a model.
import type { Bounds } from "../geometry";
import { pieces } from "../maskops";
import { MaskTiles } from "../tiles";
import { apart, cropped, type Pixels, windowOf } from "./pixels";

/** What a segmenter is asked: the box around the thing. */
export interface Prompt {
  box: Bounds;
}

const LARGEST_SIDE = 256;
const BINS = 12;
const ROUNDS = 5;
const SWEEPS = 6;
const PULL = 2.2;

/** The thing in the box; undefined when nothing stands out. */
export function segment(pixels: Pixels, { box }: Prompt): MaskTiles | undefined {
  const inner = windowOf(box, pixels.width, pixels.height);
  const [wide, tall] = [inner.right - inner.left, inner.bottom - inner.top];
  if (wide < 2 || tall < 2) return undefined;
  const rim = Math.max(4, Math.round(Math.max(wide, tall) * 0.25));
  const outer = windowOf(
    { left: inner.left - rim, top: inner.top - rim, right: inner.right + rim, bottom: inner.bottom + rim },
    pixels.width,
    pixels.height,
  );
  const step = Math.max(
    1,
    Math.ceil(Math.max(outer.right - outer.left, outer.bottom - outer.top) / LARGEST_SIDE),
  );
  const small = cropped(pixels, outer, step);
  const held = new Uint8Array(small.width * small.height);
  for (let y = 0; y < small.height; y += 1) {
    for (let x = 0; x < small.width; x += 1) {
      const [px, py] = [outer.left + x * step, outer.top + y * step];
      if (px >= inner.left && px < inner.right && py >= inner.top && py < inner.bottom)
        held[y * small.width + x] = 1;
    }
  }
  const share = settled(small, held);
  const tiles = new MaskTiles(pixels.width, pixels.height);
  for (let y = inner.top; y < inner.bottom; y += 1) {
    const row = Math.floor((y - outer.top) / step) * small.width;
    for (let x = inner.left; x < inner.right; x += 1) {
      if ((share[row + Math.floor((x - outer.left) / step)] ?? 0) > 0.5) tiles.row(y, x, x + 1, true);
    }
  }
  return pieces(tiles)[0];
}

/** How likely each pixel is the thing; what is outside the box never is. */
function settled(pixels: Pixels, held: Uint8Array): Float64Array {
  const { width, height, data } = pixels;
  const bin = (at: number) => {
    const part = (offset: number) => Math.floor(((data[4 * at + offset] ?? 0) * BINS) / 256);
    return (part(0) * BINS + part(1)) * BINS + part(2);
  };
  let share: Float64Array = Float64Array.from(held);
  const weights = pairWeights(pixels);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const [inside, outside] = [
      new Float64Array(BINS ** 3).fill(0.05),
      new Float64Array(BINS ** 3).fill(0.05),
    ];
    let [insideSum, outsideSum] = [0.05 * BINS ** 3, 0.05 * BINS ** 3];
    share.forEach((likely, at) => {
      const place = bin(at);
      inside[place] = (inside[place] ?? 0) + likely;
      outside[place] = (outside[place] ?? 0) + 1 - likely;
      insideSum += likely;
      outsideSum += 1 - likely;
    });
    const lean = share.map((_, at) => {
      const place = bin(at);
      return Math.log((inside[place] ?? 1) / insideSum) - Math.log((outside[place] ?? 1) / outsideSum);
    });
    for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
      const next = new Float64Array(share.length);
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          const at = y * width + x;
          if (held[at] === 0) continue;
          let pull = lean[at] ?? 0;
          const ask = (other: number, weight: number | undefined) => {
            pull += PULL * (weight ?? 0) * (2 * (share[other] ?? 0) - 1);
          };
          if (x > 0) ask(at - 1, weights.right[at - 1]);
          if (x + 1 < width) ask(at + 1, weights.right[at]);
          if (y > 0) ask(at - width, weights.below[at - width]);
          if (y + 1 < height) ask(at + width, weights.below[at]);
          next[at] = 1 / (1 + Math.exp(-pull));
        }
      }
      share = next;
    }
  }
  return share;
}

/** How much neighbours hold together: 1 for the same colour, less over an edge. */
function pairWeights(pixels: Pixels): { right: Float64Array; below: Float64Array } {
  const { width, height } = pixels;
  const size = width * height;
  const [right, below] = [new Float64Array(size), new Float64Array(size)];
  let sum = 0;
  for (let at = 0; at < size; at += 1) {
    right[at] = (at + 1) % width === 0 ? 0 : apart(pixels, at, at + 1);
    below[at] = at + width >= size ? 0 : apart(pixels, at, at + width);
    sum += (right[at] ?? 0) + (below[at] ?? 0);
  }
  const mean = Math.max(1e-9, sum / (2 * size));
  const weight = (value: number) => Math.exp(-value / (2 * mean));
  return { right: right.map(weight), below: below.map(weight) };
}
