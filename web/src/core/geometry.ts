// Plane geometry in image pixels: what the canvas needs to pick, clamp and compare shapes.
import { movedMask, runArea, runBounds, runOverlap } from "./runs";
import type { Geometry, Point } from "./types";

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const round = (value: number): number => Math.round(value * 100) / 100;
export const clamp = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, value));

export function boundsOfPoints(points: readonly Point[]): Bounds {
  const bounds: Bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [x, y] of points) {
    bounds.left = Math.min(bounds.left, x);
    bounds.right = Math.max(bounds.right, x);
    bounds.top = Math.min(bounds.top, y);
    bounds.bottom = Math.max(bounds.bottom, y);
  }
  return bounds;
}

/** The outlines and holes of a shape; undefined for what has none in the plane. */
export function ringsOf(geometry: Geometry): Point[][] | undefined {
  switch (geometry.type) {
    case "box": {
      const { x, y, width, height } = geometry;
      return [
        [
          [x, y],
          [x + width, y],
          [x + width, y + height],
          [x, y + height],
        ],
      ];
    }
    case "polygon":
      return geometry.parts.flatMap((part) => [part.outer, ...(part.holes ?? [])]) as Point[][];
    case "rotated_box": {
      const angle = (geometry.angle * Math.PI) / 180;
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      const [w, h] = [geometry.width / 2, geometry.height / 2];
      const corners: Point[] = [
        [-w, -h],
        [w, -h],
        [w, h],
        [-w, h],
      ];
      return [
        corners.map(([x, y]): Point => [geometry.cx + x * cos - y * sin, geometry.cy + x * sin + y * cos]),
      ];
    }
    case "ellipse": {
      const angle = ((geometry.angle ?? 0) * Math.PI) / 180;
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      const ring = Array.from({ length: 48 }, (_, step): Point => {
        const turn = (step * Math.PI) / 24;
        const [x, y] = [geometry.rx * Math.cos(turn), geometry.ry * Math.sin(turn)];
        return [geometry.cx + x * cos - y * sin, geometry.cy + x * sin + y * cos];
      });
      return [ring];
    }
    case "cuboid":
      return [hull(geometry.vertices as Point[])];
    default:
      return undefined;
  }
}

