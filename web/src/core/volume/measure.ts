// Lengths and areas of what is drawn on a slice.
import { areaOf } from "../geometry";
import type { Geometry, Point } from "../types";
import type { VolumeHead } from "./volume";

type Grid = VolumeHead["grid"];

const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

/** From a point to the next to the next, in millimetres where those are known. */
export function lengthOf(points: readonly Point[], { spacing }: Grid): number {
  let sum = 0;
  points.forEach(([x, y], at) => {
    const [lastX, lastY] = points[at - 1] ?? [x, y];
    sum += Math.hypot((x - lastX) * spacing[0], (y - lastY) * spacing[1]);
  });
  return sum;
}

/** What a shape measures, in words; empty for what has no size. */
export function measured(geometry: Geometry, grid: Grid): string {
  const unit = grid.measured ? "mm" : "px";
  const [across, down] = grid.spacing;
  if (geometry.type === "polyline") return `${number(lengthOf(geometry.points as Point[], grid))} ${unit}`;
  if (geometry.type === "box") {
    return `${number(geometry.width * across)} × ${number(geometry.height * down)} ${unit}`;
  }
  const area = areaOf(geometry) * across * down;
  return area > 0 ? `${number(area)} ${unit}²` : "";
}
