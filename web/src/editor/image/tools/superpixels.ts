// A brush that takes patches of like colour. The picture is cut into blocks whose superpixels a worker finds as the
// pointer comes near; a press that is quicker finds them at once.
import { MaskTiles } from "../../../core/tiles";
import type { Point } from "../../../core/types";
import { cropped, type Pixels } from "../../../core/vision/pixels";
import { superpixelsOf } from "../../../core/vision/slic";
import type { Stage } from "../stage";
import { ask } from "../vision";
import { endWork, selectedMask } from "./masks";
import { seen } from "./seen";
import type { Press, Tool } from "./tool";

const BLOCK = 256;
const STEP = 16;

interface Block {
  left: number;
  top: number;
  right: number;
  bottom: number;
  labels: Int32Array | undefined;
}

const blocks = new WeakMap<Pixels, Map<number, Block>>();

/** The block around a point; none outside the picture. The first to ask for it also asks the worker. */
function blockAt(pixels: Pixels, [x, y]: Point): Block | undefined {
  const { width, height } = pixels;
  const [px, py] = [Math.floor(x), Math.floor(y)];
  if (px < 0 || py < 0 || px >= width || py >= height) return undefined;
  const all = blocks.get(pixels) ?? new Map<number, Block>();
  blocks.set(pixels, all);
  const [left, top] = [px - (px % BLOCK), py - (py % BLOCK)];
  const known = all.get(top * width + left);
  if (known) return known;
  const bounds = { left, top, right: Math.min(width, left + BLOCK), bottom: Math.min(height, top + BLOCK) };
  const block: Block = { ...bounds, labels: undefined };
  all.set(top * width + left, block);
  void ask(pixels, { kind: "superpixels", block: bounds, step: STEP }).then((labels) => {
    block.labels ??= labels;
  });
  return block;
}

/** The pixels of the superpixel under a point. */
export function superpixelAt(pixels: Pixels, point: Point): MaskTiles | undefined {
  const block = blockAt(pixels, point);
  if (!block) return undefined;
  block.labels ??= superpixelsOf(cropped(pixels, block), STEP);
  const { labels, left, top } = block;
  const wide = block.right - left;
  const label = labels[(Math.floor(point[1]) - top) * wide + Math.floor(point[0]) - left];
  const tiles = new MaskTiles(pixels.width, pixels.height);
  labels.forEach((one, at) => {
    if (one !== label) return;
    const column = left + (at % wide);
    tiles.row(top + Math.floor(at / wide), column, column + 1, true);
  });
  return tiles;
}

function take(stage: Stage, press: Press): void {
  const { work } = stage;
  const pixels = work && seen(stage);
  if (!pixels || work.tiles.get(Math.floor(press.point[0]), Math.floor(press.point[1])) === !press.shift)
    return;
  const found = superpixelAt(pixels, press.point);
  if (found) work.tiles.combine(found, !press.shift);
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
    take(stage, press);
    stage.repaint("shapes", "overlay");
    return true;
  },
  drag: take,
  up: (stage) => endWork(stage, "superpixels"),
  hover(stage) {
    const pixels = stage.cursor && stage.pixels();
    if (pixels && stage.cursor) blockAt(pixels, stage.cursor);
  },
};
