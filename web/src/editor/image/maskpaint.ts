// Masks on the canvas: each tile is a small bitmap that is made once for a version of it and a colour. No canvas is ever
// as large as the picture.
import { rgb } from "../../core/colour";
import { type MaskTiles, TILE, type Tile } from "../../core/tiles";
import type { View } from "./view";

const bitmaps = new WeakMap<Tile, { colour: string; canvas: HTMLCanvasElement }>();

function bitmapOf(tile: Tile, colour: string, fresh: boolean): HTMLCanvasElement {
  const known = bitmaps.get(tile);
  if (known && known.colour === colour && !fresh) return known.canvas;
  const canvas = known?.canvas ?? document.createElement("canvas");
  canvas.width = TILE;
  canvas.height = TILE;
  const context = canvas.getContext("2d");
  if (context) {
    const [red, green, blue] = rgb(colour);
    const image = context.createImageData(TILE, TILE);
    for (let at = 0; at < tile.length; at += 1) {
      if (tile[at] !== 1) continue;
      image.data[4 * at] = red;
      image.data[4 * at + 1] = green;
      image.data[4 * at + 2] = blue;
      image.data[4 * at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }
  bitmaps.set(tile, { colour, canvas });
  return canvas;
}

export function paintMask(
  context: CanvasRenderingContext2D,
  view: View,
  tiles: MaskTiles,
  colour: string,
  alpha: number,
): void {
  const seen = view.visible();
  const before = context.globalAlpha;
  context.globalAlpha = before * alpha;
  context.imageSmoothingEnabled = view.scale < 1;
  for (const [key, tile] of tiles.entries()) {
    const [left, top] = [(key % tiles.columns) * TILE, Math.floor(key / tiles.columns) * TILE];
    if (left > seen.right || top > seen.bottom || left + TILE < seen.left || top + TILE < seen.top) continue;
    const [x, y] = view.toScreen([left, top]);
    const side = TILE * view.scale;
    context.drawImage(bitmapOf(tile, colour, tiles.fresh(key)), x, y, side, side);
  }
  context.globalAlpha = before;
}
