// Shapes on the slices between two that were drawn. Masks by the distances to their borders (S. Raya and J. Udupa,
// "Shape-based interpolation of multidimensional objects", IEEE Transactions on Medical Imaging 9, 1990); others point by
// point. Pure.
import { round } from "../geometry";
import { type MaskGeometry, maskOfRuns, runBounds } from "../runs";
import { tilesOf } from "../tiles";
import type { Geometry, Point } from "../types";

const mixed = (one: number, two: number, share: number): number => round(one + (two - one) * share);
const FAR = 1e12;

/** The shape at this share of the way, 0 to 1; undefined where the two cannot be mixed, or nothing is between them. */
export function between(one: Geometry, two: Geometry, share: number): Geometry | undefined {
  if (one.type === "mask" && two.type === "mask") return betweenMasks(one, two, share);
  if (one.type === "polygon" && two.type === "polygon") return betweenPolygons(one, two, share);
  if ((one.type === "polyline" || one.type === "points") && two.type === one.type) {
    if (one.points.length !== two.points.length) return undefined;
    return { ...one, points: betweenPoints(one.points as Point[], two.points as Point[], share) };
  }
  if (one.type === "box" && two.type === "box") {
    const part = (name: "x" | "y" | "width" | "height") => mixed(one[name], two[name], share);
    return { type: "box", x: part("x"), y: part("y"), width: part("width"), height: part("height") };
  }
  if (one.type === "ellipse" && two.type === "ellipse") {
    const part = (name: "cx" | "cy" | "rx" | "ry") => mixed(one[name], two[name], share);
    const angle = mixed(one.angle ?? 0, two.angle ?? 0, share);
    return { type: "ellipse", cx: part("cx"), cy: part("cy"), rx: part("rx"), ry: part("ry"), angle };
  }
  if (one.type === "rotated_box" && two.type === "rotated_box") {
    const part = (name: "cx" | "cy" | "width" | "height" | "angle") => mixed(one[name], two[name], share);
    const size = { width: part("width"), height: part("height") };
    return { type: "rotated_box", cx: part("cx"), cy: part("cy"), ...size, angle: part("angle") };
  }
  return undefined;
}

const betweenPoints = (one: readonly Point[], two: readonly Point[], share: number): Point[] =>
  one.map(([x, y], at) => {
    const [otherX, otherY] = two[at] ?? [x, y];
    return [mixed(x, otherX, share), mixed(y, otherY, share)];
  });

type Polygon = Geometry & { type: "polygon" };

/** The outline of a polygon of one piece without holes. */
function outlineOf({ parts }: Polygon): Point[] | undefined {
  const [part, ...more] = parts;
  return part && more.length === 0 && (part.holes ?? []).length === 0 ? (part.outer as Point[]) : undefined;
}

function betweenPolygons(one: Polygon, two: Polygon, share: number): Geometry | undefined {
  const [first, second] = [outlineOf(one), outlineOf(two)];
  if (!first || !second) return undefined;
  const count = Math.max(first.length, second.length);
  const from = wound(resampled(first, count));
  const to = wound(resampled(second, count));
  return { type: "polygon", parts: [{ outer: betweenPoints(from, aligned(from, to), share) }] };
}

/** So many points along a ring, evenly, or its own where it has as many. */
function resampled(ring: readonly Point[], count: number): Point[] {
  if (ring.length === count) return [...ring];
  const lengths = ring.map(([x, y], at) => {
    const [nextX, nextY] = ring[(at + 1) % ring.length] ?? [x, y];
    return Math.hypot(nextX - x, nextY - y);
  });
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const points: Point[] = [];
  let [at, passed] = [0, 0];
  for (let number = 0; number < count; number += 1) {
    const wanted = (number / count) * whole;
    while (at + 1 < ring.length && passed + (lengths[at] ?? 0) < wanted) {
      passed += lengths[at] ?? 0;
      at += 1;
    }
    const share = (lengths[at] ?? 0) > 0 ? (wanted - passed) / (lengths[at] ?? 1) : 0;
    const from: Point = ring[at] ?? [0, 0];
    const to: Point = ring[(at + 1) % ring.length] ?? from;
    points.push([from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]);
  }
  return points;
}

/** All rings go the same way round. */
function wound(ring: readonly Point[]): Point[] {
  const sum = ring.reduce((total, [x, y], at) => {
    const [nextX, nextY] = ring[(at + 1) % ring.length] ?? [x, y];
    return total + x * nextY - nextX * y;
  }, 0);
  return sum < 0 ? [...ring].reverse() : [...ring];
}

