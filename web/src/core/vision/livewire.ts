// Intelligent scissors: the way between two points that keeps to strong edges (Mortensen and Barrett, "Intelligent
// scissors for image composition", SIGGRAPH 1995). From one point the ways to all others around it are found at once,
// so that the line can follow the pointer.
import { distanceToSegment } from "../geometry";
import type { Point } from "../types";
import { apart, type Pixels, windowOf } from "./pixels";

/** The ways from one pixel to all others of a window around it. */
export interface Wire {
  from: Point;
  left: number;
  top: number;
  width: number;
  height: number;
  /** For every pixel of the window the one before it on the way; -1 at the start. */
  before: Int32Array;
}

/** How far the window reaches from its start, in pixels. */
export const REACH = 200;

/** A step along a side and over a corner, times what a pixel costs: whole numbers, near 1 to the root of 2. */
const STRAIGHT = 5;
const DIAGONAL = 7;
/** What a pixel costs: 1 on the strongest edge of the window, this much where there is none. */
const DEAREST = 64;

/** All ways from a point. */
export function wireFrom(pixels: Pixels, from: Point, reach = REACH): Wire {
  const [x, y] = [inside(from[0], pixels.width), inside(from[1], pixels.height)];
  const bounds = windowOf(
    { left: x - reach, right: x + reach + 1, top: y - reach, bottom: y + reach + 1 },
    pixels.width,
    pixels.height,
  );
  const [width, height] = [bounds.right - bounds.left, bounds.bottom - bounds.top];
  const start = (y - bounds.top) * width + x - bounds.left;
  const before = shortest(costs(pixels, bounds, width, height), width, height, start);
  return { from: [x, y], left: bounds.left, top: bounds.top, width, height, before };
}

/** The way to a point, both ends included; a straight line to one outside the window. */
export function wayTo(wire: Wire, from: Point, to: Point): Point[] {
  const [x, y] = [Math.floor(to[0]) - wire.left, Math.floor(to[1]) - wire.top];
  // The far edge of the picture is no pixel any more.
  const [column, row] = [x === wire.width ? x - 1 : x, y === wire.height ? y - 1 : y];
  if (column < 0 || row < 0 || column >= wire.width || row >= wire.height) return [from, to];
  const way: Point[] = [];
  for (let at = row * wire.width + column; at >= 0; at = wire.before[at] ?? -1) {
    way.push([wire.left + (at % wire.width), wire.top + Math.floor(at / wire.width)]);
  }
  return simplified([from, ...way.reverse().slice(1, -1), to], 0.8);
}

const inside = (value: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(value)));

function costs(
  pixels: Pixels,
  bounds: { left: number; top: number },
  width: number,
  height: number,
): Uint8Array {
  const edges = new Float32Array(width * height);
  let largest = 1;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (bounds.top + y) * pixels.width + bounds.left + x;
      const right = x + 1 < width ? apart(pixels, at, at + 1) : 0;
      const below = y + 1 < height ? apart(pixels, at, at + pixels.width) : 0;
      const strength = Math.sqrt(right + below);
      edges[y * width + x] = strength;
      largest = Math.max(largest, strength);
    }
  }
  return Uint8Array.from(edges, (strength) => 1 + Math.round((DEAREST - 1) * (1 - strength / largest)));
}

/** Dijkstra's algorithm with a ring of buckets instead of a heap (R. B. Dial, CACM 12(11), 1969): costs are small. */
function shortest(cost: Uint8Array, width: number, height: number, start: number): Int32Array {
  const ring = DEAREST * DIAGONAL + 1;
  const buckets: number[][] = Array.from({ length: ring }, () => []);
  const before = new Int32Array(width * height).fill(-1);
  const far = new Int32Array(width * height).fill(0x7fffffff);
  far[start] = 0;
  buckets[0]?.push(start);
  let waiting = 1;
  for (let distance = 0; waiting > 0; distance += 1) {
    const bucket = buckets[distance % ring] as number[];
    for (let at = bucket.pop(); at !== undefined; at = bucket.pop()) {
      waiting -= 1;
      // A nearer way to this pixel was found since it was put here.
      if (far[at] !== distance) continue;
      const y = Math.floor(at / width);
      const x = at - y * width;
      for (let toY = Math.max(0, y - 1); toY <= Math.min(height - 1, y + 1); toY += 1) {
        for (let toX = Math.max(0, x - 1); toX <= Math.min(width - 1, x + 1); toX += 1) {
          const next = toY * width + toX;
          const step = toX !== x && toY !== y ? DIAGONAL : STRAIGHT;
          const reached = distance + step * (cost[next] as number);
          if (reached >= (far[next] as number)) continue;
          far[next] = reached;
          before[next] = at;
          buckets[reached % ring]?.push(next);
          waiting += 1;
        }
      }
    }
  }
  return before;
}

/** Without points that lie within `tolerance` of the line between their neighbours (Douglas and Peucker, 1973). */
export function simplified(line: readonly Point[], tolerance: number): Point[] {
  const [first, last] = [line[0], line.at(-1)];
  if (!first || !last || line.length < 3) return [...line];
  let [worst, far] = [0, tolerance];
  for (let index = 1; index < line.length - 1; index += 1) {
    const distance = distanceToSegment(line[index] as Point, first, last);
    if (distance > far) [worst, far] = [index, distance];
  }
  if (worst === 0) return [first, last];
  return [
    ...simplified(line.slice(0, worst + 1), tolerance).slice(0, -1),
    ...simplified(line.slice(worst), tolerance),
  ];
}
