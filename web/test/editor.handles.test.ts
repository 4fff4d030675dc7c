import { expect, test } from "vitest";
import { gripsOf, handlesOf } from "../src/editor/image/handles";

const box = { type: "box", x: 10, y: 10, width: 40, height: 20 } as const;

test("a box has fewer grips the smaller it is on the screen, and at least one", () => {
  expect(handlesOf(box)).toHaveLength(8);
  expect(gripsOf(box, 2)).toHaveLength(8);
  expect(gripsOf(box, 1.2).map((one) => one.at)).toEqual([
    [10, 10],
    [50, 10],
    [10, 30],
    [50, 30],
  ]);
  expect(gripsOf(box, 0.1).map((one) => one.at)).toEqual([[50, 30]]);
});

test("a polygon keeps its vertices, and the middles of edges that are long enough", () => {
  const outer = [
    [0, 0],
    [100, 0],
    [100, 10],
  ];
  const polygon = { type: "polygon", parts: [{ outer }] } as const;
  const kinds = (scale: number) => gripsOf(polygon as never, scale).map((one) => one.kind);
  expect(kinds(1).filter((kind) => kind === "vertex")).toHaveLength(3);
  expect(kinds(1).filter((kind) => kind === "edge")).toHaveLength(2);
  expect(kinds(10).filter((kind) => kind === "edge")).toHaveLength(3);
  expect(kinds(0.1)).toEqual(["vertex", "vertex", "vertex"]);
});
