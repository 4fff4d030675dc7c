import { api, take } from "../../api/client";
import { isStatus } from "../../ui/errors";
import type { Transport } from "./send";

/** Uploads into a workspace over HTTP. */
export function transportOf(workspace: number): Transport {
  return {
    start: (name, bytes) =>
      take(
        api.POST("/api/v1/workspaces/{workspace}/uploads", {
          params: { path: { workspace } },
          body: { name, bytes },
        }),
      ),
    async look(upload) {
      try {
        return await take(api.GET("/api/v1/uploads/{upload}", { params: { path: { upload } } }));
      } catch (error) {
        if (isStatus(error, 404)) return undefined;
        throw error;
      }
    },
    send: (upload, offset, chunk, signal) =>
      take(
        api.PATCH("/api/v1/uploads/{upload}", {
          params: { path: { upload }, header: { "Upload-Offset": offset } },
          headers: { "Content-Type": "application/octet-stream" },
          // The document knows bytes as a list of numbers; what is sent is the piece of the file itself.
          body: [] as number[],
          bodySerializer: () => chunk,
          signal,
        }),
      ),
  };
}

/** Tells the server that an upload is given up. It cleans up by itself if this does not arrive. */
export async function dropUpload(upload: number): Promise<void> {
  await take(api.DELETE("/api/v1/uploads/{upload}", { params: { path: { upload } } })).catch(() => {});
}

export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
