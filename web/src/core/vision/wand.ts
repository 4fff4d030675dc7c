// The magic wand: what hangs together with a pixel and is nearly of its colour.
import { flooded } from "../maskops";
import type { MaskTiles } from "../tiles";
import type { Point } from "../types";
import { apart, type Pixels } from "./pixels";

/** `tolerance` is the largest distance in RGB from the colour that was pressed, 0 to 441. */
export function wandMask(pixels: Pixels, at: Point, tolerance: number): MaskTiles | undefined {
  const { width, height } = pixels;
  const start = Math.floor(at[1]) * width + Math.floor(at[0]);
  const reach = tolerance * tolerance;
  return flooded(width, height, at, (x, y) => apart(pixels, y * width + x, start) <= reach);
}
