// Segments away from the page, so that it stays quick.

import type { Pixels } from "../../core/vision/pixels";
import { type Prompt, segment } from "../../core/vision/segment";

export interface Question {
  id: number;
  pixels: Pixels;
  prompt: Prompt;
}

export interface Reply {
  id: number;
  counts: number[] | undefined;
}

self.onmessage = ({ data }: MessageEvent<Question>) => {
  const found = segment(data.pixels, data.prompt);
  self.postMessage({ id: data.id, counts: found?.geometry().counts } satisfies Reply);
};
