// A polygon cut along a line, exactly: its outline is split where the line goes in and out.
import { area, insideRings, round } from "./geometry";
import type { Geometry, Point } from "./types";

type Polygon = Geometry & { type: "polygon" };
type Part = { outer: Point[]; holes: Point[][] };

interface Crossing {
  at: Point;
  /** The number of the line's stretch, and how far along it. */
  along: number;
  /** The number of the ring's edge. */
  edge: number;
}

/** The pieces, the largest first; one where nothing is cut off, undefined where the line runs through a hole. */
export function slicedPolygon(polygon: Polygon, line: readonly Point[]): Polygon[] | undefined {
  const whole: Part[] = [];
  const cut: Part[] = [];
  for (const part of polygon.parts) {
    const holes = (part.holes ?? []) as Point[][];
    const pieces = cutPart({ outer: part.outer as Point[], holes }, line);
    if (!pieces) return undefined;
    if (pieces.length === 1) whole.push(...pieces);
    else cut.push(...pieces);
  }
  if (cut.length === 0) return [polygon];
  cut.sort((one, two) => area(two.outer) - area(one.outer));
  const [first, ...others] = cut;
  // Parts that the line does not touch stay with the largest piece.
  const groups = [[...(first ? [first] : []), ...whole], ...others.map((one) => [one])];
  return groups.map((parts) => ({
    type: "polygon",
    parts: parts.map(({ outer, holes }) => (holes.length > 0 ? { outer, holes } : { outer })),
  }));
}

function cutPart(part: Part, line: readonly Point[]): Part[] | undefined {
  const found = crossings(part.outer, line);
  for (let index = 0; index + 1 < found.length; index += 1) {
    const [enter, leave] = [found[index] as Crossing, found[index + 1] as Crossing];
    const path = stretch(line, enter, leave);
    if (!insideRings([part.outer], middleOf(path))) continue;
    if (part.holes.some((hole) => crossings(hole, path).length > 0)) return undefined;
    const { outer } = part;
    const one = clean([...path, ...walk(outer, leave, enter)]);
    const two = clean([...path.toReversed(), ...walk(outer, enter, leave)]);
    if (area(one) < 0.5 || area(two) < 0.5) continue;
    const next = found[index + 2];
    const halves = [one, two].map((ring): Part => ({ outer: ring, holes: [] }));
    for (const hole of part.holes) {
      const owner = halves.find((half) => insideRings([half.outer], hole[0] as Point)) ?? halves[0];
      owner?.holes.push(hole);
    }
    if (!next) return halves;
    // What is left of the line begins between this way out and the next way in.
    const onward = stretch(line, leave, next);
    const rest = [middleOf(onward), ...onward.slice(1, -1), ...line.slice(Math.floor(next.along) + 1)];
    const cut = halves.map((half) => cutPart(half, rest));
    return cut.some((one) => one === undefined) ? undefined : cut.flatMap((one) => one ?? []);
  }
  return [part];
}

function crossings(ring: readonly Point[], line: readonly Point[]): Crossing[] {
  const found: Crossing[] = [];
  line.slice(1).forEach((to, index) => {
    const from = line[index] as Point;
    ring.forEach((start, edge) => {
      const end = ring[(edge + 1) % ring.length] as Point;
      const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
      const [ex, ey] = [end[0] - start[0], end[1] - start[1]];
      const cross = dx * ey - dy * ex;
      if (cross === 0) return;
      const [ox, oy] = [start[0] - from[0], start[1] - from[1]];
      const [share, place] = [(ox * ey - oy * ex) / cross, (ox * dy - oy * dx) / cross];
      // Half open, so that a vertex counts once.
      if (share < 0 || share >= 1 || place < 0 || place >= 1) return;
      const at: Point = [round(from[0] + share * dx), round(from[1] + share * dy)];
      found.push({ at, along: index + share, edge });
    });
  });
  return found.sort((one, two) => one.along - two.along);
}

/** The line between two crossings, both included. */
function stretch(line: readonly Point[], from: Crossing, to: Crossing): Point[] {
  return [from.at, ...line.slice(Math.floor(from.along) + 1, Math.floor(to.along) + 1), to.at];
}

function middleOf(path: readonly Point[]): Point {
  const [one, two] = [path[0] as Point, path[1] as Point];
  return [(one[0] + two[0]) / 2, (one[1] + two[1]) / 2];
}

/** The vertices of a ring from one crossing on to another. */
function walk(ring: readonly Point[], from: Crossing, to: Crossing): Point[] {
  const size = ring.length;
  const found: Point[] = [];
  const along = ({ at, edge }: Crossing) => {
    const [x, y] = ring[edge] as Point;
    return Math.hypot(at[0] - x, at[1] - y);
  };
  if (from.edge === to.edge && along(from) <= along(to)) return found;
  for (let at = (from.edge + 1) % size; ; at = (at + 1) % size) {
    found.push(ring[at] as Point);
    if (at === to.edge) return found;
  }
}

const clean = (ring: readonly Point[]): Point[] =>
  ring.filter(([x, y], index) => {
    const [lastX, lastY] = ring[(index + ring.length - 1) % ring.length] as Point;
    return x !== lastX || y !== lastY;
  });
