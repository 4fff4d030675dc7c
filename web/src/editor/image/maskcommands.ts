// Commands on whole masks and polygons: one into the other, joining, and taking a mask out of what lies under it.
import { overlap, ringsOf } from "../../core/geometry";
import type { KeyEntry } from "../../core/hotkeys";
import { maskOf, polygonOf } from "../../core/maskops";
import { fillRings, MaskTiles, tilesOf } from "../../core/tiles";
import type { Geometry, Point, Region } from "../../core/types";
import { simplified } from "../../core/vision/livewire";
import type { Stage } from "./stage";
import { keyOf } from "./tools/tool";

export const MASK_COMMANDS: readonly KeyEntry[] = [
  keyOf("turn-mask", ["Shift+m"], "Turn the selected mask into a polygon, or a shape into a mask"),
  keyOf("join", ["j"], "Join the selected masks or polygons into one"),
  keyOf("cut-out", ["Shift+u"], "Remove the pixels of other masks under the selected one"),
];

export function runMaskCommand(stage: Stage, command: string): boolean {
  if (command === "turn-mask") return turn(stage);
  if (command === "join") return join(stage);
  return command === "cut-out" && cutOut(stage);
}

function turn(stage: Stage): boolean {
  const regions = stage.own();
  if (regions.length === 0) return false;
  const { imageWidth, imageHeight } = stage.view;
  const changed = new Map<string, { geometry: Geometry }>();
  for (const { id, geometry, class: name } of regions) {
    const to = geometry.type === "mask" ? "polygon" : "mask";
    if (!stage.session.classOf(name)?.geometry.includes(to)) {
      stage.session.announce(`This class cannot be a ${to}`);
      return true;
    }
    const next = to === "polygon" ? polygonOf(geometry) : maskOf(geometry, imageWidth, imageHeight);
    if (next) changed.set(id, { geometry: next });
  }
  if (changed.size > 0) stage.session.doc.rework("turn into another shape", { changed });
  return true;
}

function join(stage: Stage): boolean {
  const regions = stage.own();
  const [first, ...others] = regions;
  if (!first || others.length === 0) {
    stage.session.announce("Select two regions or more of one class to join them");
    return true;
  }
  const geometry = others.every((one) => one.class === first.class) ? joined(stage, regions) : undefined;
  if (!geometry) {
    stage.session.announce("Only masks, or polygons, of one class can be joined");
    return true;
  }
  stage.session.doc.rework("join", {
    changed: new Map([[first.id, { geometry }]]),
    removed: others.map((one) => one.id),
  });
  stage.session.ui.select(first.id);
  return true;
}

function joined(stage: Stage, regions: readonly Region[]): Geometry | undefined {
  const [first, ...others] = regions.map((region) => region.geometry);
  if (first?.type === "mask") {
    const tiles = tilesOf(first).copy();
    for (const other of others) {
      if (other.type !== "mask") return undefined;
      tiles.combine(tilesOf(other), true);
    }
    return tiles.geometry();
  }
  const polygons = [first, ...others].filter((one) => one?.type === "polygon");
  if (polygons.length < regions.length) return undefined;
  const apart = polygons.every((one, index) =>
    polygons.slice(index + 1).every((other) => overlap(one, other) === 0),
  );
  if (apart) return { type: "polygon", parts: polygons.flatMap((one) => one.parts) };
  return merged(polygons, stage.view.imageWidth, stage.view.imageHeight);
}

/** Polygons that overlap become one along the pixels that they cover; steps of a pixel are smoothed. */
function merged(polygons: readonly Geometry[], width: number, height: number): Geometry | undefined {
  const tiles = new MaskTiles(width, height);
  for (const one of polygons) fillRings(tiles, ringsOf(one) ?? [], true);
  const outline = polygonOf(tiles.geometry());
  if (!outline) return undefined;
  const smooth = (ring: number[][]): Point[] => {
    const points = ring as Point[];
    const line = simplified([...points, points[0] as Point], SMOOTHING).slice(0, -1);
    return line.length >= 3 ? line : points;
  };
  return {
    type: "polygon",
    parts: outline.parts.map((part) => ({
      outer: smooth(part.outer),
      ...(part.holes ? { holes: part.holes.map(smooth) } : {}),
    })),
  };
}

/** In pixels: above the height of a step, so that a slanted side is one line again. */
const SMOOTHING = 1.05;

function cutOut(stage: Stage): boolean {
  const [region, ...more] = stage.own();
  if (!region || more.length > 0 || region.geometry.type !== "mask") {
    stage.session.announce("Select one mask first");
    return true;
  }
  const own = tilesOf(region.geometry);
  const changed = new Map<string, { geometry: Geometry }>();
  const removed: string[] = [];
  for (const other of stage.regions) {
    if (other.id === region.id || other.geometry.type !== "mask" || stage.locked.has(other.id)) continue;
    if (overlap(other.geometry, region.geometry) === 0) continue;
    const tiles = tilesOf(other.geometry).copy();
    tiles.combine(own, false);
    const geometry = tiles.geometry();
    if (geometry.counts.length < 2) removed.push(other.id);
    else changed.set(other.id, { geometry });
  }
  const count = changed.size + removed.length;
  if (count > 0) stage.session.doc.rework("remove what lies under", { changed, removed });
  stage.session.announce(count === 0 ? "No other mask lies under this one" : `${count} masks were cut`);
  return true;
}
