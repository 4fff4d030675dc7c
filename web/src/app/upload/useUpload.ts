// Uploads files one after the other and tells how far they are.
import { useCallback, useEffect, useRef, useState } from "react";
import { memoryOf } from "./memory";
import { Pace } from "./pace";
import type { PickedFile } from "./pick";
import { sendFile } from "./send";
import { dropUpload, transportOf, wait } from "./transport";

export interface UploadProgress {
  files: number;
  /** Files that have arrived whole. */
  arrived: number;
  name: string;
  bytes: number;
  received: number;
  rate: number | undefined;
  secondsLeft: number | undefined;
}

export interface Uploader {
  progress: UploadProgress | undefined;
  /** The uploads' ids in the order of the files. */
  run(files: PickedFile[]): Promise<number[]>;
  /** The files were imported: choosing them again would mean to upload them anew. */
  forget(files: PickedFile[]): void;
  cancel(): void;
}

export function wasCancelled(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

export function useUpload(workspace: number): Uploader {
  const [progress, setProgress] = useState<UploadProgress>();
  const running = useRef<AbortController | undefined>(undefined);
  // Leaving the page only stops the sending: the same file goes on from there later.
  useEffect(
    () => () => running.current?.abort(new DOMException("the page was left", "InvalidStateError")),
    [],
  );

  const run = useCallback(
    async (files: PickedFile[]) => {
      const control = new AbortController();
      running.current = control;
      const memory = memoryOf(workspace);
      const transport = transportOf(workspace);
      const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
      const pace = new Pace();
      const ids: number[] = [];
      let before = 0;
      let told = 0;
      try {
        for (const picked of files) {
          const onProgress = (received: number) => {
            const now = performance.now();
            pace.note(now, before + received);
            // Thousands of small files must not draw the page thousands of times.
            if (now - told < 100 && before + received < bytes) return;
            told = now;
            const rest = bytes - before - received;
            setProgress({
              files: files.length,
              arrived: ids.length,
              name: picked.name,
              bytes,
              received: before + received,
              rate: pace.rate(),
              secondsLeft: pace.secondsFor(rest),
            });
          };
          ids.push(await sendFile(picked, transport, memory, { signal: control.signal, onProgress, wait }));
          before += picked.file.size;
        }
        return ids;
      } catch (error) {
        if (wasCancelled(error)) {
          for (const picked of files) {
            const upload = memory.find(picked);
            memory.forget(picked);
            if (upload !== undefined) void dropUpload(upload);
          }
        }
        throw error;
      } finally {
        setProgress(undefined);
      }
    },
    [workspace],
  );
  const forget = useCallback(
    (files: PickedFile[]) => {
      const memory = memoryOf(workspace);
      for (const picked of files) memory.forget(picked);
    },
    [workspace],
  );
  const cancel = useCallback(() => running.current?.abort(), []);
  return { progress, run, forget, cancel };
}
