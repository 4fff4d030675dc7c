// The queue of contributions: written down before it is sent, sent until there is an answer, once.
import { describe, expect, test } from "vitest";
import { type Gift, type GiftStore, Giving } from "../src/core/giving";
import { wavFile } from "../src/core/wav";

class Shelf implements GiftStore {
  readonly kept = new Map<string, Gift>();
  broken = false;
  async all() {
    return [...this.kept.values()];
  }
  async put(gift: Gift) {
    if (this.broken) throw new Error("full");
    this.kept.set(gift.key, gift);
  }
  async remove(key: string) {
    this.kept.delete(key);
  }
}

class Timer {
  time = 1_000;
  waiting: (() => void)[] = [];
  now() {
    this.time += 1;
    return this.time;
  }
  wait(_: number, then: () => void) {
    this.waiting.push(then);
    return () => {
      this.waiting = this.waiting.filter((one) => one !== then);
    };
  }
  pass() {
    const due = this.waiting;
    this.waiting = [];
    for (const then of due) then();
  }
}

const problem = (status: number, code: string) => ({ problem: { status, code, detail: code } });
const gift = (title: string) => ({
  contributor: "lwc_1",
  kind: "text" as const,
  category: "",
  body: new Blob([title]),
  title,
});
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("contributions on their way out", () => {
  test("without a network they wait on the shelf, and a later page sends them under the same keys", async () => {
    const shelf = new Shelf();
    const timer = new Timer();
    const before = new Giving("call", shelf, () => Promise.reject(problem(0, "away")), timer);
    await before.add(gift("one"));
    await before.add(gift("two"));
    await settled();
    expect(before.state.away).toBe(true);
    expect(before.state.waiting.map((one) => one.title)).toEqual(["one", "two"]);
    const keys = [...shelf.kept.keys()];
    before.close();

    const sent: string[] = [];
    const after = new Giving("call", shelf, async (one) => void sent.push(one.key), timer);
    await after.open();
    await settled();
    expect(sent).toEqual(keys);
    expect(shelf.kept.size).toBe(0);
  });

  test("those of another call are left alone", async () => {
    const shelf = new Shelf();
    const other = new Giving("other", shelf, () => Promise.reject(problem(0, "away")), new Timer());
    await other.add(gift("theirs"));
    other.close();
    const mine = new Giving("call", shelf, async () => {}, new Timer());
    await mine.open();
    await settled();
    expect(mine.state.waiting).toEqual([]);
    expect(shelf.kept.size).toBe(1);
  });

  test("what passes is tried again, what is refused stays until it is dropped and holds up nothing", async () => {
    const shelf = new Shelf();
    const timer = new Timer();
    const answers = [problem(503, "unavailable"), problem(422, "not_an_image")];
    const giving = new Giving(
      "call",
      shelf,
      async () => {
        const next = answers.shift();
        if (next) throw next;
      },
      timer,
    );
    await giving.add(gift("one"));
    await settled();
    expect(giving.state.waiting).toHaveLength(1);
    await giving.add(gift("two"));
    timer.pass();
    await settled();
    expect(giving.state.refused.map((one) => one.refused?.code)).toEqual(["not_an_image"]);
    expect(giving.state.waiting).toEqual([]);
    const refused = giving.state.refused[0];
    await giving.drop(refused?.key ?? "");
    expect(shelf.kept.size).toBe(0);
  });

  test("other terms hold all of them until the person has agreed", async () => {
    let agreed = false;
    const giving = new Giving(
      "call",
      new Shelf(),
      async () => {
        if (!agreed) throw problem(409, "terms_changed");
      },
      new Timer(),
    );
    const held: string[] = [];
    giving.onHeld = (code) => void held.push(code);
    await giving.add(gift("one"));
    await settled();
    expect([held, giving.state.waiting.length]).toEqual([["terms_changed"], 1]);
    agreed = true;
    giving.flush();
    await settled();
    expect(giving.state.waiting).toEqual([]);
  });

  test("a full shelf is said and the gift is sent all the same", async () => {
    const shelf = new Shelf();
    shelf.broken = true;
    const sent: string[] = [];
    const giving = new Giving("call", shelf, async (one) => void sent.push(one.title), new Timer());
    await giving.add(gift("one"));
    await settled();
    expect(sent).toEqual(["one"]);
    expect(giving.state.unsafe).toBe(true);
  });
});

test("samples become a WAV file of 16 bits", async () => {
  const file = wavFile([new Float32Array([0, 0.5]), new Float32Array([-1, 2])], 16_000);
  const view = new DataView(await file.arrayBuffer());
  expect(view.byteLength).toBe(44 + 8);
  expect([view.getUint32(24, true), view.getUint32(40, true)]).toEqual([16_000, 8]);
  expect([0, 1, 2, 3].map((at) => view.getInt16(44 + at * 2, true))).toEqual([0, 16384, -32767, 32767]);
});
