// What the tools that set point after point share: snapping, following a border, ending.
import { pointsOf, ringsOf, round } from "../../../core/geometry";
import { borderBetween, nearestOn, snapTo } from "../../../core/rings";
import type { Point } from "../../../core/types";
import { HIT_PIXELS } from "../handles";
import type { Stage } from "../stage";
import type { Press } from "./tool";

/** How near an outline must be to snap to it, on the screen. */
export const SNAP_PIXELS = 10;

/** Outlines and lines near a point. */
function linesNear(stage: Stage, [x, y]: Point, reach: number): Point[][] {
  const ids = stage.index.within({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach });
  return ids
    .map(stage.find)
    .filter((region) => region !== undefined)
    .flatMap((region) => ringsOf(region.geometry) ?? [pointsOf(region.geometry)])
    .filter((line) => line.length > 0);
}

/** Where a press counts: inside the image and, with Ctrl, on the neighbour's outline. */
export function placeOf(stage: Stage, press: Press): Point {
  const [x, y] = stage.inside(press.point);
  const reach = SNAP_PIXELS / stage.view.scale;
  const snapped = press.control ? snapTo(linesNear(stage, [x, y], reach), [x, y], reach) : undefined;
  const [px, py] = snapped ?? [x, y];
  return [round(px), round(py)];
}

/** One more point. Two in a row that are snapped to the same outline bring what lies between them along. */
export function addPlace(stage: Stage, press: Press): void {
  const place = placeOf(stage, press);
  const last = stage.points.at(-1);
  if (last && last[0] === place[0] && last[1] === place[1]) return;
  const between = press.control && last ? bordered(stage, last, place) : [];
  stage.points = [...stage.points, ...between, place];
  stage.dropped = undefined;
  stage.repaint("overlay");
}

function bordered(stage: Stage, from: Point, to: Point): Point[] {
  const near = 0.02;
  const on = (ring: readonly Point[], point: Point) => (nearestOn(ring, point)?.distance ?? 1) <= near;
  const ring = linesNear(stage, to, near).find((one) => on(one, from) && on(one, to));
  return ring ? borderBetween(ring, from, to) : [];
}

/** Is the press on the first point, so that it ends the ring? */
export function closes(stage: Stage, [x, y]: Point): boolean {
  const [first] = stage.points;
  if (!first || stage.points.length < 3) return false;
  return Math.hypot(first[0] - x, first[1] - y) <= HIT_PIXELS / stage.view.scale;
}
