// Brush, eraser and fill. A stroke is painted on a copy that shares all tiles but those it touches, and becomes
// one command when it is let go.
import { flooded } from "../../../core/maskops";
import { MaskTiles, stroke, tilesOf } from "../../../core/tiles";
import type { Point } from "../../../core/types";
import { storeMask } from "../maskstore";
import type { Stage } from "../stage";
import { keyOf, type Press, type Tool } from "./tool";

/** The one selected mask of this person's own. */
export function selectedMask(stage: Stage) {
  const [region, ...more] = stage.own();
  if (!region || more.length > 0 || region.geometry.type !== "mask") return undefined;
  return { region, tiles: tilesOf(region.geometry) };
}

const last = new WeakMap<Stage, Point>();

function begin(stage: Stage, press: Press, on: boolean): boolean {
  if (press.alt) return false;
  const found = selectedMask(stage);
  if (!found && !on) {
    stage.session.announce("Select a mask first, then erase from it");
    return true;
  }
  const { imageWidth, imageHeight } = stage.view;
  const tiles = found ? found.tiles.copy() : new MaskTiles(imageWidth, imageHeight);
  stage.work = { region: found?.region, tiles };
  last.set(stage, press.point);
  stroke(tiles, press.point, press.point, stage.brush.radius, stage.brush.shape, on);
  stage.repaint("shapes", "overlay");
  return true;
}

function follow(stage: Stage, press: Press, on: boolean): void {
  if (!stage.work) return;
  const from = last.get(stage) ?? press.point;
  stroke(stage.work.tiles, from, press.point, stage.brush.radius, stage.brush.shape, on);
  last.set(stage, press.point);
  stage.repaint("overlay");
}

/** What was painted becomes a command. */
export function endWork(stage: Stage, name: string): void {
  const { work } = stage;
  stage.work = undefined;
  if (work && (work.region || work.tiles.area > 0)) storeMask(stage, name, work.tiles, work.region);
  stage.repaint("shapes", "overlay");
}

/** Adds pixels to the selected mask, or takes them away; without a selected one they become a new region. */
export function applyPixels(stage: Stage, pixels: MaskTiles, on: boolean, name: string): void {
  const found = selectedMask(stage);
  if (!found && !on) return;
  const tiles = found ? found.tiles.copy() : new MaskTiles(pixels.width, pixels.height);
  tiles.combine(pixels, on);
  stage.work = { region: found?.region, tiles };
  endWork(stage, name);
}

function paintBrush(context: CanvasRenderingContext2D, stage: Stage, colour: string): void {
  if (!stage.cursor) return;
  const [x, y] = stage.view.toScreen(stage.cursor);
  const radius = stage.brush.radius * stage.view.scale;
  for (const [style, width] of [
    ["rgba(0, 0, 0, .6)", 3],
    [colour, 1.5],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    if (stage.brush.shape === "round") context.arc(x, y, radius, 0, 2 * Math.PI);
    else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    context.stroke();
  }
}

const LARGEST_BRUSH = 500;

function resize(stage: Stage, factor: number): boolean {
  const next =
    factor > 1
      ? Math.max(stage.brush.radius + 0.5, stage.brush.radius * factor)
      : stage.brush.radius * factor;
  stage.brush.radius = Math.max(0.5, Math.min(LARGEST_BRUSH, Math.round(next * 2) / 2));
  stage.session.announce(`Brush of ${2 * stage.brush.radius} pixels`);
  stage.repaint("overlay");
  return true;
}

export const brush: Tool = {
  id: "brush",
  title: "Brush",
  key: "b",
  what: "Paint masks",
  hint: "Drag to paint on the selected mask, or a new one; [ and ] change the size; Shift + drag erases",
  needs: ["mask"],
  makes: "mask",
  down: (stage, press) => begin(stage, press, !press.shift),
  drag: (stage, press) => follow(stage, press, !press.shift),
  up: (stage) => endWork(stage, "brush"),
  paint: paintBrush,
  keys: [
    keyOf("brush-smaller", ["["], "Smaller brush"),
    keyOf("brush-larger", ["]"], "Larger brush"),
    keyOf("brush-shape", ["Shift+b"], "Round or square brush"),
  ],
  run(stage, command) {
    if (command === "brush-smaller") return resize(stage, 0.8);
    if (command === "brush-larger") return resize(stage, 1.25);
    stage.brush.shape = stage.brush.shape === "round" ? "square" : "round";
    stage.session.announce(`The brush is ${stage.brush.shape}`);
    stage.repaint("overlay");
    return true;
  },
  insert(stage) {
    const { view } = stage;
    const middle = stage.inside(view.toImage([view.width / 2, view.height / 2]));
    const tiles = new MaskTiles(view.imageWidth, view.imageHeight);
    stroke(tiles, middle, middle, stage.brush.radius, stage.brush.shape, true);
    storeMask(stage, "brush", tiles, undefined);
    return true;
  },
};

export const eraser: Tool = {
  id: "eraser",
  title: "Eraser",
  key: "e",
  what: "Erase from the selected mask",
  hint: "Drag to erase from the selected mask; [ and ] change the size",
  needs: ["mask"],
  down: (stage, press) => begin(stage, press, false),
  drag: (stage, press) => follow(stage, press, false),
  up: (stage) => endWork(stage, "erase"),
  paint: paintBrush,
};

export const fill: Tool = {
  id: "fill",
  title: "Fill",
  key: "Shift+f",
  what: "Fill a hole in the selected mask",
  hint: "Click into a hole of the selected mask",
  needs: ["mask"],
  down(stage, press) {
    if (press.alt) return false;
    const found = selectedMask(stage);
    if (!found) return false;
    const { imageWidth, imageHeight } = stage.view;
    const hole = flooded(imageWidth, imageHeight, press.point, (x, y) => !found.tiles.get(x, y));
    if (!hole) return false;
    const edge = touchesEdge(hole);
    if (edge) stage.session.announce("This is not closed: it reaches the edge of the image");
    else applyPixels(stage, hole, true, "fill");
    return true;
  },
};

function touchesEdge(tiles: MaskTiles): boolean {
  const { width, height } = tiles;
  for (let x = 0; x < width; x += 1) if (tiles.get(x, 0) || tiles.get(x, height - 1)) return true;
  for (let y = 0; y < height; y += 1) if (tiles.get(0, y) || tiles.get(width - 1, y)) return true;
  return false;
}
