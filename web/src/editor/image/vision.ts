// Asks questions about the picture of a worker; where there can be none they are answered on the page.
import type { Pixels } from "../../core/vision/pixels";
import { type ReplyOf, runVision, type VisionTask } from "../../core/vision/tasks";
import type { Question, Reply } from "./vision.worker";

let worker: Worker | undefined;
let count = 0;
/** The picture that the worker has. */
let sent: Pixels | undefined;
let broken = typeof Worker === "undefined";

export function ask<T extends VisionTask>(pixels: Pixels, task: T): Promise<ReplyOf<T>> {
  if (broken) return Promise.resolve(runVision(pixels, task));
  worker ??= new Worker(new URL("./vision.worker.ts", import.meta.url), { type: "module" });
  const [current, id] = [worker, ++count];
  return new Promise<ReplyOf<T>>((resolve) => {
    const end = () => {
      current.removeEventListener("message", heard);
      current.removeEventListener("error", failed);
    };
    const heard = ({ data }: MessageEvent<Reply>) => {
      if (data.id !== id) return;
      end();
      resolve(data.reply as ReplyOf<T>);
    };
    const failed = () => {
      end();
      [broken, worker, sent] = [true, undefined, undefined];
      resolve(runVision(pixels, task));
    };
    current.addEventListener("message", heard);
    current.addEventListener("error", failed);
    current.postMessage({ id, task, ...(sent === pixels ? {} : { pixels }) } satisfies Question);
    sent = pixels;
  });
}