/** The corners of the smallest convex shape around points, in their order (A. M. Andrew's monotone chain). */
export function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((one, two) => one[0] - two[0] || one[1] - two[1]);
  const half = (list: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of list) {
      for (;;) {
        const [before, last] = chain.slice(-2);
        if (!before || !last) break;
        const turn =
          (last[0] - before[0]) * (point[1] - before[1]) - (last[1] - before[1]) * (point[0] - before[0]);
        if (turn > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** The points of a shape that is a list of points; of a skeleton those that are placed. */
export function pointsOf(geometry: Geometry): Point[] {
  if (geometry.type === "polyline" || geometry.type === "points") return geometry.points as Point[];
  if (geometry.type === "cuboid") return geometry.vertices as Point[];
  if (geometry.type !== "keypoints") return [];
  return geometry.points.filter((one) => one.visibility !== "absent").map((one): Point => [one.x, one.y]);
}

export function boundsOf(geometry: Geometry): Bounds | undefined {
  if (geometry.type === "box") {
    const { x, y, width, height } = geometry;
    return { left: x, top: y, right: x + width, bottom: y + height };
  }
  if (geometry.type === "ellipse") {
    const angle = ((geometry.angle ?? 0) * Math.PI) / 180;
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    const x = Math.hypot(geometry.rx * cos, geometry.ry * sin);
    const y = Math.hypot(geometry.rx * sin, geometry.ry * cos);
    const { cx, cy } = geometry;
    return { left: cx - x, top: cy - y, right: cx + x, bottom: cy + y };
  }
  if (geometry.type === "mask") return runBounds(geometry);
  const points = ringsOf(geometry)?.flat() ?? pointsOf(geometry);
  return points.length > 0 ? boundsOfPoints(points) : undefined;
}

export function area(points: readonly Point[]): number {
  let sum = 0;
  points.forEach(([x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length] ?? [0, 0];
    sum += x * nextY - nextX * y;
  });
  return Math.abs(sum) / 2;
}

export function areaOf(geometry: Geometry): number {
  if (geometry.type === "box") return geometry.width * geometry.height;
  if (geometry.type === "mask") return runArea(geometry);
  if (geometry.type === "ellipse") return Math.PI * geometry.rx * geometry.ry;
  if (geometry.type !== "polygon")
    return (ringsOf(geometry) ?? []).reduce((sum, ring) => sum + area(ring), 0);
  return geometry.parts.reduce((sum, part) => {
    const holes = (part.holes ?? []).reduce((inner, hole) => inner + area(hole as Point[]), 0);
    return sum + area(part.outer as Point[]) - holes;
  }, 0);
}

/** Even-odd rule over all rings. */
export function insideRings(rings: readonly (readonly Point[])[], [x, y]: Point): boolean {
  let inside = false;
  for (const ring of rings) {
    let [fromX, fromY] = ring.at(-1) ?? [0, 0];
    for (const [toX, toY] of ring) {
      if (fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX)
        inside = !inside;
      [fromX, fromY] = [toX, toY];
    }
  }
  return inside;
}

/** Distance of a point from the line between two others. */
export function distanceToSegment([x, y]: Point, [fromX, fromY]: Point, [toX, toY]: Point): number {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : clamp(((x - fromX) * dx + (y - fromY) * dy) / length, 0, 1);
  return Math.hypot(x - fromX - share * dx, y - fromY - share * dy);
}

/** A box by its sides. The sides are rounded, not the size: else it could reach over the edge of the image. */
export function boxOf(left: number, top: number, right: number, bottom: number): Geometry {
  const [x, y] = [round(left), round(top)];
  return { type: "box", x, y, width: round(round(right) - x), height: round(round(bottom) - y) };
}

/** The box between two corners, inside the frame; undefined when it is thinner than a pixel. */
export function boxBetween(one: Point, two: Point, width: number, height: number): Geometry | undefined {
  const left = clamp(Math.min(one[0], two[0]), 0, width);
  const right = clamp(Math.max(one[0], two[0]), 0, width);
  const top = clamp(Math.min(one[1], two[1]), 0, height);
  const bottom = clamp(Math.max(one[1], two[1]), 0, height);
  if (right - left < 1 || bottom - top < 1) return undefined;
  return boxOf(left, top, right, bottom);
}

/** Every point of the shape in a new place; sizes and angles stay, and masks do. */
export function mapPoints(geometry: Geometry, map: (point: Point) => Point): Geometry {
  switch (geometry.type) {
    case "polygon":
      return {
        type: "polygon",
        parts: geometry.parts.map((part) => ({
          outer: (part.outer as Point[]).map(map),
          ...(part.holes && part.holes.length > 0
            ? { holes: part.holes.map((hole) => (hole as Point[]).map(map)) }
            : {}),
        })),
      };
    case "polyline":
    case "points":
      return { ...geometry, points: (geometry.points as Point[]).map(map) };
    case "cuboid":
      return { ...geometry, vertices: (geometry.vertices as Point[]).map(map) };
    case "keypoints":
      return {
        ...geometry,
        points: geometry.points.map((one) => {
          if (one.visibility === "absent") return one;
          const [x, y] = map([one.x, one.y]);
          return { ...one, x, y };
        }),
      };
    case "rotated_box":
    case "ellipse": {
      const [cx, cy] = map([geometry.cx, geometry.cy]);
      return { ...geometry, cx, cy };
    }
    case "box": {
      const [x, y] = map([geometry.x, geometry.y]);
      return { ...geometry, x, y };
    }
    default:
      return geometry;
  }
}

/** The shape moved as far as the frame lets it. */
export function moved(geometry: Geometry, dx: number, dy: number, width: number, height: number): Geometry {
  const bounds = boundsOf(geometry);
  if (!bounds) return geometry;
  const x = clamp(dx, -bounds.left, width - bounds.right);
  const y = clamp(dy, -bounds.top, height - bounds.bottom);
  if (geometry.type === "mask") return movedMask(geometry, Math.round(x), Math.round(y));
  return mapPoints(geometry, ([px, py]) => [round(px + x), round(py + y)]);
}

/** Intersection over union of two boxes. */
export function boxOverlap(one: Bounds, two: Bounds): number {
  const width = Math.min(one.right, two.right) - Math.max(one.left, two.left);
  const height = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
  const common = Math.max(0, width) * Math.max(0, height);
  const sizes =
    (one.right - one.left) * (one.bottom - one.top) + (two.right - two.left) * (two.bottom - two.top);
  return sizes - common <= 0 ? 0 : common / (sizes - common);
}

const SAMPLES = 96;

/** Intersection over union of two shapes: exact for boxes, by a grid of samples for the others. */
export function overlap(one: Geometry, two: Geometry): number {
  if (one.type === "mask" && two.type === "mask") return runOverlap(one, two);
  const [first, second] = [boundsOf(one), boundsOf(two)];
  if (!first || !second) return 0;
  if (one.type === "box" && two.type === "box") return boxOverlap(first, second);
  if (boxOverlap(first, second) === 0) return 0;
  const [ringsOne, ringsTwo] = [ringsOf(one) ?? [], ringsOf(two) ?? []];
  const all = {
    left: Math.min(first.left, second.left),
    top: Math.min(first.top, second.top),
    right: Math.max(first.right, second.right),
    bottom: Math.max(first.bottom, second.bottom),
  };
  let [common, either] = [0, 0];
  for (let row = 0; row < SAMPLES; row += 1) {
    const y = all.top + ((row + 0.5) / SAMPLES) * (all.bottom - all.top);
    for (let column = 0; column < SAMPLES; column += 1) {
      const x = all.left + ((column + 0.5) / SAMPLES) * (all.right - all.left);
      const [inOne, inTwo] = [insideRings(ringsOne, [x, y]), insideRings(ringsTwo, [x, y])];
      if (inOne && inTwo) common += 1;
      if (inOne || inTwo) either += 1;
    }
  }
  return either === 0 ? 0 : common / either;
}
