import { describe, expect, it } from "vitest";
import { headBytes, Layer, type LayerHead, type Word } from "../src/core/document/layer";
import { boxesOf, lineStep, nearest, within } from "../src/core/document/places";
import { GAP, Stack } from "../src/core/document/stack";
import { pulled, shifted } from "../src/editor/document/grips";
import { DOCUMENT_KEYS } from "../src/editor/document/keys";

const TEXT = "Dear Zoë\nthanks 🙂\n\nend";
/** start, end, left, top, right, bottom, line, block of the words of two pages. */
const WORDS = [
  [0, 4, 10, 10, 30, 20, 0, 0],
  [5, 8, 35, 10, 50, 20, 0, 0],
  [9, 15, 10, 25, 40, 35, 1, 0],
  [16, 17, 44, 25, 52, 35, 1, 0],
  [19, 22, 1, 1, 9, 9, 0, 0],
];

function file(): ArrayBuffer {
  const text = new TextEncoder().encode(TEXT);
  const head: LayerHead = {
    media_type: "application/pdf",
    chars: 22,
    text_bytes: text.length,
    pages: [
      { width: 200, height: 100, words: 4, start: 0 },
      { width: 50, height: 50, words: 1, start: 19 },
    ],
  };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(12 + json.length + text.length + WORDS.length * 36);
  bytes.set(new TextEncoder().encode("LWDOCUM1"));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, json.length, true);
  bytes.set(json, 12);
  bytes.set(text, 12 + json.length);
  WORDS.forEach((word, index) => {
    const at = 12 + json.length + text.length + index * 36;
    word.forEach((value, place) => {
      if (place >= 2 && place < 6) view.setFloat32(at + place * 4, value, true);
      else view.setUint32(at + place * 4, value, true);
    });
    view.setFloat32(at + 32, Number.NaN, true);
  });
  return bytes.buffer;
}

async function layer(): Promise<Layer> {
  const bytes = file();
  expect(headBytes(bytes)).toBeLessThan(bytes.byteLength);
  const made = new Layer(bytes, async () => new ArrayBuffer(0));
  await made.loadText();
  return made;
}

const words = (list: readonly (readonly number[])[]): Word[] =>
  list.map(([start = 0, end = 0, left = 0, top = 0, right = 0, bottom = 0, line = 0, block = 0]) => ({
    start,
    end,
    left,
    top,
    right,
    bottom,
    line,
    block,
  }));

describe("the text layer of a document", () => {
  it("has its words page by page, and a range of the text is words", async () => {
    const one = await layer();
    expect(one.words(0)).toEqual(words(WORDS.slice(0, 4)));
    expect(one.words(1)?.[0]).toMatchObject({ start: 19, left: 1, bottom: 9 });
    expect(one.wordsOf(0, 6, 10)?.map((word) => word.start)).toEqual([5, 9]);
    expect(one.slice(5, 17)).toBe("Zoë\nthanks 🙂");
    expect([one.pageOf(0), one.pageOf(16), one.pageOf(19), one.pageOf(21)]).toEqual([0, 0, 1, 1]);
  });

  it("asks for words that lie behind what has come", async () => {
    const whole = file();
    const asked: number[] = [];
    const first = whole.slice(0, headBytes(whole) + new TextEncoder().encode(TEXT).length);
    const one = new Layer(first, async (start, end) => {
      asked.push(start);
      return whole.slice(start, end);
    });
    await one.loadText();
    expect(one.words(1)).toBeUndefined();
    await new Promise((done) => one.subscribe(() => done(undefined)));
    expect(one.words(1)?.length).toBe(1);
    expect(asked).toEqual([0]);
  });
});

describe("words on a page", () => {
  const page = words(WORDS.slice(0, 4));

  it("are one box a line", () => {
    expect(boxesOf(page)).toEqual([
      { left: 10, top: 10, right: 50, bottom: 20 },
      { left: 10, top: 25, right: 52, bottom: 35 },
    ]);
  });

  it("are meant by a place in or beside them, and by a frame around their middle", () => {
    expect(nearest(page, 20, 15)).toBe(0);
    expect(nearest(page, 90, 15)).toBe(1);
    expect(nearest(page, 25, 80)).toBe(2);
    expect(nearest([], 1, 1)).toBeUndefined();
    expect(within(page, { left: 0, top: 0, right: 41, bottom: 40 }).map((word) => word.start)).toEqual([
      0, 9,
    ]);
  });

  it("lie above and below each other", () => {
    expect(lineStep(page, 1, 1)).toBe(3);
    expect(lineStep(page, 2, -1)).toBe(0);
    expect(lineStep(page, 0, -1)).toBeUndefined();
    expect(lineStep(page, 3, 1)).toBeUndefined();
  });
});

describe("pages below each other", () => {
  it("are found by height, and only a few are near the screen", () => {
    const stack = new Stack(
      Array.from({ length: 1000 }, () => ({ width: 600, height: 800, words: 0, start: 0 })),
    );
    stack.set(1, 1000);
    expect(stack.place(0)).toEqual({ left: 200, top: GAP, width: 600, height: 800 });
    expect(stack.place(999).top).toBe(GAP + 999 * (800 + GAP));
    expect([stack.at(0), stack.at(GAP + 799), stack.at(GAP + 816), stack.at(1e9)]).toEqual([0, 0, 1, 999]);
    expect(stack.within(8000, 9000)).toEqual([9, 11]);
    expect(stack.fitting(632)).toBe(1);
    stack.set(100, 1000);
    expect(stack.height).toBeLessThan(17_000_000);
  });
});

describe("a box on a page", () => {
  const box = { left: 10, top: 10, right: 30, bottom: 20 };

  it("is pulled by its grips and moved, and stays on the page", () => {
    expect(pulled(box, { at: [30, 20], x: 1, y: 1 }, [500, 15], 200, 100)).toEqual({
      left: 10,
      top: 10,
      right: 200,
      bottom: 15,
    });
    expect(pulled(box, { at: [10, 15], x: -1, y: 0 }, [40, 15], 200, 100)).toBeUndefined();
    expect(shifted(box, -50, 500, 200, 100)).toEqual({ left: 0, top: 90, right: 20, bottom: 100 });
  });
});

describe("keys of documents", () => {
  it("are not given twice", () => {
    const keys = DOCUMENT_KEYS.flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
