// Tools that look at the picture: scissors along edges, superpixels, the wand, and masks from a box.
import { area } from "../../../core/geometry";
import { MaskTiles } from "../../../core/tiles";
import type { Point } from "../../../core/types";
import { livewire } from "../../../core/vision/livewire";
import { cropped, type Pixels } from "../../../core/vision/pixels";
import { superpixelsOf } from "../../../core/vision/slic";
import { wandMask } from "../../../core/vision/wand";
import { paintOpenRing, paintShape } from "../paint";
import { byColour } from "../segmenter";
import type { Stage } from "../stage";
import { applyPixels, endWork, selectedMask } from "./masks";
import { addPlace, closes } from "./points";
import { keyOf, type Press, type Tool } from "./tool";

function seen(stage: Stage): Pixels | undefined {
  const pixels = stage.pixels();
  if (!pixels) stage.session.announce("The pixels of this picture cannot be read here");
  return pixels;
}

export const scissors: Tool = {
  id: "scissors",
  title: "Scissors",
  key: "i",
  what: "Draw polygons that keep to edges",
  hint: "Click along the edge of the object: the line follows it; Enter ends",
  needs: ["polygon"],
  makes: "polygon",
  down(stage, press) {
    if (press.alt && stage.points.length === 0) return false;
    const pixels = seen(stage);
    const from = stage.points.at(-1);
    if (!pixels || !from) {
      addPlace(stage, press);
      return true;
    }
    const closing = closes(stage, press.point);
    const to = closing ? (stage.points[0] as Point) : stage.inside(press.point).map(Math.round);
    const way = livewire(pixels, from, to as Point).slice(1, closing ? -1 : undefined);
    stage.points = [...stage.points, ...way];
    if (closing) this.finish?.(stage);
    stage.repaint("overlay");
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
  paint(context, stage, colour) {
    const from = stage.points.at(-1);
    const pixels = from && stage.cursor ? stage.pixels() : undefined;
    const to = stage.cursor && stage.inside(stage.cursor);
    const near = from && to && Math.hypot(to[0] - from[0], to[1] - from[1]) < 150;
    const way = pixels && near ? livewire(pixels, from, to).slice(1) : [];
    if (from) paintOpenRing(context, stage.view, [...stage.points, ...way], stage.cursor, colour);
  },
};

/** The picture is cut into blocks whose superpixels are found when first touched. */
const BLOCK = 256;
const STEP = 16;
const blocks = new WeakMap<Pixels, Map<number, Int32Array>>();

/** The pixels of the superpixel under a point. */
export function superpixelAt(pixels: Pixels, [x, y]: Point): MaskTiles | undefined {
  const { width, height } = pixels;
  const [px, py] = [Math.floor(x), Math.floor(y)];
  if (px < 0 || py < 0 || px >= width || py >= height) return undefined;
  const [left, top] = [px - (px % BLOCK), py - (py % BLOCK)];
  const key = top * width + left;
  const known = blocks.get(pixels) ?? new Map<number, Int32Array>();
  blocks.set(pixels, known);
  const [right, bottom] = [Math.min(width, left + BLOCK), Math.min(height, top + BLOCK)];
  const labels = known.get(key) ?? superpixelsOf(cropped(pixels, { left, top, right, bottom }), STEP);
  known.set(key, labels);
  const wide = right - left;
  const label = labels[(py - top) * wide + px - left];
  const tiles = new MaskTiles(width, height);
  labels.forEach((one, at) => {
    if (one !== label) return;
    const column = left + (at % wide);
    tiles.row(top + Math.floor(at / wide), column, column + 1, true);
  });
  return tiles;
}

function takeSuperpixel(stage: Stage, press: Press): void {
  const pixels = seen(stage);
  if (
    !pixels ||
    !stage.work ||
    stage.work.tiles.get(Math.floor(press.point[0]), Math.floor(press.point[1])) === !press.shift
  )
    return;
  const found = superpixelAt(pixels, press.point);
  if (found) stage.work.tiles.combine(found, !press.shift);
  stage.repaint("overlay");
}

export const superpixels: Tool = {
  id: "superpixels",
  title: "Superpixels",
  key: "u",
  what: "Paint masks by patches of like colour",
  hint: "Drag over patches to take them; Shift + drag gives them back",
  needs: ["mask"],
  makes: "mask",
  down(stage, press) {
    if (press.alt) return false;
    const found = selectedMask(stage);
    const { imageWidth, imageHeight } = stage.view;
    stage.work = {
      region: found?.region,
      tiles: found ? found.tiles.copy() : new MaskTiles(imageWidth, imageHeight),
    };
    takeSuperpixel(stage, press);
    stage.repaint("shapes", "overlay");
    return true;
  },
  drag: takeSuperpixel,
  up: (stage) => endWork(stage, "superpixels"),
};

const tolerance = { value: 24 };

export const wand: Tool = {
  id: "wand",
  title: "Wand",
  key: "w",
  what: "Take what hangs together and is of like colour",
  hint: "Click to add an area of like colour to the mask, Shift + click to take it away",
  needs: ["mask"],
  makes: "mask",
  down(stage, press) {
    if (press.alt) return false;
    const pixels = seen(stage);
    const found = pixels && wandMask(pixels, press.point, tolerance.value);
    if (found) applyPixels(stage, found, !press.shift, "wand");
    return true;
  },
  keys: [
    keyOf("wand-less", ["{"], "Wand: less tolerance"),
    keyOf("wand-more", ["}"], "Wand: more tolerance"),
  ],
  run(stage, command) {
    tolerance.value = Math.max(0, Math.min(200, tolerance.value + (command === "wand-more" ? 8 : -8)));
    stage.session.announce(`The wand takes colours up to ${tolerance.value} away`);
    return true;
  },
};

let noted = false;

export const prompt: Tool = {
  id: "prompt",
  title: "Mask from box",
  key: "m",
  what: "Make a mask of what is in a box",
  hint: "Drag a box closely around the object",
  needs: ["mask"],
  makes: "mask",
  down(stage, press) {
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
    const pixels = box && seen(stage);
    if (!box || !pixels) return;
    const [from, to] = [stage.inside(box.from), stage.inside(press.point)];
    const bounds = {
      left: Math.min(from[0], to[0]),
      right: Math.max(from[0], to[0]),
      top: Math.min(from[1], to[1]),
      bottom: Math.max(from[1], to[1]),
    };
    if (bounds.right - bounds.left < 2 || bounds.bottom - bounds.top < 2) return stage.pick(press);
    stage.session.announce("Looking for the object");
    byColour.mask(pixels, { box: bounds }).then(
      (found) => {
        if (!found || found.area === 0) return stage.session.announce("Nothing stands out in this box");
        stage.make(found.geometry());
        if (!noted && byColour.note) stage.session.announce(byColour.note);
        noted = true;
      },
      (error: unknown) => stage.session.announce(`No mask could be made: ${String(error)}`),
    );
  },
  paint(context, stage, colour) {
    if (!stage.box) return;
    const [from, to] = [stage.inside(stage.box.from), stage.inside(stage.box.to)];
    const [x, y] = [Math.min(from[0], to[0]), Math.min(from[1], to[1])];
    const found = {
      type: "box" as const,
      x,
      y,
      width: Math.abs(to[0] - from[0]),
      height: Math.abs(to[1] - from[1]),
    };
    paintShape(context, stage.view, found, { colour, fill: 0.05, width: 2, dash: [6, 4], halo: true });
  },
};
