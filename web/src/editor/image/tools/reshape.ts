// Tools that change the selected polygon: one more part or hole, a stretch drawn anew.
import { area, round } from "../../../core/geometry";
import { nearestOn, redrawn, withRingAdded } from "../../../core/rings";
import type { Point, Region } from "../../../core/types";
import { ringOf, withRing } from "../handles";
import { paintOpenRing } from "../paint";
import type { Stage } from "../stage";
import { addPlace, closes, SNAP_PIXELS } from "./points";
import type { Tool } from "./tool";

function selectedPolygon(stage: Stage) {
  const [region, ...more] = stage.own();
  if (!region || more.length > 0 || region.geometry.type !== "polygon") {
    stage.session.announce("Select one polygon first");
    return undefined;
  }
  return { region, geometry: region.geometry };
}

const paint: Tool["paint"] = (context, stage, colour) => {
  if (stage.points.length > 0) paintOpenRing(context, stage.view, stage.points, stage.cursor, colour);
};

export const ringTool: Tool = {
  id: "ring",
  title: "Part or hole",
  key: "Shift+p",
  what: "Add a hole or another part to the selected polygon",
  hint: "Begin inside the selected polygon for a hole, outside for another part; Enter ends",
  needs: ["polygon"],
  down(stage, press) {
    if (stage.points.length === 0 && (press.alt || !selectedPolygon(stage))) return false;
    if (closes(stage, press.point)) this.finish?.(stage);
    else addPlace(stage, press);
    return true;
  },
  finish(stage) {
    const ring = [...stage.points];
    if (ring.length === 0) return false;
    const found = selectedPolygon(stage);
    if (!found) return true;
    if (ring.length < 3 || area(ring) === 0) {
      stage.session.announce("A ring needs three points that are not in a line");
      return true;
    }
    stage.points = [];
    const geometry = withRingAdded(found.geometry, ring);
    const part = geometry.parts.length > found.geometry.parts.length;
    stage.session.doc.changeRegion(part ? "add a part" : "cut a hole", found.region.id, { geometry });
    stage.session.announce(part ? "A part was added" : "A hole was cut");
    return true;
  },
  paint,
};

/** The ring of the region that is nearest to a point. */
function nearestRing(region: Region, point: Point) {
  if (region.geometry.type !== "polygon") return undefined;
  const { geometry } = region;
  return geometry.parts
    .flatMap((part, index) =>
      Array.from({ length: 1 + (part.holes?.length ?? 0) }, (_, ring) => ({ part: index, ring })),
    )
    .map((one) => {
      const points = ringOf(geometry, one.part, one.ring);
      return { ...one, points, distance: nearestOn(points, point)?.distance ?? Infinity };
    })
    .sort((one, two) => one.distance - two.distance)[0];
}

export const redraw: Tool = {
  id: "redraw",
  title: "Redraw",
  key: "Shift+e",
  what: "Draw a stretch of the selected polygon anew",
  hint: "Begin and end on the outline of the selected polygon; Enter replaces the shorter stretch between",
  needs: ["polygon"],
  down(stage, press) {
    if (stage.points.length === 0 && (press.alt || !selectedPolygon(stage))) return false;
    // The first point always lies on the outline.
    addPlace(stage, { ...press, control: press.control || stage.points.length === 0 });
    return true;
  },
  finish(stage) {
    const line = [...stage.points];
    const [first] = line;
    if (!first) return false;
    const found = selectedPolygon(stage);
    if (!found) return true;
    const near = nearestRing(found.region, first);
    // The last point lies on the outline as the first one does, when it was meant to.
    const end = near && line.length > 1 ? nearestOn(near.points, line.at(-1) as Point) : undefined;
    if (end && end.distance <= SNAP_PIXELS / stage.view.scale)
      line[line.length - 1] = end.at.map(round) as Point;
    const ring = near && redrawn(near.points, line);
    if (!near || !ring) {
      stage.session.announce("The new stretch needs two points or more");
      return true;
    }
    stage.points = [];
    const geometry = withRing(found.geometry, near.part, near.ring, ring);
    stage.session.doc.changeRegion("redraw a stretch", found.region.id, { geometry });
    return true;
  },
  paint,
};
