// The grips of a selected shape: eight on a box, one on each vertex of a polygon and one in the middle of each edge, one
// on each point, and one to turn what can be turned.
import { halves, insideFrame, outward, pulledFrame, turnedTo } from "../../core/frames";
import { boxOf, clamp, round } from "../../core/geometry";
import type { Geometry, Point } from "../../core/types";

export type Handle =
  | { kind: "box"; at: Point; x: -1 | 0 | 1; y: -1 | 0 | 1 }
  | { kind: "frame"; at: Point; x: -1 | 0 | 1; y: -1 | 0 | 1 }
  | { kind: "turn"; at: Point }
  | { kind: "point"; at: Point; index: number }
  | { kind: "vertex"; at: Point; part: number; ring: number; index: number }
  | { kind: "edge"; at: Point; part: number; ring: number; index: number };

/** Side of a grip on the screen. */
export const HANDLE_PIXELS = 8;
/** Side of the square in which a press counts as on it. */
export const HIT_PIXELS = 12;

const SIDES = [-1, 0, 1] as const;

/** Rings of a part: 0 is the outline, the others are holes. */
export function ringOf(geometry: Geometry, part: number, ring: number): Point[] {
  if (geometry.type !== "polygon") return [];
  const found = geometry.parts[part];
  return ((ring === 0 ? found?.outer : found?.holes?.[ring - 1]) ?? []) as Point[];
}

export function withRing(geometry: Geometry, part: number, ring: number, points: Point[]): Geometry {
  if (geometry.type !== "polygon") return geometry;
  const parts = geometry.parts.map((one, index) => {
    if (index !== part) return one;
    if (ring === 0) return { ...one, outer: points };
    return { ...one, holes: (one.holes ?? []).map((hole, at) => (at === ring - 1 ? points : hole)) };
  });
  return { type: "polygon", parts };
}

/** How far the grip that turns a shape stands off it, on the screen. */
const TURN_PIXELS = 24;

function frameHandles(shape: Geometry & { type: "rotated_box" | "ellipse" }, scale: number): Handle[] {
  const [half, tall] = halves(shape);
  const sides = SIDES.flatMap((y) => SIDES.map((x) => [x, y] as const)).filter(([x, y]) =>
    shape.type === "ellipse" ? Math.abs(x) + Math.abs(y) === 1 : x !== 0 || y !== 0,
  );
  const turn: Handle = { kind: "turn", at: outward(shape, [0, -tall - TURN_PIXELS / scale]) };
  return [
    ...sides.map(([x, y]): Handle => ({ kind: "frame", at: outward(shape, [x * half, y * tall]), x, y })),
    turn,
  ];
}

function pointHandles(geometry: Geometry): Handle[] {
  const handle = (at: Point, index: number): Handle => ({ kind: "point", at, index });
  if (geometry.type === "polyline" || geometry.type === "points") {
    return (geometry.points as Point[]).map(handle);
  }
  if (geometry.type === "cuboid") return (geometry.vertices as Point[]).map(handle);
  if (geometry.type !== "keypoints") return [];
  return geometry.points.flatMap((one, index) =>
    one.visibility === "absent" ? [] : [handle([one.x, one.y], index)],
  );
}

/** The shape with one of its grips pulled to a point; where it would leave the image it stays as it was. */
export function pulled(
  geometry: Geometry,
  handle: Handle,
  point: Point,
  size: { width: number; height: number; step?: number },
): Geometry {
  const { width, height } = size;
  if (handle.kind === "box") return resizedBox(geometry, handle, point, width, height);
  const inside: Point = [clamp(point[0], 0, width), clamp(point[1], 0, height)];
  if (handle.kind === "vertex" || handle.kind === "edge") return withVertex(geometry, handle, inside);
  if (handle.kind === "point") return withPoint(geometry, handle.index, [round(inside[0]), round(inside[1])]);
  if (geometry.type !== "rotated_box" && geometry.type !== "ellipse") return geometry;
  const next =
    handle.kind === "turn"
      ? turnedTo(geometry, point, size.step)
      : pulledFrame(geometry, handle.x, handle.y, inside);
  return insideFrame(next, width, height) ? next : geometry;
}

/** One point of a list of points in a new place. */
export function withPoint(geometry: Geometry, index: number, to: Point): Geometry {
  const swap = (points: number[][]) => points.map((point, at) => (at === index ? to : point));
  if (geometry.type === "polyline" || geometry.type === "points") {
    return { ...geometry, points: swap(geometry.points) };
  }
  if (geometry.type === "cuboid") return { ...geometry, vertices: swap(geometry.vertices) };
  if (geometry.type !== "keypoints") return geometry;
  return {
    ...geometry,
    points: geometry.points.map((one, at) => (at === index ? { ...one, x: to[0], y: to[1] } : one)),
  };
}

/** `scale` is screen pixels an image pixel. */
export function handlesOf(geometry: Geometry, scale = 1): Handle[] {
  if (geometry.type === "box") {
    const { x, y, width, height } = geometry;
    return SIDES.flatMap((row) =>
      SIDES.filter((column) => row !== 0 || column !== 0).map(
        (column): Handle => ({
          kind: "box",
          at: [x + ((column + 1) / 2) * width, y + ((row + 1) / 2) * height],
          x: column,
          y: row,
        }),
      ),
    );
  }
  if (geometry.type === "rotated_box" || geometry.type === "ellipse") return frameHandles(geometry, scale);
  if (geometry.type !== "polygon") return pointHandles(geometry);
  const handles: Handle[] = [];
  geometry.parts.forEach((found, part) => {
    for (let ring = 0; ring <= (found.holes?.length ?? 0); ring += 1) {
      const points = ringOf(geometry, part, ring);
      points.forEach((at, index) => {
        const next = points[(index + 1) % points.length] ?? at;
        handles.push({ kind: "vertex", at, part, ring, index });
        const middle: Point = [(at[0] + next[0]) / 2, (at[1] + next[1]) / 2];
        handles.push({ kind: "edge", at: middle, part, ring, index });
      });
    }
  });
  return handles;
}

