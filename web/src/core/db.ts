// The browser's own database: what must survive a killed tab. Entries carry the person, because people share machines.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Draft, DraftSteps } from "./drafts";
import type { OutboxEntry } from "./outbox";

interface Stored extends DBSchema {
  outbox: { key: string; value: OutboxEntry };
  /** Whole drafts; behind each, under its key and the number 0, whose it is, and from 1 on what was done since. */
  drafts: { key: string; value: Draft | ((DraftSteps | { sitting: string }) & { key: string }) };
}

let opened: Promise<IDBPDatabase<Stored>> | undefined;

export function database(): Promise<IDBPDatabase<Stored>> {
  opened ??= openDB<Stored>("labelwright", 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "key" });
      db.createObjectStore("drafts", { keyPath: "key" });
    },
    terminated() {
      opened = undefined;
    },
  });
  return opened;
}
