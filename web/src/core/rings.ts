// Editing polygons: stretches drawn anew, holes and parts, and borders shared with a neighbour.
import { area, insideRings } from "./geometry";
import type { Geometry, Point } from "./types";

type Polygon = Geometry & { type: "polygon" };

/** The point of a ring or line that is nearest, and the edge on which it lies (from vertex `index` to the next). */
export interface OnRing {
  at: Point;
  index: number;
  distance: number;
}

export function nearestOn(ring: readonly Point[], [x, y]: Point): OnRing | undefined {
  let best: OnRing | undefined;
  ring.forEach((from, index) => {
    const to = ring[(index + 1) % ring.length] ?? from;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = dx * dx + dy * dy;
    const share =
      length === 0 ? 0 : Math.max(0, Math.min(1, ((x - from[0]) * dx + (y - from[1]) * dy) / length));
    const at: Point = [from[0] + share * dx, from[1] + share * dy];
    const distance = Math.hypot(x - at[0], y - at[1]);
    if (!best || distance < best.distance) best = { at, index, distance };
  });
  return best;
}

/** Snaps to a vertex within `reach`, else to an edge within `reach`. */
export function snapTo(rings: readonly (readonly Point[])[], point: Point, reach: number): Point | undefined {
  let vertex: { at: Point; distance: number } | undefined;
  let edge: OnRing | undefined;
  for (const ring of rings) {
    for (const at of ring) {
      const distance = Math.hypot(at[0] - point[0], at[1] - point[1]);
      if (distance <= reach && (!vertex || distance < vertex.distance)) vertex = { at, distance };
    }
    const found = nearestOn(ring, point);
    if (found && found.distance <= reach && (!edge || found.distance < edge.distance)) edge = found;
  }
  return vertex?.at ?? edge?.at;
}

const lengthOf = (line: readonly Point[]) =>
  line.slice(1).reduce((sum, [x, y], index) => {
    const [fromX, fromY] = line[index] ?? [x, y];
    return sum + Math.hypot(x - fromX, y - fromY);
  }, 0);

/** How far a point is from the start of its edge. */
function along(ring: readonly Point[], one: OnRing): number {
  const [x, y] = ring[one.index] ?? one.at;
  return Math.hypot(one.at[0] - x, one.at[1] - y);
}

/** The vertices of a ring between two points on it, the shorter way round, without the two themselves. */
export function borderBetween(ring: readonly Point[], from: Point, to: Point): Point[] {
  const [start, end] = [nearestOn(ring, from), nearestOn(ring, to)];
  if (!start || !end) return [];
  const size = ring.length;
  const walk = (first: number, last: number): Point[] => {
    const found: Point[] = [];
    for (let at = (first + 1) % size; ; at = (at + 1) % size) {
      const vertex = ring[at];
      if (vertex) found.push(vertex);
      if (at === last || found.length >= size) break;
    }
    return found;
  };
  const sameEdge = start.index === end.index;
  const onward = along(ring, start) <= along(ring, end);
  const ahead = sameEdge && onward ? [] : walk(start.index, end.index);
  const behind = sameEdge && !onward ? [] : walk(end.index, start.index).reverse();
  const shorter = lengthOf([from, ...ahead, to]) <= lengthOf([from, ...behind, to]) ? ahead : behind;
  const same = (one: Point, two: Point) => one[0] === two[0] && one[1] === two[1];
  return shorter.filter((point) => !same(point, from) && !same(point, to));
}

/** The ring with the stretch between two of its points drawn anew: `line` begins and ends near the ring. */
export function redrawn(ring: readonly Point[], line: readonly Point[]): Point[] | undefined {
  const [first, last] = [line[0], line.at(-1)];
  if (!first || !last || line.length < 2) return undefined;
  const [start, end] = [nearestOn(ring, first), nearestOn(ring, last)];
  if (!start || !end) return undefined;
  const size = ring.length;
  const from = (index: number, to: number): Point[] => {
    const found: Point[] = [];
    for (let at = (index + 1) % size; ; at = (at + 1) % size) {
      found.push(ring[at] as Point);
      if (at === to || found.length >= size) break;
    }
    return found;
  };
  // What stays is the longer way from the end of the line back to its start: all round where both lie on one edge.
  const ahead = from(end.index, start.index);
  const behind = from(start.index, end.index).reverse();
  const longer = () => lengthOf([last, ...ahead, first]) >= lengthOf([last, ...behind, first]);
  const onward = start.index === end.index ? along(ring, start) <= along(ring, end) : longer();
  const keep = onward ? ahead : behind;
  const result = [...line, ...keep];
  const clean = result.filter((point, index) => {
    const before = result[(index + result.length - 1) % result.length];
    return !before || before[0] !== point[0] || before[1] !== point[1];
  });
  return clean.length >= 3 && area(clean) > 0 ? clean : undefined;
}

/** One more ring: a hole where it begins inside a part, else one more part. */
export function withRingAdded(polygon: Polygon, ring: Point[]): Polygon {
  const [first] = ring;
  const into = polygon.parts.findIndex(
    (part) => first && insideRings([part.outer as Point[], ...((part.holes ?? []) as Point[][])], first),
  );
  if (into < 0) return { type: "polygon", parts: [...polygon.parts, { outer: ring }] };
  return {
    type: "polygon",
    parts: polygon.parts.map((part, index) =>
      index === into ? { ...part, holes: [...(part.holes ?? []), ring] } : part,
    ),
  };
}
