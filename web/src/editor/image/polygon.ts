// Drawing a polygon point by point.
import { area, round } from "../../core/geometry";
import type { Point } from "../../core/types";
import { HIT_PIXELS } from "./handles";
import type { Stage } from "./stage";

export function addPoint(stage: Stage, point: Point): void {
  const [x, y] = stage.inside(point);
  const last = stage.polygon.at(-1);
  const place: Point = [round(x), round(y)];
  if (last && last[0] === place[0] && last[1] === place[1]) return;
  stage.polygon = [...stage.polygon, place];
  stage.dropped = [];
  stage.repaint("overlay");
}

/** Is the point on the first one, so that a press there ends the polygon? */
export function closesAt(stage: Stage, [x, y]: Point): boolean {
  const [first] = stage.polygon;
  if (!first || stage.polygon.length < 3) return false;
  return Math.hypot(first[0] - x, first[1] - y) <= HIT_PIXELS / stage.view.scale;
}

/** Makes the region; false when there is nothing to finish. Too few points stay, to be gone on with. */
export function finishPolygon(stage: Stage): boolean {
  const points = [...stage.polygon];
  if (points.length === 0) return false;
  const found = stage.session.classFor("polygon");
  if (points.length < 3 || area(points) === 0 || !found) {
    stage.session.announce("A polygon needs three points that are not in a line");
    return true;
  }
  stage.polygon = [];
  stage.session.create({ type: "polygon", parts: [{ outer: points }] }, found.id);
  return true;
}

/** Leaves the shape; undo brings it back. */
export function dropPolygon(stage: Stage): void {
  stage.dropped = stage.polygon;
  stage.polygon = [];
  stage.repaint("overlay");
}

/** Brings back what was left last; false when something else was done since. */
export function restorePolygon(stage: Stage): boolean {
  if (stage.dropped.length === 0 || stage.polygon.length > 0) return false;
  stage.polygon = stage.dropped;
  stage.dropped = [];
  stage.session.ui.set({ tool: "polygon" });
  stage.session.announce("The shape is back");
  stage.repaint("overlay");
  return true;
}

/** Takes the last point back; false when there is none. */
export function stepBack(stage: Stage): boolean {
  if (stage.polygon.length === 0) return false;
  stage.polygon = stage.polygon.slice(0, -1);
  stage.repaint("overlay");
  return true;
}
