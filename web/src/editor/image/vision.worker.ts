// Looks at the picture away from the page, so that the page stays quick.
import type { Pixels } from "../../core/vision/pixels";
import { runVision, type VisionReplies, type VisionTask } from "../../core/vision/tasks";

export interface Question {
  id: number;
  /** The picture, when it is another one than in the question before. */
  pixels?: Pixels;
  task: VisionTask;
}

export interface Reply {
  id: number;
  reply: VisionReplies[VisionTask["kind"]];
}

let seen: Pixels | undefined;

self.onmessage = ({ data }: MessageEvent<Question>) => {
  seen = data.pixels ?? seen;
  if (seen) self.postMessage({ id: data.id, reply: runVision(seen, data.task) } satisfies Reply);
};
