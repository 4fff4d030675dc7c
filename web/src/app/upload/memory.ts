// Remembers unfinished uploads across reloads: choosing the same file again goes on where it was.
import type { Memory, Picked } from "./send";

const PREFIX = "labelwright.upload";

/** The same file is the one with the same name, size and time of change. */
export function fileKey(workspace: number, { name, file }: Picked): string {
  return `${PREFIX}.${workspace}.${name}.${file.size}.${file.lastModified}`;
}

export function memoryOf(workspace: number, storage: Storage = localStorage): Memory {
  return {
    find(picked) {
      const id = Number(storage.getItem(fileKey(workspace, picked)));
      return Number.isSafeInteger(id) && id > 0 ? id : undefined;
    },
    keep(picked, upload) {
      try {
        storage.setItem(fileKey(workspace, picked), String(upload));
      } catch {
        // A full storage only costs the going on after a reload.
      }
    },
    forget(picked) {
      storage.removeItem(fileKey(workspace, picked));
    },
  };
}
