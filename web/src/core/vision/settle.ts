// How likely each pixel is the thing: colours of inside and outside in turns with a mean field over neighbours.
import { apart, type Pixels } from "./pixels";

const BINS = 12;
const ROUNDS = 5;
const SWEEPS = 6;
const PULL = 2.2;
/** What the seeds of one sign weigh in the colours, as a share of the whole window. */
const SEED_SHARE = 0.1;

/**
 * From a first guess (0 to 1 for each pixel). What is not `held` never is the thing; seeds of 1 always are, of -1 never.
 */
export function settled(
  pixels: Pixels,
  held: Uint8Array,
  guess: Float64Array,
  seeds: Int8Array,
): Float64Array {
  const { width, height, data } = pixels;
  const size = width * height;
  const bins = Int32Array.from(held, (_, at) => {
    const part = (offset: number) => Math.floor(((data[4 * at + offset] ?? 0) * BINS) / 256);
    return (part(0) * BINS + part(1)) * BINS + part(2);
  });
  const fixed = (at: number): number | undefined => {
    if (held[at] === 0 || seeds[at] === -1) return 0;
    return seeds[at] === 1 ? 1 : undefined;
  };
  let share = guess.map((likely, at) => fixed(at) ?? likely);
  let next = new Float64Array(size);
  const weights = pairWeights(pixels);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const lean = leanings(bins, share, seeds);
    for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
      // Colours speak first: neighbours that all hold to the first guess would never let go of it.
      const hold = PULL * Math.min(1, sweep / 2);
      for (let at = 0; at < size; at += 1) {
        const known = fixed(at);
        if (known !== undefined) {
          next[at] = known;
          continue;
        }
        const x = at % width;
        let pull = lean[bins[at] as number] as number;
        if (x > 0) pull += hold * (weights.right[at - 1] as number) * (2 * (share[at - 1] as number) - 1);
        if (x + 1 < width) pull += hold * (weights.right[at] as number) * (2 * (share[at + 1] as number) - 1);
        if (at >= width) {
          pull += hold * (weights.below[at - width] as number) * (2 * (share[at - width] as number) - 1);
        }
        if (at + width < size) {
          pull += hold * (weights.below[at] as number) * (2 * (share[at + width] as number) - 1);
        }
        next[at] = 1 / (1 + Math.exp(-pull));
      }
      [share, next] = [next, share];
    }
  }
  return share;
}

/** For each colour how much more often it is inside than outside, as a logarithm. */
function leanings(bins: Int32Array, share: Float64Array, seeds: Int8Array): Float64Array {
  const size = BINS ** 3;
  const [inside, outside] = [new Float64Array(size).fill(0.05), new Float64Array(size).fill(0.05)];
  let [on, off] = [0, 0];
  for (const seed of seeds) {
    if (seed === 1) on += 1;
    else if (seed === -1) off += 1;
  }
  const weightOf = (seed: number) => {
    const count = seed === 1 ? on : seed === -1 ? off : 0;
    return count === 0 ? 1 : Math.max(1, (SEED_SHARE * bins.length) / count);
  };
  const weights = [weightOf(-1), 1, weightOf(1)];
  bins.forEach((bin, at) => {
    const weight = weights[(seeds[at] as number) + 1] as number;
    const likely = (share[at] as number) * weight;
    inside[bin] = (inside[bin] as number) + likely;
    outside[bin] = (outside[bin] as number) + weight - likely;
  });
  const [insideSum, outsideSum] = [inside, outside].map((all) => all.reduce((sum, one) => sum + one, 0));
  return inside.map(
    (value, bin) =>
      Math.log(value / (insideSum as number)) - Math.log((outside[bin] as number) / (outsideSum as number)),
  );
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
