// An upright box: by dragging, or by its four extreme points (Papadopoulos et al., "Extreme clicking", ICCV 2017).
import { boundsOfPoints, boxBetween, boxOf } from "../../../core/geometry";
import { paintOpenRing, paintShape } from "../paint";
import { addPlace } from "./points";
import { dragged, type Spread, spreadTool } from "./spread";
import type { Tool } from "./tool";

const spread: Spread = (stage, from, to) =>
  boxBetween(from, to, stage.view.imageWidth, stage.view.imageHeight);

export const box: Tool = spreadTool(
  {
    id: "box",
    title: "Box",
    key: "r",
    what: "Draw boxes",
    hint: "Drag from corner to corner",
    needs: ["box"],
    makes: "box",
  },
  spread,
  (context, stage, colour) => {
    const found = dragged(stage, spread);
    if (found?.type !== "box") return;
    const tag = `${Math.round(found.width)} × ${Math.round(found.height)}`;
    paintShape(context, stage.view, found, { colour, fill: 0.15, width: 2, dash: [], halo: true, tag });
  },
);

export const extremeBox: Tool = {
  id: "extreme-box",
  title: "Box by 4 points",
  key: "Shift+r",
  what: "Draw a box by its leftmost, topmost, rightmost and lowest point",
  hint: "Click the four outermost points of the object, in any order",
  needs: ["box"],
  makes: "box",
  down(stage, press) {
    addPlace(stage, { ...press, control: false });
    if (stage.points.length === 4) this.finish?.(stage);
    return true;
  },
  finish(stage) {
    if (stage.points.length === 0) return false;
    const { left, top, right, bottom } = boundsOfPoints(stage.points);
    if (stage.points.length < 2 || right - left < 1 || bottom - top < 1) {
      stage.session.announce("A box needs its outermost points");
      return true;
    }
    stage.make(boxOf(left, top, right, bottom));
    return true;
  },
  paint(context, stage, colour) {
    if (stage.points.length === 0) return;
    const all = stage.cursor ? [...stage.points, stage.inside(stage.cursor)] : stage.points;
    const { left, top, right, bottom } = boundsOfPoints(all);
    const look = { colour, fill: 0.08, width: 1.5, dash: [4, 4], halo: true };
    paintShape(context, stage.view, boxOf(left, top, right, bottom), look);
    paintOpenRing(context, stage.view, stage.points, undefined, colour);
  },
};