/** Below this size on the screen a shape keeps so few grips that it can still be seen and moved. */
const ROOM_FOR_ALL_PIXELS = 32;
const ROOM_FOR_CORNERS_PIXELS = 20;

/** The grips for which there is room; `scale` is screen pixels an image pixel. */
export function gripsOf(geometry: Geometry, scale: number): Handle[] {
  const all = handlesOf(geometry, scale);
  if (geometry.type === "box") {
    const side = Math.min(geometry.width, geometry.height) * scale;
    if (side >= ROOM_FOR_ALL_PIXELS) return all;
    const corners = all.filter((one) => one.kind === "box" && one.x !== 0 && one.y !== 0);
    return side >= ROOM_FOR_CORNERS_PIXELS ? corners : corners.slice(-1);
  }
  return all.filter((one) => {
    if (one.kind !== "edge") return true;
    const from = ringOf(geometry, one.part, one.ring)[one.index] ?? one.at;
    const half = Math.hypot(one.at[0] - from[0], one.at[1] - from[1]) * scale;
    return 2 * half >= ROOM_FOR_ALL_PIXELS;
  });
}

/** The grip under a point; `scale` is screen pixels an image pixel. Vertices win over the middles of edges. */
export function handleAt(handles: readonly Handle[], [x, y]: Point, scale: number): Handle | undefined {
  const reach = HIT_PIXELS / 2 / scale;
  const near = handles.filter((one) => Math.abs(one.at[0] - x) <= reach && Math.abs(one.at[1] - y) <= reach);
  const distance = (one: Handle) =>
    Math.hypot(one.at[0] - x, one.at[1] - y) + (one.kind === "edge" ? reach : 0);
  return near.sort((one, two) => distance(one) - distance(two))[0];
}

/** A box whose sides follow the point; it turns over when dragged through itself. */
export function resizedBox(
  geometry: Geometry,
  handle: Handle,
  point: Point,
  width: number,
  height: number,
): Geometry {
  if (geometry.type !== "box" || handle.kind !== "box") return geometry;
  const [x, y] = [clamp(point[0], 0, width), clamp(point[1], 0, height)];
  const side = (low: number, size: number, which: -1 | 0 | 1, to: number): [number, number] => {
    if (which === 0) return [low, low + size];
    const fixed = which === -1 ? low + size : low;
    return [Math.min(fixed, to), Math.max(fixed, to)];
  };
  const [left, right] = side(geometry.x, geometry.width, handle.x, x);
  const [top, bottom] = side(geometry.y, geometry.height, handle.y, y);
  // A box never gets thinner than a pixel, nor does it leave the image for that.
  const [fromX, fromY] = [Math.min(left, width - 1), Math.min(top, height - 1)];
  return boxOf(fromX, fromY, Math.max(right, fromX + 1), Math.max(bottom, fromY + 1));
}

/** A vertex moved, or a new one pulled out of an edge. */
export function withVertex(geometry: Geometry, handle: Handle, point: Point): Geometry {
  if (handle.kind !== "vertex" && handle.kind !== "edge") return geometry;
  const points = [...ringOf(geometry, handle.part, handle.ring)];
  const place: Point = [round(point[0]), round(point[1])];
  if (handle.kind === "vertex") points[handle.index] = place;
  else points.splice(handle.index + 1, 0, place);
  return withRing(geometry, handle.part, handle.ring, points);
}

/** Without one vertex; undefined when the ring would be no ring any more. */
export function withoutVertex(geometry: Geometry, handle: Handle): Geometry | undefined {
  if (handle.kind === "point") return withoutPoint(geometry, handle.index);
  if (handle.kind !== "vertex") return undefined;
  const points = ringOf(geometry, handle.part, handle.ring).filter((_, index) => index !== handle.index);
  return points.length < 3 ? undefined : withRing(geometry, handle.part, handle.ring, points);
}

/** A line keeps two points and a set one; a joint of a skeleton is absent from then on, but not the last one. */
function withoutPoint(geometry: Geometry, index: number): Geometry | undefined {
  if (geometry.type === "keypoints") {
    const points = geometry.points.map((one, at) =>
      at === index ? ({ x: 0, y: 0, visibility: "absent" } as const) : one,
    );
    return points.some((one) => one.visibility !== "absent") ? { ...geometry, points } : undefined;
  }
  if (geometry.type !== "polyline" && geometry.type !== "points") return undefined;
  const points = geometry.points.filter((_, at) => at !== index);
  return points.length < (geometry.type === "polyline" ? 2 : 1) ? undefined : { ...geometry, points };
}

const CURSORS: Record<string, string> = {
  "-1,-1": "nwse-resize",
  "1,1": "nwse-resize",
  "1,-1": "nesw-resize",
  "-1,1": "nesw-resize",
  "0,-1": "ns-resize",
  "0,1": "ns-resize",
  "-1,0": "ew-resize",
  "1,0": "ew-resize",
};

export function cursorOf(handle: Handle): string {
  if (handle.kind === "box") return CURSORS[`${handle.x},${handle.y}`] ?? "move";
  if (handle.kind === "turn") return "grab";
  return handle.kind === "edge" ? "copy" : "move";
}
