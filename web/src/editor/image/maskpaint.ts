// Masks on the canvas: each tile is a small bitmap that is made once for a version of it and a colour. No canvas is ever
// as large as the picture.
import { rgb } from "../../core/colour";
import { type MaskTiles, TILE, type Tile, writesOf } from "../../core/tiles";
import type { View } from "./view";

interface Bitmap {
  colour: string;
  /** How often the tile had been written to when this was made. */
  writes: number;
  canvas: HTMLCanvasElement;
  image: ImageData;
}

const bitmaps = new WeakMap<Tile, Bitmap>();

function madeBitmap(colour: string): Bitmap {
  const canvas = document.createElement("canvas");
  canvas.width = TILE;
  canvas.height = TILE;
  return { colour, writes: -1, canvas, image: new ImageData(TILE, TILE) };
}

function bitmapOf(tile: Tile, colour: string): HTMLCanvasElement {
  const known = bitmaps.get(tile) ?? madeBitmap(colour);
  const writes = writesOf(tile);
  if (known.colour === colour && known.writes === writes) return known.canvas;
  const [red, green, blue] = rgb(colour);
  // One number a pixel, lowest byte first: red, green, blue, alpha.
  const ink = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  const pixels = new Uint32Array(known.image.data.buffer);
  for (let at = 0; at < tile.length; at += 1) pixels[at] = tile[at] === 1 ? ink : 0;
  known.canvas.getContext("2d")?.putImageData(known.image, 0, 0);
  [known.colour, known.writes] = [colour, writes];
  bitmaps.set(tile, known);
  return known.canvas;
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
    context.drawImage(bitmapOf(tile, colour), x, y, side, side);
  }
  context.globalAlpha = before;
}
