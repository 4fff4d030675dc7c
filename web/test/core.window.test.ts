import { describe, expect, it } from "vitest";
import { HEIGHT_MAXIMUM, inView, piecesOf, reachable } from "../src/core/window";

describe("rows in view", () => {
  it("are those that are seen and some around them", () => {
    expect(inView(1_000_000, 33, 0, 330)).toEqual({ start: 0, end: 22 });
    expect(inView(1_000_000, 33, 33 * 500, 330)).toEqual({ start: 488, end: 522 });
    expect(inView(1_000_000, 33, 33 * 999_990, 330)).toEqual({ start: 999_978, end: 1_000_000 });
  });

  it("are none where there are none, and never others than there are", () => {
    expect(inView(0, 33, 0, 330)).toEqual({ start: 0, end: 0 });
    expect(inView(5, 33, 10_000, 330)).toEqual({ start: 5, end: 5 });
    expect(inView(5, 33, -50, 330)).toEqual({ start: 0, end: 5 });
  });

  it("of a million lie below what browsers can show", () => {
    expect(reachable(1_000_000, 33)).toBe(1_000_000);
    expect(reachable(5_000_000, 33) * 33).toBeLessThanOrEqual(HEIGHT_MAXIMUM);
  });

  it("lie in the pieces that hold them", () => {
    expect(piecesOf({ start: 95, end: 130 }, 100)).toEqual([0, 1]);
    expect(piecesOf({ start: 100, end: 200 }, 100)).toEqual([1]);
    expect(piecesOf({ start: 7, end: 7 }, 100)).toEqual([]);
  });
});
