// Masks as the server has them: run lengths column by column, the first run background. What can be told of a mask
// without unpacking it.
import type { Geometry } from "./types";

export type MaskGeometry = Geometry & { type: "mask" };

/** Foreground runs as start and end (exclusive) in column-major pixel numbers. */
export function* runsOf(mask: MaskGeometry): Generator<[number, number]> {
  let at = 0;
  for (let index = 0; index + 1 < mask.counts.length; index += 2) {
    const start = at + (mask.counts[index] ?? 0);
    at = start + (mask.counts[index + 1] ?? 0);
    if (at > start) yield [start, at];
  }
}

/** Foreground pixels. */
export function runArea(mask: MaskGeometry): number {
  return mask.counts.reduce((sum, count, index) => (index % 2 === 1 ? sum + count : sum), 0);
}

/** Undefined when there is no foreground. */
export function runBounds(mask: MaskGeometry) {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const { height } = mask;
  for (const [start, end] of runsOf(mask)) {
    const [first, last] = [Math.floor(start / height), Math.floor((end - 1) / height)];
    // A run over a column's end touches both the top and the bottom edge.
    const one = first === last;
    bounds.left = Math.min(bounds.left, first);
    bounds.right = Math.max(bounds.right, last + 1);
    bounds.top = Math.min(bounds.top, one ? start % height : 0);
    bounds.bottom = Math.max(bounds.bottom, one ? ((end - 1) % height) + 1 : height);
  }
  return bounds.left === Infinity ? undefined : bounds;
}

/** Intersection over union; 0 for masks of different sizes. */
export function runOverlap(one: MaskGeometry, two: MaskGeometry): number {
  if (one.width !== two.width || one.height !== two.height) return 0;
  const [first, second] = [[...runsOf(one)], [...runsOf(two)]];
  let [common, a, b] = [0, 0, 0];
  for (;;) {
    const [left, right] = [first[a], second[b]];
    if (!left || !right) break;
    common += Math.max(0, Math.min(left[1], right[1]) - Math.max(left[0], right[0]));
    if (left[1] <= right[1]) a += 1;
    else b += 1;
  }
  const union = runArea(one) + runArea(two) - common;
  return union === 0 ? 0 : common / union;
}

/** Builds run lengths from foreground runs that come in their order and do not overlap. */
export function maskOfRuns(
  width: number,
  height: number,
  runs: Iterable<readonly [number, number]>,
): MaskGeometry {
  const counts: number[] = [];
  let at = 0;
  for (const [start, end] of runs) {
    if (end <= start) continue;
    if (start === at && counts.length > 0) counts[counts.length - 1] = (counts.at(-1) ?? 0) + end - start;
    else counts.push(start - at, end - start);
    at = end;
  }
  if (at < width * height) counts.push(width * height - at);
  return { type: "mask", width, height, counts };
}

/** The same pixels in an image of another size, without those that lie outside it. */
export function reframedMask(mask: MaskGeometry, width: number, height: number): MaskGeometry {
  function* runs(): Generator<[number, number]> {
    for (const [start, end] of runsOf(mask)) {
      for (let from = start; from < end; ) {
        const column = Math.floor(from / mask.height);
        const base = column * mask.height;
        const to = Math.min(end, base + mask.height);
        if (column < width) {
          yield [
            column * height + Math.min(height, from - base),
            column * height + Math.min(height, to - base),
          ];
        }
        from = to;
      }
    }
  }
  return maskOfRuns(width, height, runs());
}

/** Moved by whole pixels. The caller sees to it that nothing goes over the edge. */
export function movedMask(mask: MaskGeometry, dx: number, dy: number): MaskGeometry {
  if (dx === 0 && dy === 0) return mask;
  const { width, height } = mask;
  function* runs(): Generator<[number, number]> {
    for (const [start, end] of runsOf(mask)) {
      for (let from = start; from < end; ) {
        const column = Math.floor(from / height);
        const to = Math.min(end, (column + 1) * height);
        const base = (column + dx) * height;
        const [top, bottom] = [from - column * height + dy, to - column * height + dy];
        if (column + dx >= 0 && column + dx < width) {
          yield [base + Math.max(0, top), base + Math.min(height, bottom)];
        }
        from = to;
      }
    }
  }
  return maskOfRuns(width, height, runs());
}
