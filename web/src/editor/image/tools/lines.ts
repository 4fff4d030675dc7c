// Shapes of point after point: polygons, lines, sets of points.
import { area } from "../../../core/geometry";
import type { Geometry } from "../../../core/types";
import { paintOpenRing, paintShape } from "../paint";
import type { Stage } from "../stage";
import { addPlace, closes } from "./points";
import type { Tool } from "./tool";

const HOW = "Click point after point, Enter ends; Ctrl + click snaps to a neighbour and follows its border";

export const polygon: Tool = {
  id: "polygon",
  title: "Polygon",
  key: "p",
  what: "Draw polygons",
  hint: HOW,
  needs: ["polygon"],
  makes: "polygon",
  down(stage, press) {
    if (press.alt && stage.points.length === 0) return false;
    if (closes(stage, press.point)) this.finish?.(stage);
    else addPlace(stage, press);
    return true;
  },
  finish(stage) {
    const points = [...stage.points];
    if (points.length === 0) return false;
    if (points.length < 3 || area(points) === 0) {
      stage.session.announce("A polygon needs three points that are not in a line");
      return true;
    }
    stage.make({ type: "polygon", parts: [{ outer: points }] });
    return true;
  },
  insert(stage) {
    const { view } = stage;
    const at = (x: number, y: number) => stage.inside(view.toImage([view.width * x, view.height * y]));
    return stage.make({ type: "polygon", parts: [{ outer: [at(0.5, 0.4), at(0.6, 0.6), at(0.4, 0.6)] }] });
  },
  paint: paintOpen,
};

function paintOpen(context: CanvasRenderingContext2D, stage: Stage, colour: string): void {
  if (stage.points.length > 0) paintOpenRing(context, stage.view, stage.points, stage.cursor, colour);
}

export const polyline: Tool = {
  id: "polyline",
  title: "Line",
  key: "y",
  what: "Draw lines",
  hint: HOW,
  needs: ["polyline"],
  makes: "polyline",
  down(stage, press) {
    if (press.alt && stage.points.length === 0) return false;
    addPlace(stage, press);
    return true;
  },
  finish(stage) {
    if (stage.points.length === 0) return false;
    if (stage.points.length < 2) stage.session.announce("A line needs two points");
    else stage.make({ type: "polyline", points: [...stage.points] });
    return true;
  },
  insert(stage) {
    const { view } = stage;
    const at = (x: number) => stage.inside(view.toImage([view.width * x, view.height * 0.5]));
    return stage.make({ type: "polyline", points: [at(0.4), at(0.6)] });
  },
  paint: paintOpen,
};

export const points: Tool = {
  id: "points",
  title: "Points",
  key: "d",
  what: "Set points",
  hint: "Click each point, Enter ends the set",
  needs: ["points"],
  makes: "points",
  down(stage, press) {
    if (press.alt && stage.points.length === 0) return false;
    addPlace(stage, press);
    return true;
  },
  finish(stage) {
    if (stage.points.length === 0) return false;
    stage.make({ type: "points", points: [...stage.points] });
    return true;
  },
  insert(stage) {
    const { view } = stage;
    return stage.make({
      type: "points",
      points: [stage.inside(view.toImage([view.width / 2, view.height / 2]))],
    });
  },
  paint(context, stage, colour) {
    const found: Geometry = { type: "points", points: [...stage.points] };
    const look = { colour, fill: 0, width: 2, dash: [], halo: true };
    if (stage.points.length > 0) paintShape(context, stage.view, found, look);
  },
};
