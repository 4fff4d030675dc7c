import { describe, expect, it, vi } from "vitest";
import { AnnotationDoc, type Change } from "../src/core/doc";
import { type Draft, DraftKeeper, type DraftSteps, type DraftStore, goneOn } from "../src/core/drafts";
import { replayed, stepOf } from "../src/core/steps";
import { emptyAnswer, type Region } from "../src/core/types";
import { seeded } from "./random";

const span = (id: string, start: number): Region => ({
  id,
  class: "x",
  geometry: { type: "span", ranges: [[start, start + 1]] },
  attributes: {},
});

describe("steps", () => {
  it("lead to the answer that the document has, whatever was done and undone", () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seeded(seed);
      const pick = (count: number) => Math.floor(random() * count);
      const start = { ...emptyAnswer(), regions: [span("a", 0), span("b", 1), span("c", 2)] };
      const doc = new AnnotationDoc(start);
      const changes: Change[] = [];
      doc.watch((some) => changes.push(...structuredClone(some as Change[])));
      for (let turn = 0; turn < 60; turn += 1) {
        const ids = doc.regions.map((region) => region.id);
        const one = ids[pick(ids.length)] ?? "";
        const act = pick(8);
        if (act === 0) doc.addRegions("more", [span(`n${turn}`, turn), span(`m${turn}`, turn + 1)]);
        else if (act === 1) doc.removeRegions("less", [one, ids[pick(ids.length)] ?? ""]);
        else if (act === 2)
          doc.changeRegion("move", one, { geometry: { type: "span", ranges: [[turn, turn + 9]] } }, "k");
        else if (act === 3 && ids.length > 1)
          doc.addRelation("join", {
            id: `r${turn}`,
            relation: "r",
            from: one,
            to: ids[0] ?? "",
            attributes: {},
          });
        else if (act === 4) doc.setFields("say", { mood: turn % 2 ? undefined : `m${turn}` });
        else if (act === 5) doc.undo();
        else if (act === 6) doc.redo();
        else doc.rework("rework", { removed: [one], added: [span(`w${turn}`, turn)] });
      }
      expect(replayed(start, changes.map(stepOf)), `seed ${seed}`).toEqual(doc.answer());
    }
  });
});

class Memory implements DraftStore {
  draft: Draft | undefined;
  steps: DraftSteps[] = [];
  writes: string[] = [];
  fails = false;
  async get() {
    return this.draft && goneOn(this.draft, this.steps);
  }
  sitting = "";
  async put(draft: Draft, sitting: string) {
    this.writes.push("whole");
    this.sitting = sitting;
    this.draft = structuredClone(draft);
    this.steps = [];
  }
  async append(_: string, sitting: string, number: number, steps: DraftSteps) {
    if (this.fails) throw new Error("no room");
    if (sitting !== this.sitting) return false;
    this.writes.push(`${number}: ${steps.steps.length}`);
    this.steps.push(structuredClone(steps));
    return true;
  }
  async remove() {
    this.draft = undefined;
  }
  rescued: Draft | undefined;
  rescue(draft: Draft) {
    this.rescued = draft;
  }
}

describe("DraftKeeper", () => {
  const world = () => {
    vi.useFakeTimers();
    const doc = new AnnotationDoc(emptyAnswer());
    const store = new Memory();
    const light = () => ({ key: "1:1", base: null, took_ms: 1, saved_at: Date.now() });
    const keeper = new DraftKeeper(
      store,
      () => ({ ...light(), answer: doc.answer() }),
      light,
      async () => {},
    );
    doc.watch((changes) => keeper.touch(changes));
    return { doc, store, keeper };
  };

  it("writes the whole answer once, then what changed, within 50 ms", async () => {
    const { doc, store } = world();
    doc.addRegion("one", span("a", 0));
    await vi.advanceTimersByTimeAsync(50);
    expect(store.writes).toEqual(["whole"]);
    await vi.advanceTimersByTimeAsync(1000);
    doc.addRegion("two", span("b", 5));
    await vi.advanceTimersByTimeAsync(50);
    expect(store.writes).toEqual(["whole", "1: 1"]);
    expect((await store.get())?.answer).toEqual(doc.answer());
    vi.useRealTimers();
  });

  it("writes a drag a few times a second, and all of it when the page is hidden", async () => {
    const { doc, store, keeper } = world();
    doc.addRegion("one", span("a", 0));
    await vi.advanceTimersByTimeAsync(1000);
    for (let turn = 1; turn <= 60; turn += 1) {
      doc.changeRegion("move", "a", { geometry: { type: "span", ranges: [[0, turn + 1]] } }, "drag");
      await vi.advanceTimersByTimeAsync(16);
    }
    expect(store.writes.length).toBeLessThan(7);
    keeper.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect((await store.get())?.answer).toEqual(doc.answer());
    vi.useRealTimers();
  });

  it("rescues what is not written yet when the page goes away, and nothing else", async () => {
    const { doc, store, keeper } = world();
    keeper.leave();
    doc.addRegion("one", span("a", 0));
    await vi.advanceTimersByTimeAsync(1000);
    keeper.leave();
    expect(store.rescued).toBeUndefined();
    doc.addRegion("two", span("b", 5));
    keeper.leave();
    expect(store.rescued?.answer).toEqual(doc.answer());
    store.rescued = undefined;
    // The write has begun and may never end.
    keeper.leave();
    expect(store.rescued).toBeDefined();
    vi.useRealTimers();
  });

  it("begins with a whole answer again when another tab has written", async () => {
    const { doc, store } = world();
    doc.addRegion("one", span("a", 0));
    await vi.advanceTimersByTimeAsync(1000);
    await store.put({ key: "1:1", base: null, answer: emptyAnswer(), took_ms: 0, saved_at: 0 }, "another");
    doc.addRegion("two", span("b", 5));
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.writes).toEqual(["whole", "whole", "whole"]);
    expect((await store.get())?.answer).toEqual(doc.answer());
    vi.useRealTimers();
  });

  it("begins with a whole answer again when a write failed", async () => {
    const { doc, store } = world();
    doc.addRegion("one", span("a", 0));
    await vi.advanceTimersByTimeAsync(1000);
    store.fails = true;
    doc.addRegion("two", span("b", 5));
    await vi.advanceTimersByTimeAsync(1000);
    store.fails = false;
    doc.addRegion("three", span("c", 9));
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.writes).toEqual(["whole", "whole"]);
    expect((await store.get())?.answer).toEqual(doc.answer());
    vi.useRealTimers();
  });
});
