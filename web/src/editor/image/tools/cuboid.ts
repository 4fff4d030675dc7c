// A box in space: the front face by dragging, then a click where the back face's middle is.
import { round } from "../../../core/geometry";
import type { Geometry, Point } from "../../../core/types";
import { paintShape } from "../paint";
import type { Stage } from "../stage";
import type { Tool } from "./tool";

/** The back face is the front face moved so that its middle is at a point, as far as the image lets it. */
export function cuboidOf(
  from: Point,
  to: Point,
  back: Point,
  width: number,
  height: number,
): Geometry | undefined {
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])].map(round) as Point;
  const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])].map(round) as Point;
  if (right - left < 1 || bottom - top < 1) return undefined;
  const dx = Math.max(-left, Math.min(width - right, back[0] - (left + right) / 2));
  const dy = Math.max(-top, Math.min(height - bottom, back[1] - (top + bottom) / 2));
  const front: Point[] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
  const behind = front.map(([x, y]): Point => [round(x + dx), round(y + dy)]);
  return { type: "cuboid", vertices: [...front, ...behind] };
}

function shapeAt(stage: Stage, back: Point): Geometry | undefined {
  const [from, to] = stage.points;
  const { imageWidth, imageHeight } = stage.view;
  return from && to && cuboidOf(from, to, stage.inside(back), imageWidth, imageHeight);
}

export const cuboid: Tool = {
  id: "cuboid",
  title: "Cuboid",
  key: "q",
  what: "Draw cuboids",
  hint: "Drag the front face, then click the middle of the back face",
  needs: ["cuboid"],
  makes: "cuboid",
  down(stage, press) {
    if (stage.points.length >= 2) {
      const found = shapeAt(stage, press.point);
      if (found) stage.make(found);
      return true;
    }
    if (press.alt) return false;
    stage.box = { from: press.point, to: press.point };
    return true;
  },
  drag(stage, press) {
    if (stage.box) stage.box = { ...stage.box, to: press.point };
    stage.repaint("overlay");
  },
  up(stage, press) {
    const { box } = stage;
    stage.box = undefined;
    if (!box) return;
    const [from, to] = [stage.inside(box.from), stage.inside(press.point)];
    if (Math.abs(to[0] - from[0]) < 1 || Math.abs(to[1] - from[1]) < 1) return stage.pick(press);
    stage.points = [from, to];
    stage.session.announce("Now click the middle of the back face");
  },
  finish(stage) {
    if (stage.points.length === 0) return false;
    const found = stage.cursor && shapeAt(stage, stage.cursor);
    if (found) stage.make(found);
    return true;
  },
  insert(stage) {
    const { view } = stage;
    const at = (x: number, y: number) => stage.inside(view.toImage([view.width * x, view.height * y]));
    const found = cuboidOf(at(0.4, 0.4), at(0.55, 0.55), at(0.55, 0.43), view.imageWidth, view.imageHeight);
    return found !== undefined && stage.make(found);
  },
  paint(context, stage, colour) {
    const look = { colour, fill: 0.12, width: 2, dash: [], halo: true };
    const { imageWidth, imageHeight } = stage.view;
    const { box } = stage;
    const middle = (one: Point, two: Point): Point => [(one[0] + two[0]) / 2, (one[1] + two[1]) / 2];
    const found = box
      ? cuboidOf(
          stage.inside(box.from),
          stage.inside(box.to),
          middle(box.from, box.to),
          imageWidth,
          imageHeight,
        )
      : stage.cursor && shapeAt(stage, stage.cursor);
    if (found) paintShape(context, stage.view, found, look);
  },
};
