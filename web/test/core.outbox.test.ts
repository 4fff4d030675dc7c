import { describe, expect, it } from "vitest";
import { ActiveClock, IDLE_MS } from "../src/core/clock";
import { type Draft, fromServer, newest, toServer } from "../src/core/drafts";
import { uuid } from "../src/core/ids";
import { Outbox, type OutboxEntry, type OutboxStore, type Refusal, waitAfter } from "../src/core/outbox";
import { type Answer, emptyAnswer } from "../src/core/types";

const note = (text: string): Answer => ({ ...emptyAnswer(), fields: { note: text } });
const entry = (task: number, answer = note("x")) => ({
  project: 1,
  task,
  title: `t${task}`,
  epoch: 1,
  parent: null,
  answer,
  took_ms: 5,
});

class Memory implements OutboxStore {
  readonly kept = new Map<string, OutboxEntry>();
  fails = false;
  async all() {
    return [...this.kept.values()];
  }
  async put(one: OutboxEntry) {
    if (this.fails) throw new Error("no room");
    this.kept.set(one.key, structuredClone(one));
  }
  async remove(key: string) {
    this.kept.delete(key);
  }
}

/** A server that says what it is told to, and remembers what it got. */
function world(...script: (Refusal | "ok" | number)[]) {
  const sent: OutboxEntry[] = [];
  const waits: { ms: number; then: () => void }[] = [];
  const store = new Memory();
  let revision = 0;
  const send = async (one: OutboxEntry) => {
    sent.push(structuredClone(one));
    const step = script.shift() ?? "ok";
    if (step === "ok") {
      revision += 1;
      return { revision };
    }
    const problem = typeof step === "number" ? { status: step, code: "x", detail: "" } : step;
    throw Object.assign(new Error("no"), { problem });
  };
  const timer = {
    now: () => sent.length,
    wait: (ms: number, then: () => void) => {
      waits.push({ ms, then });
      return () => {};
    },
  };
  const box = new Outbox(7, store, send, timer);
  return { box, store, sent, waits };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("Outbox", () => {
  it("stores, sends once and forgets", async () => {
    const { box, store, sent } = world();
    const stored: number[] = [];
    box.watchStored((one, revision) => stored.push(one.task, revision));
    await box.add(entry(3));
    await settled();
    expect(sent).toHaveLength(1);
    expect(stored).toEqual([3, 1]);
    expect(store.kept.size).toBe(0);
    expect(box.state.queued).toEqual([]);
  });

  it("tries again under the same key, waiting longer each time", async () => {
    const { box, sent, waits } = world(0, 503, "ok");
    await box.add(entry(3));
    await settled();
    expect(box.state.away).toBe(true);
    expect(box.state.queued).toHaveLength(1);
    waits[0]?.then();
    await settled();
    expect(box.state.away).toBe(false);
    waits[1]?.then();
    await settled();
    expect(box.state.queued).toEqual([]);
    expect(new Set(sent.map((one) => one.key)).size).toBe(1);
    expect(waits.map((one) => one.ms)).toEqual([1000, 2000]);
    expect(waitAfter(30)).toBe(30_000);
  });

  it("goes on after a reload with what was written down", async () => {
    const before = world(0);
    await before.box.add(entry(3));
    await settled();
    before.box.close();
    const after = world(0);
    for (const [key, one] of before.store.kept) after.store.kept.set(key, one);
    after.store.kept.set("other", { ...entry(9), key: "other", user: 8, attempts: 0, at: 0 });
    void after.box.open();
    await after.box.opened;
    // From here on nobody takes the task for a new one.
    expect(after.box.pending(3)).toBeDefined();
    await settled();
    after.waits[0]?.then();
    await settled();
    expect(after.sent.map((one) => one.task)).toEqual([3, 3]);
    expect(after.sent[0]?.key).toBe(before.sent[0]?.key);
    // What belongs to somebody else stays for them.
    expect([...after.store.kept.keys()]).toEqual(["other"]);
  });

  it("keeps what was refused until the person decides, and sends the rest", async () => {
    const stale = { status: 409, code: "stale_parent", detail: "", head: { revision: 4, answer: {} } };
    const { box, sent, store } = world(stale, "ok", "ok");
    await box.add(entry(3));
    await box.add(entry(4));
    await settled();
    expect(box.state.refused.map((one) => one.task)).toEqual([3]);
    expect([...store.kept.values()].map((one) => one.refused?.code)).toEqual(["stale_parent"]);
    await box.again(sent[0]?.key ?? "", { parent: 4 });
    await settled();
    expect(sent.at(-1)).toMatchObject({ task: 3, parent: 4 });
    expect(sent.at(-1)?.key).not.toBe(sent[0]?.key);
    expect(store.kept.size).toBe(0);
  });

  it("builds a second answer on the revision of the first", async () => {
    const { box, sent, waits } = world(0, "ok", "ok");
    await box.add(entry(3, note("first")));
    await settled();
    await box.add(entry(3, note("second")));
    await settled();
    waits.at(-1)?.then();
    await settled();
    expect(sent.at(-1)).toMatchObject({ parent: 1, answer: note("second") });
    expect(box.state.queued).toEqual([]);
  });

  it("waits for the sign-in and loses nothing", async () => {
    const { box, sent } = world(401, "ok");
    await box.add(entry(3));
    await settled();
    expect(box.state).toMatchObject({ signedOut: true, refused: [] });
    box.flush();
    await settled();
    expect(sent).toHaveLength(2);
    expect(box.state).toMatchObject({ signedOut: false, queued: [] });
  });

  it("says so when the browser stores nothing, and sends all the same", async () => {
    const { box, store, sent } = world(0, "ok");
    store.fails = true;
    await box.add(entry(3));
    await settled();
    expect(box.state.unsafe).toBe(true);
    box.flush();
    await settled();
    expect(sent).toHaveLength(2);
  });
});

describe("drafts", () => {
  const draft: Draft = {
    key: "7:3",
    base: 2,
    answer: note("x"),
    unfinished: { polygon: [[1, 2]] },
    took_ms: 9,
    saved_at: 50,
  };

  it("come back from the server as they went", () => {
    expect(fromServer("7:3", 2, JSON.parse(JSON.stringify(toServer(draft))))).toEqual(draft);
    expect(fromServer("7:3", 2, null)).toBeUndefined();
  });

  it("that go on from another revision are old", () => {
    const newer = { ...draft, saved_at: 60 };
    expect(newest(2, draft, newer)).toBe(newer);
    expect(newest(3, draft, newer)).toBeUndefined();
  });

  it("of the server's own making go on from what is there", () => {
    expect(newest(5, fromServer("7:3", 5, note("kept")))?.answer).toEqual(note("kept"));
  });
});

describe("ActiveClock", () => {
  it("leaves out pauses of more than a minute", () => {
    const clock = new ActiveClock(1000);
    clock.touch(0);
    clock.touch(30_000);
    clock.touch(30_000 + IDLE_MS + 1);
    clock.touch(30_000 + IDLE_MS + 11);
    expect(clock.total(30_000 + IDLE_MS + 11)).toBe(31_010);
    clock.pause(30_000 + IDLE_MS + 21);
    expect(clock.total(999_999)).toBe(31_020);
  });
});

describe("uuid", () => {
  it("is version 7 and sorted by time", () => {
    const random = new Uint8Array(10).fill(255);
    expect(uuid(0x018f_2233_4455, random)).toBe("018f2233-4455-7fff-bfff-ffffffffffff");
    expect(uuid(1) < uuid(2)).toBe(true);
  });
});
