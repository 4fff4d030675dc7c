import { describe, expect, it } from "vitest";
import { chainsOf, chainTypes, inOrder, relinked } from "../src/core/chains";
import { AnnotationDoc } from "../src/core/doc";
import { Heights } from "../src/core/heights";
import { occurrences } from "../src/core/occurrences";
import { ScalarText } from "../src/core/offsets";
import { joined, type Range, rangeAt, withEdge, withRange } from "../src/core/ranges";
import { reachOf, touches, wayOf } from "../src/core/relations";
import { checkSchema } from "../src/core/schema/check";
import { findTerms, readTerms } from "../src/core/terms";
import { snapToTokens, tokenStep, tokensOf } from "../src/core/tokens";
import { emptyAnswer, type Region, type RelationType } from "../src/core/types";
import { snapToWords, trimmed, Words } from "../src/core/words";
import { seeded } from "./random";

const PIECES = [
  ..."abc xyz.,-\n",
  "é",
  "e\u0301",
  "👩‍🚀",
  "👨‍👩‍👧‍👦",
  "🇫🇷",
  "🏽",
  "\r\n",
  "漢",
  "カ",
  "か\u3099",
  "שָׁ",
  "مَ",
  "ก็",
  "ำ",
  "한",
  "क्षि",
  "ﾀﾞ",
  "\u200d",
  "  ",
];

function randomText(random: () => number, length: number): string {
  return Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]).join("");
}

describe("offsets in any script", () => {
  it("have the same grapheme boundaries piece by piece as in one go", () => {
    const whole = new Intl.Segmenter(undefined, { granularity: "grapheme" });
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = seeded(seed);
      const text = randomText(random, seed === 1 ? 20_000 : 300);
      const boundaries = new Set([...whole.segment(text)].map((one) => one.index));
      boundaries.add(text.length);
      const scalars = new ScalarText(text);
      // From all over the text, so that pieces are cut in any order.
      for (let turn = 0; turn < 400; turn += 1) {
        const at = Math.floor(random() * (text.length + 1));
        expect(scalars.isGrapheme(at), `seed ${seed}, at ${at}`).toBe(boundaries.has(at));
      }
    }
  });

  it("snap to whole characters and words, and count code points", () => {
    const words = new Words();
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seeded(seed);
      const text = randomText(random, 120);
      const scalars = new ScalarText(text);
      const [one, two] = [Math.floor(random() * text.length), Math.floor(random() * text.length)];
      const range = trimmed(scalars, one, two);
      if (!range) continue;
      const wide = trimmed(scalars, ...snapToWords(words.of(text), ...range));
      for (const [start, end] of [range, wide ?? range]) {
        expect(scalars.isGrapheme(start) && scalars.isGrapheme(end)).toBe(true);
        const cut = [...text].slice(scalars.toScalar(start), scalars.toScalar(end)).join("");
        expect(cut).toBe(text.slice(start, end));
        expect(cut.trim().length).toBeGreaterThan(0);
        expect(cut).toBe(cut.trim());
      }
    }
  });
});

describe("tokens of an item", () => {
  const text = new ScalarText("👍 can't stop");

  it("are read as words, pairs or objects, and counted in code points", () => {
    const wanted = [
      [0, 2],
      [3, 5],
      [5, 8],
      [9, 13],
    ];
    const pairs = [
      [0, 1],
      [2, 4],
      [4, 7],
      [8, 12],
    ];
    expect(tokensOf({ tokens: ["👍", "ca", "n't", "stop"] }, text)).toEqual(wanted);
    expect(tokensOf({ tokens: pairs }, text)).toEqual(wanted);
    expect(tokensOf({ tokens: JSON.stringify(pairs) }, text)).toEqual(wanted);
    expect(tokensOf({ tokens: pairs.map(([start, end]) => ({ start, end })) }, text)).toEqual(wanted);
  });

  it("that do not fit are none", () => {
    for (const tokens of [
      ["no"],
      [[0, 99]],
      [[3, 2]],
      [
        [4, 7],
        [2, 4],
      ],
      [null],
      "x",
      [],
    ]) {
      expect(tokensOf({ tokens }, text)).toBeUndefined();
    }
    expect(tokensOf(null, text)).toBeUndefined();
  });

  it("are what ranges widen to and steps go by", () => {
    const tokens = tokensOf({ tokens: ["👍", "ca", "n't", "stop"] }, text) ?? [];
    expect(snapToTokens(tokens, 4, 6)).toEqual([3, 8]);
    expect(snapToTokens(tokens, 2, 3)).toEqual([2, 3]);
    expect(tokenStep(tokens, 3, 1)).toBe(5);
    expect(tokenStep(tokens, 8, -1)).toBe(5);
    expect(tokenStep(tokens, 13, 1)).toBeUndefined();
    expect(tokenStep(tokens, 0, -1)).toBeUndefined();
  });
});

