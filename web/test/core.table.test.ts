import { describe, expect, it } from "vitest";
import {
  block,
  cellOverlap,
  describeCells,
  isSideBySide,
  likenessOf,
  piecesOf,
  readTable,
  sameCells,
  titleOf,
} from "../src/core/table/table";

const PAIR = readTable(
  JSON.stringify({
    columns: ["name", "price", "year", "maker"],
    rows: [
      ["Pump  X-7", 12, 1999, "Ada"],
      ["pump x 7", 13, 1999, null],
    ],
    titles: ["left", "right"],
  }),
);

describe("tables", () => {
  it("say in which columns records differ", () => {
    expect([0, 1, 2, 3].map((column) => likenessOf(PAIR, column))).toEqual([
      "alike",
      "different",
      "same",
      "missing",
    ]);
  });

  it("take another spelling for the same", () => {
    const of = (left: string, right: string) =>
      likenessOf({ columns: ["a"], rows: [[left], [right]], titles: [] }, 0);
    expect([of("K370", "k-370"), of("125 mm", "125MM"), of("garden pump", "Pump, garden")]).toEqual([
      "alike",
      "alike",
      "alike",
    ]);
    expect([of("K370", "K380"), of("-", "."), of("東京", "京都")]).toEqual(Array(3).fill("different"));
  });

  it("never take another number for the same", () => {
    const of = (left: string, right: string) =>
      likenessOf({ columns: ["a"], rows: [[left], [right]], titles: [] }, 0);
    for (const [left, right] of [
      ["1.5", "15"],
      ["12,5 mm", "125 mm"],
      ["-5", "5"],
      ["at -5 °C", "at 5 °C"],
      ["1/12", "11/2"],
      ["10 5", "105"],
      ["10 x 20", "20 x 10"],
    ] as const) {
      expect(of(left, right), left).toBe("different");
    }
    expect(of("X-200", "X200")).toBe("alike");
  });

  it("tell words that only one record has, and lose nothing of the text", () => {
    const pieces = piecesOf("The red pump, new", ["the blue PUMP"]);
    expect(pieces).toEqual([
      { at: 0, text: "The ", own: false },
      { at: 4, text: "red ", own: true },
      { at: 8, text: "pump, ", own: false },
      { at: 14, text: "new", own: true },
    ]);
    expect(piecesOf("", ["x"])).toEqual([]);
    for (const text of ["  a  b ", "ä-Ö 東京 👩‍🚀", "\n"]) {
      expect(
        piecesOf(text, ["a"])
          .map((one) => one.text)
          .join(""),
      ).toBe(text);
    }
  });

  it("name rows and cells", () => {
    expect([titleOf(PAIR, 1), titleOf({ ...PAIR, titles: [] }, 0)]).toEqual(["right", "Left"]);
    expect(describeCells(PAIR, { type: "cells", cells: [[1, 1]] })).toBe("right: price");
    const all = block([0, 0], [1, 3]).map((cell) => [...cell]);
    expect(describeCells(PAIR, { type: "cells", cells: all })).toBe(
      "left: name, left: price, left: year and 5 more",
    );
    expect(isSideBySide({ ...PAIR, rows: [[], [], [], [], []] })).toBe(false);
  });

  it("know blocks of cells in every direction and compare them", () => {
    expect(block([1, 2], [0, 1])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
    ]);
    expect(sameCells([[0, 1]], [[1, 0]])).toBe(false);
    expect(
      sameCells(
        [
          [0, 1],
          [1, 1],
        ],
        [
          [1, 1],
          [0, 1],
        ],
      ),
    ).toBe(true);
    expect(
      cellOverlap(
        [[0, 0]],
        [
          [0, 0],
          [0, 1],
        ],
      ),
    ).toBe(0.5);
    expect(cellOverlap([], [])).toBe(0);
  });
});