/** The second ring from that of its points on at which it lies nearest to the first. */
function aligned(one: readonly Point[], two: readonly Point[]): Point[] {
  let [best, least] = [0, Infinity];
  for (let shift = 0; shift < two.length; shift += 1) {
    let sum = 0;
    for (let at = 0; at < one.length && sum < least; at += 1) {
      const [x, y]: Point = one[at] ?? [0, 0];
      const [otherX, otherY]: Point = two[(at + shift) % two.length] ?? [0, 0];
      sum += (x - otherX) ** 2 + (y - otherY) ** 2;
    }
    if (sum < least) [best, least] = [shift, sum];
  }
  return [...two.slice(best), ...two.slice(0, best)];
}

function betweenMasks(one: MaskGeometry, two: MaskGeometry, share: number): Geometry | undefined {
  const [first, second] = [runBounds(one), runBounds(two)];
  if (!first || !second || one.width !== two.width || one.height !== two.height) return undefined;
  const frame = {
    left: Math.min(first.left, second.left),
    top: Math.min(first.top, second.top),
    width: Math.max(first.right, second.right) - Math.min(first.left, second.left),
    height: Math.max(first.bottom, second.bottom) - Math.min(first.top, second.top),
  };
  const [from, to] = [signedDistances(one, frame), signedDistances(two, frame)];
  function* runs(): Generator<[number, number]> {
    for (let x = 0; x < frame.width; x += 1) {
      const column = (frame.left + x) * one.height + frame.top;
      for (let y = 0; y < frame.height; y += 1) {
        const at = y * frame.width + x;
        if ((from[at] ?? 0) * (1 - share) + (to[at] ?? 0) * share > 0) yield [column + y, column + y + 1];
      }
    }
  }
  const mask = maskOfRuns(one.width, one.height, runs());
  return mask.counts.length > 1 ? mask : undefined;
}

interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Distance to the border, row by row: above 0 inside, below 0 outside. */
function signedDistances(mask: MaskGeometry, frame: Frame): Float64Array {
  const tiles = tilesOf(mask);
  const lit = (at: number) =>
    tiles.get(frame.left + (at % frame.width), frame.top + Math.floor(at / frame.width));
  const count = frame.width * frame.height;
  const inside = Uint8Array.from({ length: count }, (_, at) => (lit(at) ? 1 : 0));
  const toInside = distances(frame, (at) => inside[at] === 1);
  const toOutside = distances(frame, (at) => inside[at] === 0);
  const found = new Float64Array(count);
  for (let at = 0; at < count; at += 1) {
    // Borders lie between pixels, half a pixel from the centre of either.
    found[at] = inside[at] === 1 ? edge(toOutside[at], at, frame) - 0.5 : 0.5 - Math.sqrt(toInside[at] ?? 0);
  }
  return found;
}

/** Beyond the frame there is only background. */
function edge(squared: number | undefined, at: number, { width, height }: Frame): number {
  const [x, y] = [at % width, Math.floor(at / width)];
  return Math.min(Math.sqrt(squared ?? FAR), x + 1, y + 1, width - x, height - y);
}

/** Squared distance to the nearest pixel of a kind (P. Felzenszwalb and D. Huttenlocher, "Distance transforms of sampled
 *  functions", Theory of Computing 8, 2012). */
function distances({ width, height }: Frame, is: (at: number) => boolean): Float64Array {
  const grid = new Float64Array(width * height);
  for (let at = 0; at < grid.length; at += 1) grid[at] = is(at) ? 0 : FAR;
  const line = new Float64Array(Math.max(width, height));
  for (let x = 0; x < width; x += 1) {
    for (let y = 0; y < height; y += 1) line[y] = grid[y * width + x] ?? FAR;
    const found = lowerEnvelope(line, height);
    for (let y = 0; y < height; y += 1) grid[y * width + x] = found[y] ?? FAR;
  }
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) line[x] = grid[y * width + x] ?? FAR;
    const found = lowerEnvelope(line, width);
    for (let x = 0; x < width; x += 1) grid[y * width + x] = found[x] ?? FAR;
  }
  return grid;
}

function lowerEnvelope(values: Float64Array, count: number): Float64Array {
  const [places, borders] = [new Int32Array(count), new Float64Array(count + 1)];
  let last = 0;
  [borders[0], borders[1]] = [-Infinity, Infinity];
  const value = (at: number) => values[at] ?? FAR;
  const place = (at: number) => places[at] ?? 0;
  for (let at = 1; at < count; at += 1) {
    for (;;) {
      const other = place(last);
      const border = (value(at) + at * at - value(other) - other * other) / (2 * (at - other));
      if (border > (borders[last] ?? 0) || last === 0) {
        if (border > (borders[last] ?? 0)) last += 1;
        places[last] = at;
        borders[last] = last === 0 ? -Infinity : border;
        borders[last + 1] = Infinity;
        break;
      }
      last -= 1;
    }
  }
  const found = new Float64Array(count);
  let from = 0;
  for (let at = 0; at < count; at += 1) {
    while ((borders[from + 1] ?? Infinity) < at) from += 1;
    found[at] = (at - place(from)) ** 2 + value(place(from));
  }
  return found;
}
