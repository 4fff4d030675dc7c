// Intelligent scissors: the way between two points that keeps to strong edges (Mortensen and Barrett, SIGGRAPH 1995),
// found by Dijkstra's algorithm in a window around both.
import { distanceToSegment } from "../geometry";
import type { Point } from "../types";
import { apart, type Pixels, windowOf } from "./pixels";

const MARGIN = 24;
/** Above this many pixels the way is a straight line: finding another one would be felt. */
const LARGEST_WINDOW = 300_000;

/** From the pixel of one point to that of another, both included. */
export function livewire(pixels: Pixels, from: Point, to: Point): Point[] {
  const bounds = windowOf(
    {
      left: Math.min(from[0], to[0]) - MARGIN,
      right: Math.max(from[0], to[0]) + MARGIN,
      top: Math.min(from[1], to[1]) - MARGIN,
      bottom: Math.max(from[1], to[1]) + MARGIN,
    },
    pixels.width,
    pixels.height,
  );
  const [width, height] = [bounds.right - bounds.left, bounds.bottom - bounds.top];
  if (width <= 0 || height <= 0 || width * height > LARGEST_WINDOW) return [from, to];
  const number = ([x, y]: Point) =>
    Math.max(0, Math.min(height - 1, Math.floor(y) - bounds.top)) * width +
    Math.max(0, Math.min(width - 1, Math.floor(x) - bounds.left));
  const cost = costs(pixels, bounds, width, height);
  const before = shortest(cost, width, height, number(from), number(to));
  const way: Point[] = [];
  for (let at = number(to); at >= 0; at = before[at] ?? -1) {
    way.push([bounds.left + (at % width), bounds.top + Math.floor(at / width)]);
  }
  return simplified([from, ...way.reverse().slice(1, -1), to], 0.8);
}

/** Small on edges: 1 where there is none, near 0 on the strongest of the window. */
function costs(
  pixels: Pixels,
  bounds: { left: number; top: number },
  width: number,
  height: number,
): Float64Array {
  const edges = new Float64Array(width * height);
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
  return edges.map((strength) => 1.02 - strength / largest);
}

/** For every pixel the one before it on the shortest way from `start`, as far as it took to reach `goal`. */
function shortest(
  cost: Float64Array,
  width: number,
  height: number,
  start: number,
  goal: number,
): Int32Array {
  const before = new Int32Array(width * height).fill(-1);
  const far = new Float64Array(width * height).fill(Infinity);
  const done = new Uint8Array(width * height);
  far[start] = 0;
  const heap: [number, number][] = [[0, start]];
  while (heap.length > 0) {
    const at = pop(heap);
    if (at === goal) break;
    if (done[at] === 1) continue;
    done[at] = 1;
    const [x, y] = [at % width, Math.floor(at / width)];
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        const [nextX, nextY] = [x + dx, y + dy];
        if (nextX < 0 || nextY < 0 || nextX >= width || nextY >= height) continue;
        const next = nextY * width + nextX;
        const reached = (far[at] ?? 0) + (cost[next] ?? 1) * (dx !== 0 && dy !== 0 ? Math.SQRT2 : 1);
        if (done[next] === 1 || reached >= (far[next] ?? 0)) continue;
        far[next] = reached;
        before[next] = at;
        push(heap, [reached, next]);
      }
    }
  }
  return before;
}

type Entry = [number, number];

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Entry;
    if (above[0] <= entry[0]) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): number {
  const first = heap[0] as Entry;
  const last = heap.pop() as Entry;
  if (heap.length > 0) {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry)[0] < (heap[child] as Entry)[0]) child += 1;
      if ((heap[child] as Entry)[0] >= last[0]) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }
  return first[1];
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
