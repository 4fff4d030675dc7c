// Rotated boxes by a base line and a width, ellipses by the box around them.
import { boxOnLine, fitted } from "../../../core/frames";
import { round } from "../../../core/geometry";
import type { Point } from "../../../core/types";
import { paintOpenRing, paintShape } from "../paint";
import type { Stage } from "../stage";
import { addPlace } from "./points";
import { spreadTool } from "./spread";
import type { Tool } from "./tool";

function preview(stage: Stage, third: Point) {
  const [from, to] = stage.points;
  const found = from && to && boxOnLine(from, to, stage.inside(third));
  return found && fitted(found, stage.view.imageWidth, stage.view.imageHeight);
}

export const rotatedBox: Tool = {
  id: "rotated_box",
  title: "Rotated box",
  key: "t",
  what: "Draw rotated boxes",
  hint: "Click both ends of one side, then how far the box reaches",
  needs: ["rotated_box"],
  makes: "rotated_box",
  down(stage, press) {
    if (press.alt && stage.points.length === 0) return false;
    if (stage.points.length < 2) {
      addPlace(stage, press);
      return true;
    }
    const found = preview(stage, press.point);
    if (found) stage.make(found);
    else stage.session.announce("The box would have no width");
    return true;
  },
  finish(stage) {
    if (stage.points.length === 0) return false;
    const found = stage.cursor && preview(stage, stage.cursor);
    if (found) stage.make(found);
    else stage.session.announce("Click both ends of one side, then how far the box reaches");
    return true;
  },
  insert(stage) {
    const { view } = stage;
    const at = (x: number, y: number) => stage.inside(view.toImage([view.width * x, view.height * y]));
    const found = boxOnLine(at(0.4, 0.4), at(0.6, 0.4), at(0.4, 0.6));
    return found !== undefined && stage.make(found);
  },
  paint(context, stage, colour) {
    if (stage.points.length === 0) return;
    const found = stage.cursor && preview(stage, stage.cursor);
    const look = { colour, fill: 0.15, width: 2, dash: [], halo: true };
    if (found) paintShape(context, stage.view, found, look);
    else paintOpenRing(context, stage.view, stage.points, stage.cursor, colour);
  },
};

export const ellipse: Tool = spreadTool(
  {
    id: "ellipse",
    title: "Ellipse",
    key: "o",
    what: "Draw ellipses",
    hint: "Drag over the box around the ellipse; its upper grip turns it",
    needs: ["ellipse"],
    makes: "ellipse",
  },
  (stage, from, to) => {
    const [rx, ry] = [Math.abs(to[0] - from[0]) / 2, Math.abs(to[1] - from[1]) / 2];
    if (rx < 0.5 || ry < 0.5) return undefined;
    const [cx, cy] = [round((from[0] + to[0]) / 2), round((from[1] + to[1]) / 2)];
    const found = { type: "ellipse" as const, cx, cy, rx: round(rx), ry: round(ry), angle: 0 };
    return fitted(found, stage.view.imageWidth, stage.view.imageHeight);
  },
);
