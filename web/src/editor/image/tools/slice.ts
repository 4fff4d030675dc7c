// Cuts the selected mask or polygon along a line into regions of their own.
import { slicedPolygon } from "../../../core/cuts";
import { uuid } from "../../../core/ids";
import { sliced } from "../../../core/maskops";
import { tilesOf } from "../../../core/tiles";
import type { Geometry, Point, Region } from "../../../core/types";
import { paintOpenRing } from "../paint";
import type { Stage } from "../stage";
import { addPlace } from "./points";
import type { Tool } from "./tool";

function target(stage: Stage): Region | undefined {
  const [region, ...more] = stage.own();
  const fits = region?.geometry.type === "mask" || region?.geometry.type === "polygon";
  if (!fits || more.length > 0) stage.session.announce("Select one mask or polygon first, then slice it");
  return fits && more.length === 0 ? region : undefined;
}

function piecesOf({ geometry }: Region, line: readonly Point[]): Geometry[] | undefined {
  if (geometry.type === "polygon") return slicedPolygon(geometry, line);
  if (geometry.type !== "mask") return undefined;
  return sliced(tilesOf(geometry), line).map((one) => one.geometry());
}

export const slice: Tool = {
  id: "slice",
  title: "Slice",
  key: "Shift+s",
  what: "Slice the selected mask or polygon along a line",
  hint: "Draw a line across the selected region, Enter cuts it into regions of their own",
  needs: ["mask", "polygon"],
  down(stage, press) {
    if (stage.points.length === 0 && press.alt) return false;
    // Without a region to cut the press picks one.
    if (stage.points.length === 0 && stage.own().length === 0) return false;
    if (stage.points.length > 0 || target(stage)) addPlace(stage, press);
    return true;
  },
  finish(stage) {
    if (stage.points.length === 0) return false;
    const region = target(stage);
    if (!region) return true;
    if (stage.points.length < 2) {
      stage.session.announce("Draw a line across the selected region");
      return true;
    }
    const pieces = piecesOf(region, stage.points);
    if (!pieces) {
      stage.session.announce("The line runs through a hole: cut beside it, or turn the polygon into a mask");
      return true;
    }
    const [first, ...others] = pieces;
    if (!first || others.length === 0) {
      stage.session.announce("The line does not cut the region in two");
      return true;
    }
    stage.points = [];
    const { score: _, ...like } = region;
    stage.session.doc.rework("slice", {
      changed: new Map([[region.id, { geometry: first }]]),
      added: others.map((geometry): Region => ({ ...like, id: uuid(), geometry })),
    });
    return true;
  },
  paint(context, stage, colour) {
    if (stage.points.length > 0) paintOpenRing(context, stage.view, stage.points, stage.cursor, colour);
  },
};
