// One interface for everything that makes a mask of a box. The built-in one goes by colour and runs in a worker; where
// there can be none it runs on the page.

import type { MaskTiles } from "../../core/tiles";
import { tilesOf } from "../../core/tiles";
import type { Pixels } from "../../core/vision/pixels";
import { type Prompt, segment } from "../../core/vision/segment";
import type { Question, Reply } from "./segment.worker";

export interface Segmenter {
  name: string;
  /** Why there is nothing better; shown with the first mask. */
  note?: string;
  mask(pixels: Pixels, prompt: Prompt): Promise<MaskTiles | undefined>;
}

let worker: Worker | undefined;
let count = 0;

function ask(pixels: Pixels, prompt: Prompt): Promise<MaskTiles | undefined> {
  worker ??= new Worker(new URL("./segment.worker.ts", import.meta.url), { type: "module" });
  const [current, id] = [worker, ++count];
  return new Promise((resolve, reject) => {
    const end = () => {
      current.removeEventListener("message", heard);
      current.removeEventListener("error", failed);
    };
    const heard = ({ data }: MessageEvent<Reply>) => {
      if (data.id !== id) return;
      end();
      const { width, height } = pixels;
      resolve(data.counts && tilesOf({ type: "mask", width, height, counts: data.counts }));
    };
    const failed = () => {
      end();
      worker = undefined;
      reject(new Error("the worker did not start"));
    };
    current.addEventListener("message", heard);
    current.addEventListener("error", failed);
    current.postMessage({ id, pixels, prompt } satisfies Question);
  });
}

export const byColour: Segmenter = {
  name: "colour",
  note: "No segmentation model is connected: this mask goes by colour",
  mask: (pixels, prompt) =>
    typeof Worker === "undefined"
      ? Promise.resolve(segment(pixels, prompt))
      : ask(pixels, prompt).catch(() => segment(pixels, prompt)),
};
