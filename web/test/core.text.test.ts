import { describe, expect, it } from "vitest";
import { ScalarText } from "../src/core/offsets";
import { snapToWords, trimmed, Words, wordStep } from "../src/core/words";
import { marksOf, paragraphAt, paragraphsOf, piecesOf } from "../src/editor/text/paragraphs";

describe("ScalarText", () => {
  it("counts as the server does: emoji, combining marks, right-to-left, line ends", () => {
    // The example of the server's own test: e + acute, a family of scalars, Hebrew, CR LF.
    const text = new ScalarText("e\u0301👩\u200d👧א\r\nz");
    expect(text.scalars).toBe(9);
    expect(text.toUnit(5)).toBe(7);
    expect(text.toScalar(7)).toBe(5);
    const boundaries = Array.from({ length: 10 }, (_, at) => at).filter((at) =>
      text.isGrapheme(text.toUnit(at)),
    );
    expect(boundaries).toEqual([0, 2, 5, 6, 8, 9]);
  });

  it("is its own inverse at every character", () => {
    for (const sample of [
      "",
      "abc",
      "a👩🏽‍🚀b",
      "مرحبا بالعالم",
      "日本語のテキスト",
      "🇩🇪🇯🇵",
      "a\ud800b",
      "x\u0301\u0302",
    ]) {
      const text = new ScalarText(sample);
      expect(text.scalars).toBe([...sample].length);
      for (let at = 0; at <= text.scalars; at += 1) expect(text.toScalar(text.toUnit(at))).toBe(at);
      expect(text.toUnit(text.scalars)).toBe(sample.length);
    }
  });

  it("slices by characters", () => {
    expect(new ScalarText("👍 Zoë 日本").slice(2, 5)).toBe("Zoë");
  });
});

describe("words", () => {
  const words = new Words();
  const snapped = (text: string, start: number, end: number) => {
    const [from, to] = snapToWords(words.of(text), start, end);
    return text.slice(from, to);
  };

  it("are whole in any script", () => {
    expect(snapped("the naïve café in Zürich", 5, 11)).toBe("naïve café");
    expect(snapped("Pádraig Byrne left", 2, 9)).toBe("Pádraig Byrne");
    expect(snapped("وصل أحمد إلى باريس", 5, 6)).toBe("أحمد");
  });

  it("trims blanks and never cuts a character", () => {
    const text = new ScalarText("  e\u0301a 👩\u200d👧 ");
    expect(trimmed(text, 0, text.text.length)).toEqual([2, text.text.length - 1]);
    expect(trimmed(text, 2, 3)).toEqual([2, 4]);
    expect(trimmed(text, 0, 2)).toBeUndefined();
  });

  it("steps to ends and beginnings", () => {
    const list = words.of("one two, three");
    expect(wordStep(list, 0, 1)).toBe(3);
    expect(wordStep(list, 3, 1)).toBe(7);
    expect(wordStep(list, 14, 1)).toBeUndefined();
    expect(wordStep(list, 9, -1)).toBe(4);
  });
});

describe("paragraphs", () => {
  it("keep their offsets over all kinds of line ends", () => {
    const text = "one\r\ntwo\n\nthree";
    const found = paragraphsOf(text);
    expect(found.map((one) => one.text)).toEqual(["one", "two", "", "three"]);
    expect(found.map((one) => text.slice(one.start, one.end))).toEqual(["one", "two", "", "three"]);
    expect(paragraphAt(found, 4).index).toBe(0);
    expect(paragraphAt(found, 5).index).toBe(1);
    expect(paragraphAt(found, 99).index).toBe(3);
  });

  it("fall into pieces that are their text, the shortest mark first", () => {
    const text = new ScalarText("the University of Zürich opens");
    const look = { colour: "#000000", tag: "", style: 0, strong: true, selected: false };
    const span = (id: string, start: number, end: number) =>
      marksOf(
        text,
        { id, class: "x", geometry: { type: "span", ranges: [[start, end]] }, attributes: {} },
        look,
      );
    const [paragraph] = paragraphsOf(text.text);
    if (!paragraph) throw new Error("there is one paragraph");
    const pieces = piecesOf(paragraph, [...span("outer", 4, 24), ...span("inner", 18, 24)]);
    expect(pieces.map((piece) => text.text.slice(piece.start, piece.end)).join("")).toBe(text.text);
    expect(pieces.at(-2)?.marks.map((mark) => mark.id)).toEqual(["inner", "outer"]);
  });
});