describe("ranges of a span", () => {
  it("stay sorted and apart, and cover the same characters", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = seeded(seed);
      const ranges: Range[] = [];
      const covered = new Set<number>();
      let held: Range[] = [];
      for (let turn = 0; turn < 8; turn += 1) {
        const start = Math.floor(random() * 40);
        const range: Range = [start, start + 1 + Math.floor(random() * 6)];
        ranges.push(range);
        held = withRange(held, range);
        for (let at = range[0]; at < range[1]; at += 1) covered.add(at);
      }
      expect(held).toEqual(joined(ranges));
      held.forEach(([start, end], index) => {
        expect(start).toBeLessThan(end);
        if (index > 0) expect(start).toBeGreaterThan(held[index - 1]?.[1] ?? 0);
      });
      for (let at = 0; at < 50; at += 1) expect(rangeAt(held, at) >= 0).toBe(covered.has(at));
    }
  });

  it("have edges that meet neither each other nor a neighbour", () => {
    const ranges: Range[] = [
      [2, 5],
      [8, 9],
    ];
    expect(withEdge(ranges, 0, "end", 7)).toEqual([
      [2, 7],
      [8, 9],
    ]);
    expect(withEdge(ranges, 0, "end", 8)).toBeUndefined();
    expect(withEdge(ranges, 0, "start", 5)).toBeUndefined();
    expect(withEdge(ranges, 1, "start", 5)).toBeUndefined();
    expect(withEdge(ranges, 2, "start", 5)).toBeUndefined();
  });
});

describe("every occurrence", () => {
  const found = (text: string, words: string, caseSensitive = true, wholeWords = true) => {
    const scalars = new ScalarText(text);
    const list = new Words().of(text);
    const edges = {
      isGrapheme: (unit: number) => scalars.isGrapheme(unit),
      isWordEdge: (unit: number) => !list.some((one) => one.isWord && one.start < unit && unit < one.end),
    };
    return occurrences(text, words, { caseSensitive, wholeWords }, edges).map(([start, end]) =>
      text.slice(start, end),
    );
  };

  it("keeps to case and whole words where that is asked", () => {
    const text = "Art art start ART (art)";
    expect(found(text, "art")).toEqual(["art", "art"]);
    expect(found(text, "art", false)).toEqual(["Art", "art", "ART", "art"]);
    expect(found(text, "art", true, false)).toEqual(["art", "art", "art"]);
  });

  it("takes signs of patterns as they stand, and any blank for a blank", () => {
    expect(found("a.b axb a.b", "a.b")).toEqual(["a.b", "a.b"]);
    expect(found("C++ (x) C++", "C++", true, false)).toEqual(["C++", "C++"]);
    expect(found("New York, New\nYork", "New York")).toEqual(["New York", "New\nYork"]);
  });

  it("never cuts a character", () => {
    expect(found("e e\u0301 e", "e", true, false)).toEqual(["e", "e"]);
    expect(found("👩 👩‍🚀", "👩", true, false)).toEqual(["👩"]);
  });
});

describe("relations", () => {
  const type = (from: string[], to: string[], directed = true): RelationType => ({
    id: "r",
    title: "works for",
    from,
    to,
    directed,
  });

  it("go the way that the schema allows, or not at all", () => {
    expect(wayOf(type(["person"], ["company"]), "person", "company")).toBe("forward");
    expect(wayOf(type(["person"], ["company"]), "company", "person")).toBe("back");
    expect(wayOf(type(["person"], ["company"]), "place", "company")).toBeUndefined();
    expect(wayOf(type([], []), "a", "b")).toBe("forward");
    expect(touches(type(["person"], ["company"]), "place")).toBe(false);
  });

  it("say where they may go", () => {
    const classes = [{ id: "person", title: "Person", geometry: ["span" as const], color: "#000000" }];
    expect(reachOf(type(["person"], []), classes)).toBe("works for goes from Person to any class");
  });
});

describe("chains", () => {
  const same: RelationType = { id: "same", title: "same as", transitive: true };
  const mention = (id: string, start: number): Region => ({
    id,
    class: "m",
    geometry: { type: "span", ranges: [[start, start + 1]] },
    attributes: {},
  });
  const world = (...pairs: [string, string][]) => {
    const regions = ["a", "b", "c", "d", "e", "f"].map((id, index) => mention(id, index * 10));
    const relations = pairs.map(([from, to], index) => ({
      id: `r${index}`,
      relation: "same",
      from,
      to,
      attributes: {},
    }));
    const doc = new AnnotationDoc({ ...emptyAnswer(), regions, relations });
    const chains = () =>
      chainsOf((id) => doc.region(id), doc.relations, [same]).map((one) => one.mentions.join(""));
    let count = 0;
    const link = (...groups: string[]) => {
      const ordered = groups.map((group) => inOrder([...group], (id) => doc.region(id)));
      doc.run({ name: "link", changes: relinked(doc.relations, "same", ordered, () => `n${++count}`) });
    };
    return { doc, chains, link };
  };

  it("are whatever hangs together, in the order of the text", () => {
    expect(world(["c", "a"], ["f", "d"], ["a", "e"]).chains()).toEqual(["ace", "df"]);
    expect(
      chainTypes([
        { ...same, directed: true },
        { id: "x", title: "x" },
      ]),
    ).toEqual([]);
  });

  it("are split, left and joined by links between neighbours, and one undo takes it back", () => {
    const { doc, chains, link } = world(["c", "a"], ["a", "e"], ["b", "d"]);
    const before = doc.answer();
    link("ace".replace("c", ""), "c");
    expect(chains()).toEqual(["ae", "bd"]);
    link("aebd");
    expect(chains()).toEqual(["abde"]);
    expect(doc.relations.map(({ from, to }) => from + to).sort()).toEqual(["ab", "bd", "de"]);
    link("ab", "de");
    expect(chains()).toEqual(["ab", "de"]);
    doc.undo();
    doc.undo();
    doc.undo();
    expect(doc.answer()).toEqual(before);
  });
});

