import { describe, expect, it } from "vitest";
import { pathOf, textPieces } from "../src/core/drawing";
import type { Geometry, Region } from "../src/core/types";

const span = (ranges: [number, number][], name: string): Region => ({
  id: name,
  geometry: { type: "span", ranges } as Geometry,
  class: name,
  attributes: {},
});

describe("shapes as paths", () => {
  it("closes outlines and goes down the columns of a mask", () => {
    const box = { type: "box", x: 1, y: 2, width: 3, height: 4 } as Geometry;
    expect(pathOf(box, 1)).toBe("M1 2L4 2L4 6L1 6Z");
    // Two pixels at the end of the first column, one at the top of the second.
    const mask = { type: "mask", width: 2, height: 3, counts: [1, 3, 2] } as Geometry;
    expect(pathOf(mask, 1)).toBe("M0 1h1v2h-1ZM1 0h1v1h-1Z");
    const bend = {
      type: "polyline",
      points: [
        [0, 0],
        [1, 1],
      ],
    } as Geometry;
    expect(pathOf(bend, 1)).toBe("M0 0L1 1");
    expect(pathOf({ type: "interval", start: 0, end: 1 } as Geometry, 1)).toBe("");
  });
});

describe("spans as pieces of a text", () => {
  it("counts characters and not the units of the language", () => {
    const regions = [span([[2, 4]], "b"), span([[0, 1]], "a"), span([[3, 9]], "late")];
    expect(textPieces("👍 éx.", regions)).toEqual([
      { at: 0, text: "👍", class: "a" },
      { at: 1, text: " " },
      { at: 2, text: "éx", class: "b" },
      { at: 4, text: "." },
    ]);
    expect(textPieces("ab", [span([[5, 9]], "out")])).toEqual([{ at: 0, text: "ab" }]);
  });
});
