// What is asked of a picture, as plain data: the same questions are answered in a worker, or on the page where there is
// none.
import type { Bounds } from "../geometry";
import type { Point } from "../types";
import { type Wire, wireFrom } from "./livewire";
import { cropped, type Pixels } from "./pixels";
import { type Prompt, segment } from "./segment";
import { superpixelsOf } from "./slic";
import { wandMask } from "./wand";

export type VisionTask =
  | { kind: "segment"; prompt: Prompt }
  | { kind: "wand"; at: Point; tolerance: number }
  | { kind: "superpixels"; block: Bounds; step: number }
  | { kind: "wire"; from: Point };

/** Run lengths of a mask, numbers of superpixels row by row, ways of the scissors. */
export interface VisionReplies {
  segment: number[] | undefined;
  wand: number[] | undefined;
  superpixels: Int32Array;
  wire: Wire;
}

export type ReplyOf<T extends VisionTask> = VisionReplies[T["kind"]];

export function runVision<T extends VisionTask>(pixels: Pixels, task: T): ReplyOf<T>;
export function runVision(pixels: Pixels, task: VisionTask): VisionReplies[VisionTask["kind"]] {
  switch (task.kind) {
    case "segment":
      return segment(pixels, task.prompt)?.geometry().counts;
    case "wand":
      return wandMask(pixels, task.at, task.tolerance)?.geometry().counts;
    case "superpixels":
      return superpixelsOf(cropped(pixels, task.block), task.step);
    case "wire":
      return wireFrom(pixels, task.from);
  }
}