describe("a person's own terms", () => {
  const classOf = (word: string) => ({ person: "person", Person: "person", year: "year" })[word];

  it("are read with what is wrong in which line", () => {
    const { list, problems } = readTerms(
      '# names\nAcme, Inc.\tperson\n"Zoë, the first",person\n/\\d{4}/,year\n/(/,year\nx\nBob,nobody\n,person',
      classOf,
    );
    expect(list.terms.map((one) => one.term)).toEqual(["Acme, Inc.", "Zoë, the first"]);
    expect(list.patterns).toEqual([{ source: "\\d{4}", flags: "gu", class: "year" }]);
    expect(problems.map((one) => one.line)).toEqual([5, 6, 7, 8]);
  });

  it("are found as whole words in any script, the longest first", () => {
    const found = (text: string, ...terms: string[]) =>
      findTerms(
        text,
        { terms: terms.map((term) => ({ term, class: "person" })), patterns: [] },
        100,
      ).found.map((one) => text.slice(one.start, one.end));
    expect(found("New York is not New, NEW YORK", "new", "New York")).toEqual([
      "New York",
      "New",
      "NEW YORK",
    ]);
    expect(found("artist art", "art")).toEqual(["art"]);
    expect(found("東京都に行く", "東京")).toEqual(["東京"]);
    expect(found("في باريس اليوم", "باريس")).toEqual(["باريس"]);
    expect(found("İstanbul Zoë", "zoë")).toEqual(["Zoë"]);
  });

  it("and patterns stop at the most that an answer holds", () => {
    const list = { terms: [], patterns: [{ source: "\\d", flags: "gu", class: "year" }] };
    expect(findTerms("1234567", list, 3)).toMatchObject({ cut: true, found: { length: 3 } });
    expect(
      findTerms("12", { terms: [], patterns: [{ source: "x*", flags: "gu", class: "year" }] }, 9).found,
    ).toEqual([]);
  });
});

describe("Heights", () => {
  it("are sums that can be searched, whatever was measured", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seeded(seed);
      const plain = Array.from(
        { length: 1 + Math.floor(random() * 70) },
        () => 1 + Math.floor(random() * 50),
      );
      const heights = new Heights(plain);
      for (let turn = 0; turn < 100; turn += 1) {
        const index = Math.floor(random() * plain.length);
        plain[index] = 1 + Math.floor(random() * 80);
        heights.set(index, plain[index] ?? 0);
      }
      let top = 0;
      plain.forEach((height, index) => {
        expect(heights.before(index)).toBe(top);
        expect(heights.at(top)).toBe(index);
        expect(heights.at(top + height - 1)).toBe(index);
        top += height;
      });
      expect(heights.before(plain.length)).toBe(top);
      expect(heights.at(top + 100)).toBe(plain.length - 1);
      expect(heights.at(-5)).toBe(0);
    }
  });
});

describe("schemas", () => {
  const mention = { id: "m", title: "M", geometry: ["span" as const], color: "#000000" };
  const codes = (relations: RelationType[], list = "genes") =>
    checkSchema({
      name: "x",
      modality: "text",
      classes: [
        { ...mention, attributes: [{ id: "entry", title: "Entry", kind: { type: "concept", list } }] },
        { ...mention, id: "n" },
      ],
      relations,
    }).map((one) => `${one.pointer} ${one.code}`);

  it("join into chains only without direction and among the same classes", () => {
    const same = { id: "same", title: "same as", transitive: true };
    expect(codes([{ ...same, from: ["m", "n"], to: ["n", "m"] }])).toEqual([]);
    expect(codes([{ ...same, directed: true }])).toEqual(["/relations/0/transitive conflict"]);
    expect(codes([{ ...same, from: ["m"], to: [] }])).toEqual(["/relations/0/transitive conflict"]);
  });

  it("name lists of concepts by plain letters", () => {
    expect(codes([], "Big List")).toEqual(["/classes/0/attributes/0/kind/list bad_name"]);
  });
});
