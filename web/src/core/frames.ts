// Shapes that are turned about a centre (rotated boxes, ellipses), how they are pulled, and how shapes stay in the image.
import { boundsOf, round } from "./geometry";
import type { Geometry, Point } from "./types";

export type Turned = Geometry & { type: "rotated_box" | "ellipse" };

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Half the width and half the height. */
export function halves(shape: Turned): Point {
  return shape.type === "ellipse" ? [shape.rx, shape.ry] : [shape.width / 2, shape.height / 2];
}

/** A point given from the centre along the shape's own axes, in the image. */
export function outward(shape: Turned, [x, y]: Point): Point {
  const angle = radians(shape.angle ?? 0);
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return [shape.cx + x * cos - y * sin, shape.cy + x * sin + y * cos];
}

/** A point of the image from the centre along the shape's own axes. */
export function inward(shape: Turned, [x, y]: Point): Point {
  const angle = radians(shape.angle ?? 0);
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const [dx, dy] = [x - shape.cx, y - shape.cy];
  return [dx * cos + dy * sin, dy * cos - dx * sin];
}

function withSize(shape: Turned, [cx, cy]: Point, width: number, height: number): Turned {
  const place = { cx: round(cx), cy: round(cy), angle: shape.angle ?? 0 };
  return shape.type === "ellipse"
    ? { type: "ellipse", ...place, rx: round(width / 2), ry: round(height / 2) }
    : { type: "rotated_box", ...place, width: round(width), height: round(height) };
}

/** A side or a corner pulled to a point; the opposite one stays where it is. */
export function pulledFrame(shape: Turned, x: -1 | 0 | 1, y: -1 | 0 | 1, to: Point): Turned {
  const local = inward(shape, to);
  const span = (half: number, which: -1 | 0 | 1, at: number): [number, number] => {
    if (which === 0) return [-half, half];
    const fixed = -which * half;
    const free = which === 1 ? Math.max(fixed + 1, at) : Math.min(fixed - 1, at);
    return [Math.min(fixed, free), Math.max(fixed, free)];
  };
  const [half, tall] = halves(shape);
  const [left, right] = span(half, x, local[0]);
  const [top, bottom] = span(tall, y, local[1]);
  return withSize(
    shape,
    outward(shape, [(left + right) / 2, (top + bottom) / 2]),
    right - left,
    bottom - top,
  );
}

/** Turned so that its upper side looks at a point; degrees clockwise on the screen, -180 to 180, in whole steps. */
export function turnedTo(shape: Turned, to: Point, step = 0): Turned {
  const raw = (Math.atan2(to[1] - shape.cy, to[0] - shape.cx) * 180) / Math.PI + 90;
  const snapped = step > 0 ? Math.round(raw / step) * step : raw;
  return { ...shape, angle: round(snapped > 180 ? snapped - 360 : snapped) };
}

/** The rotated box on a base line from one point to another, as wide as a third is away from it. */
export function boxOnLine(from: Point, to: Point, third: Point): Turned | undefined {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < 1) return undefined;
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const away = (third[0] - from[0]) * -uy + (third[1] - from[1]) * ux;
  if (Math.abs(away) < 1) return undefined;
  const middle: Point = [(from[0] + to[0]) / 2 - (uy * away) / 2, (from[1] + to[1]) / 2 + (ux * away) / 2];
  return {
    type: "rotated_box",
    cx: round(middle[0]),
    cy: round(middle[1]),
    width: round(length),
    height: round(Math.abs(away)),
    angle: round((Math.atan2(uy, ux) * 180) / Math.PI),
  };
}

/** Does all of it lie in the image? The server allows a millionth of a pixel. */
export function insideFrame(geometry: Geometry, width: number, height: number): boolean {
  const bounds = boundsOf(geometry);
  if (!bounds) return true;
  const slack = 1e-6;
  return (
    bounds.left >= -slack &&
    bounds.top >= -slack &&
    bounds.right <= width + slack &&
    bounds.bottom <= height + slack
  );
}

/** A turned shape brought into the image: made smaller about its centre until it fits. */
export function fitted(shape: Turned, width: number, height: number): Turned | undefined {
  if (insideFrame(shape, width, height)) return shape;
  const [half, tall] = halves(shape);
  let [low, high] = [0, 1];
  for (let step = 0; step < 24; step += 1) {
    const middle = (low + high) / 2;
    const smaller = withSize(shape, [shape.cx, shape.cy], 2 * half * middle, 2 * tall * middle);
    if (insideFrame(smaller, width, height)) low = middle;
    else high = middle;
  }
  const found = withSize(shape, [shape.cx, shape.cy], 2 * half * low, 2 * tall * low);
  const [wide, high2] = halves(found);
  return Math.min(wide, high2) >= 0.5 && insideFrame(found, width, height) ? found : undefined;
}
