import { describe, expect, it } from "vitest";
import { duplicates } from "../src/core/hotkeys";
import { EDITOR_KEYS, LABEL_KEYS, REVIEW_KEYS, SUGGESTION_KEYS, WALK_KEYS } from "../src/editor/shell/keys";
import { planned } from "../src/editor/text/arcplan";
import { blocksOf } from "../src/editor/text/blocks";
import { textKeys } from "../src/editor/text/keys";
import { MarkIndex } from "../src/editor/text/markindex";
import type { Mark } from "../src/editor/text/paragraphs";
import { readKept } from "../src/editor/text/work";
import { seeded } from "./random";

describe("blocks", () => {
  const wholeOf = (text: string, view: "paragraphs" | "sentences") => {
    const blocks = blocksOf(text, view);
    blocks.forEach((block, index) => {
      expect(block.index).toBe(index);
      expect(block.text).toBe(text.slice(block.start, block.end));
      expect(block.text.length).toBeLessThanOrEqual(2000);
      // Between two blocks there is nothing but a line end.
      const next = blocks[index + 1]?.start ?? text.length;
      expect(["", "\n", "\r", "\r\n"]).toContain(text.slice(block.end, next));
      expect(block.goesOn).toBe(index + 1 < blocks.length && next === block.end);
    });
    return blocks;
  };

  it("are sentences or paragraphs, and nothing is lost between them", () => {
    const text = "One. Two two! Three?\r\n\r\nFour 1.5 m. Five";
    expect(wholeOf(text, "paragraphs").map((one) => one.text)).toEqual([
      "One. Two two! Three?",
      "",
      "Four 1.5 m. Five",
    ]);
    expect(wholeOf(text, "sentences").map((one) => one.text.trim())).toEqual([
      "One.",
      "Two two!",
      "Three?",
      "",
      "Four 1.5 m.",
      "Five",
    ]);
  });

  it("of one endless line are cut at sentences, words, and between characters", () => {
    wholeOf("A sentence that is not long. ".repeat(400), "paragraphs");
    wholeOf("word ".repeat(3000), "paragraphs");
    wholeOf("word ".repeat(3000), "sentences");
    const blocks = wholeOf("👩‍🚀".repeat(2000), "paragraphs");
    for (const block of blocks) expect(block.text.length % "👩‍🚀".length).toBe(0);
    wholeOf(`x${"y".repeat(9000)} z`, "paragraphs");
  });
});

describe("MarkIndex", () => {
  it("has on every block what lies on it, whatever comes and goes", () => {
    const text = Array.from({ length: 40 }, (_, index) => "x".repeat(5 + (index % 7))).join("\n");
    const blocks = blocksOf(text, "paragraphs");
    const random = seeded(9);
    const index = new MarkIndex(blocks);
    const all = new Map<string, Mark[]>();
    for (let turn = 0; turn < 400; turn += 1) {
      const key = `r${Math.floor(random() * 30)}`;
      const marks: Mark[] = Array.from({ length: Math.floor(random() * 3) }, () => {
        const start = Math.floor(random() * (text.length - 1));
        const end = Math.min(text.length, start + 1 + Math.floor(random() * 30));
        return {
          id: key,
          region: key,
          start,
          end,
          colour: "",
          tag: "",
          style: 0,
          strong: true,
          selected: false,
        };
      });
      all.set(key, marks);
      index.set(key, marks);
      const block = blocks[Math.floor(random() * blocks.length)];
      if (!block) continue;
      const wanted = [...all.values()]
        .flat()
        .filter((mark) => mark.start < block.end && mark.end > block.start);
      const found = index.at(block.index).filter((mark) => mark.start < block.end && mark.end > block.start);
      expect(new Set(found)).toEqual(new Set(wanted));
    }
  });
});

describe("arcs", () => {
  it("over the same words run at different heights", () => {
    const arc = (from: number, to: number, y = 100) => ({ from: { x: from, y }, to: { x: to, y } });
    const heights = planned([arc(0, 300), arc(10, 40), arc(50, 90), arc(20, 80), arc(0, 300, 300)]);
    const of = (from: number, to: number, y = 100) =>
      heights.find((one) => one.from.x === from && one.to.x === to && one.from.y === y)?.height ?? 0;
    expect(of(10, 40)).toBe(of(50, 90));
    expect(of(20, 80)).toBeGreaterThan(of(10, 40));
    expect(of(0, 300)).toBeGreaterThan(of(20, 80));
    expect(of(0, 300, 300)).toBe(of(10, 40));
  });
});

describe("the keys of texts", () => {
  const span = { id: "a", title: "A", geometry: ["span" as const], color: "#000000" };
  const schema = {
    name: "x",
    modality: "text" as const,
    classes: [span],
    relations: [{ id: "r", title: "r", transitive: true }],
  };

  it("stand for one thing each, also beside those of the page", () => {
    const keys = textKeys(schema, false);
    expect(
      duplicates([...keys], [...EDITOR_KEYS], [...SUGGESTION_KEYS], [...LABEL_KEYS], [...WALK_KEYS]),
    ).toEqual([]);
    expect(duplicates([...textKeys(schema, true)], [...EDITOR_KEYS], [...REVIEW_KEYS])).toEqual([]);
  });

  it("are offered only where they have something to do", () => {
    const ids = (one: Parameters<typeof textKeys>[0]) => textKeys(one, false).map((key) => key.id);
    expect(ids({ ...schema, relations: [] })).not.toContain("relation");
    expect(ids({ ...schema, relations: [{ id: "r", title: "r" }] })).not.toContain("chain");
    expect(ids({ ...schema, classes: [] })).toEqual(["sentences"]);
  });
});

describe("what a person chose", () => {
  it("is read back, and nothing where it is spoilt", () => {
    expect(readKept('{"snap":"grapheme","view":"sentences","wholeWords":false}')).toEqual({
      snap: "grapheme",
      view: "sentences",
      wholeWords: false,
    });
    for (const spoilt of [null, "", "{", "3", "null", '{"snap":"x","view":1}'])
      expect(readKept(spoilt)).toEqual({});
  });
});
