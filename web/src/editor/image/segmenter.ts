// One interface for everything that makes a mask of a box and clicks. The built-in one goes by colour.
import { type MaskTiles, tilesOf } from "../../core/tiles";
import type { Pixels } from "../../core/vision/pixels";
import type { Prompt } from "../../core/vision/segment";
import { ask } from "./vision";

export interface Segmenter {
  name: string;
  /** Why there is nothing better; shown with the first mask. */
  note?: string;
  mask(pixels: Pixels, prompt: Prompt): Promise<MaskTiles | undefined>;
}

/** Run lengths as tiles. */
export function tilesOfCounts(
  { width, height }: Pixels,
  counts: number[] | undefined,
): MaskTiles | undefined {
  return counts && tilesOf({ type: "mask", width, height, counts });
}

export const byColour: Segmenter = {
  name: "colour",
  note: "No segmentation model is connected: this mask goes by colour",
  mask: async (pixels, prompt) => tilesOfCounts(pixels, await ask(pixels, { kind: "segment", prompt })),
};
