// The outbox of the signed-in person, wired to the browser's database and to the server. One for the whole tab, so that
// answers go on being sent while the person looks at other pages.
import { api, take } from "../../api/client";
import { database } from "../../core/db";
import { type Draft, type DraftStore, goneOn } from "../../core/drafts";
import { Outbox, type OutboxEntry, type OutboxStore } from "../../core/outbox";
import { allRescued, forget, rescue, rescued } from "../../core/rescue";

/** Answers that are being written down. */
const underWay = new Map<string, OutboxEntry>();
window.addEventListener("pagehide", () => {
  for (const entry of underWay.values()) rescue("outbox", entry.key, entry.at, entry);
});

const store: OutboxStore = {
  async all() {
    const db = await database();
    for (const entry of allRescued<OutboxEntry>("outbox")) {
      await db.put("outbox", entry);
      forget("outbox", entry.key);
    }
    return db.getAll("outbox");
  },
  async put(entry) {
    underWay.set(entry.key, entry);
    await (await database()).put("outbox", entry);
    underWay.delete(entry.key);
    forget("outbox", entry.key);
  },
  async remove(key) {
    underWay.delete(key);
    await (await database()).delete("outbox", key);
    forget("outbox", key);
  },
};

const stepsKey = (key: string, number: number): string => `${key}#${String(number).padStart(9, "0")}`;
const stepsOf = (key: string): IDBKeyRange => IDBKeyRange.bound(`${key}#`, `${key}#\uffff`);

export const draftStore: DraftStore = {
  async get(key) {
    const { store } = (await database()).transaction("drafts");
    const [whole, steps] = await Promise.all([store.get(key), store.getAll(stepsOf(key))]);
    const last = rescued<Draft>("drafts", key);
    if (!whole || !("answer" in whole)) return last;
    const written = goneOn(
      whole,
      steps.filter((one) => "steps" in one),
    );
    return last && last.saved_at > written.saved_at ? last : written;
  },
  async put(draft, sitting) {
    const { store, done } = (await database()).transaction("drafts", "readwrite");
    const first = { key: stepsKey(draft.key, 0), sitting };
    await Promise.all([store.put(draft), store.delete(stepsOf(draft.key)), store.put(first), done]);
    forget("drafts", draft.key, draft.saved_at);
  },
  async append(key, sitting, number, steps) {
    const { store, done } = (await database()).transaction("drafts", "readwrite");
    const first = await store.get(stepsKey(key, 0));
    const own = first !== undefined && "sitting" in first && first.sitting === sitting;
    if (own) await store.put({ key: stepsKey(key, number), ...steps });
    await done;
    if (own) forget("drafts", key, steps.saved_at);
    return own;
  },
  async remove(key) {
    const { store, done } = (await database()).transaction("drafts", "readwrite");
    await Promise.all([store.delete(key), store.delete(stepsOf(key)), done]);
    forget("drafts", key);
  },
  rescue: (draft) => rescue("drafts", draft.key, draft.saved_at, draft),
};

async function send(entry: OutboxEntry): Promise<{ revision: number }> {
  const stored = await take(
    api.POST("/api/v1/tasks/{task}/submit", {
      params: { path: { task: entry.task }, header: { "Idempotency-Key": entry.key } },
      body: { epoch: entry.epoch, parent: entry.parent, answer: entry.answer, took_ms: entry.took_ms },
    }),
  );
  return { revision: stored.revision };
}

const timer = {
  now: () => Date.now(),
  wait(ms: number, then: () => void) {
    const id = setTimeout(then, ms);
    return () => clearTimeout(id);
  },
};

let current: { user: number; outbox: Outbox } | undefined;

export function outboxOf(user: number): Outbox {
  if (current?.user === user) return current.outbox;
  current?.outbox.close();
  const outbox = new Outbox(user, store, send, timer);
  current = { user, outbox };
  outbox.onRefused = (entry) => void getAgain(outbox, entry);
  void outbox.open();
  window.addEventListener("online", () => {
    if (current?.outbox === outbox) outbox.flush();
  });
  return outbox;
}

/** A lease that ran out under a finished answer: if the task is still to be had, the answer goes with the new lease. */
async function getAgain(outbox: Outbox, entry: OutboxEntry): Promise<void> {
  if (entry.refused?.code !== "lease_expired") return;
  try {
    const path = { task: entry.task };
    const assignment = await take(api.GET("/api/v1/tasks/{task}/assignment", { params: { path } }));
    await outbox.again(entry.key, {
      epoch: assignment.epoch,
      parent: assignment.annotation?.revision ?? null,
    });
  } catch {
    // It belongs to somebody else now: the entry stays with its reason, and the person decides.
  }
}
