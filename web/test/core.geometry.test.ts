import { describe, expect, it } from "vitest";
import { inkOn } from "../src/core/colour";
import { checkAnswer, placeOf, withDropped } from "../src/core/fields";
import { areaOf, boxBetween, insideRings, moved, overlap, ringsOf } from "../src/core/geometry";
import { agreed, differences, matched, spanOverlap } from "../src/core/match";
import { type Answer, emptyAnswer, type Field, type Geometry, type Region } from "../src/core/types";
import { handleAt, handlesOf, resizedBox, withoutVertex, withVertex } from "../src/editor/image/handles";
import { ShapeIndex } from "../src/editor/image/shapes";
import { View } from "../src/editor/image/view";

const box = (x: number, y: number, width: number, height: number): Geometry => ({
  type: "box",
  x,
  y,
  width,
  height,
});
const polygon = (...outer: [number, number][]): Geometry => ({ type: "polygon", parts: [{ outer }] });
const region = (id: string, geometry: Geometry, name = "car"): Region => ({
  id,
  class: name,
  geometry,
  attributes: {},
});

describe("boxes", () => {
  it("stay inside the image whatever is rounded", () => {
    for (let step = 0; step < 500; step += 1) {
      const start: [number, number] = [step * 0.1237, step * 0.0711];
      const made = boxBetween(start, [999, 999], 100, 80);
      if (made?.type !== "box") continue;
      expect(made.x + made.width).toBeLessThanOrEqual(100 + 1e-9);
      expect(made.y + made.height).toBeLessThanOrEqual(80 + 1e-9);
    }
    expect(boxBetween([5, 5], [5.4, 9], 100, 80)).toBeUndefined();
  });

  it("move as far as the image goes", () => {
    expect(moved(box(10, 10, 20, 20), 500, -500, 100, 80)).toEqual(box(80, 0, 20, 20));
  });

  it("turn over when a corner is pulled through the other, and keep a pixel", () => {
    const corner = handlesOf(box(10, 10, 20, 20)).find(
      (one) => one.kind === "box" && one.x === 1 && one.y === 1,
    );
    if (!corner) throw new Error("a box has corners");
    expect(resizedBox(box(10, 10, 20, 20), corner, [4, 6], 100, 80)).toEqual(box(4, 6, 6, 4));
    expect(resizedBox(box(99.5, 10, 0.5, 20), corner, [100, 40], 100, 80)).toEqual(box(99, 10, 1, 30));
    expect(handlesOf(box(0, 0, 10, 10))).toHaveLength(8);
  });
});

describe("polygons", () => {
  const triangle = polygon([0, 0], [10, 0], [0, 10]);

  it("know their area, holes left out", () => {
    const holed: Geometry = {
      type: "polygon",
      parts: [
        {
          outer: [
            [0, 0],
            [10, 0],
            [10, 10],
            [0, 10],
          ],
          holes: [
            [
              [2, 2],
              [4, 2],
              [4, 4],
              [2, 4],
            ],
          ],
        },
      ],
    };
    expect(areaOf(holed)).toBe(96);
    expect(insideRings(ringsOf(holed) ?? [], [3, 3])).toBe(false);
    expect(insideRings(ringsOf(holed) ?? [], [8, 8])).toBe(true);
  });

  it("gain and lose vertices, down to three", () => {
    const edge = handlesOf(triangle).find((one) => one.kind === "edge");
    if (!edge) throw new Error("a polygon has edges");
    const four = withVertex(triangle, edge, [5, -1]);
    expect(four).toEqual(polygon([0, 0], [5, -1], [10, 0], [0, 10]));
    const vertex = handleAt(handlesOf(four), [5.5, -1], 4);
    expect(vertex?.kind).toBe("vertex");
    expect(vertex && withoutVertex(four, vertex)).toEqual(triangle);
    const corner = handleAt(handlesOf(triangle), [0, 0], 4);
    expect(corner && withoutVertex(triangle, corner)).toBeUndefined();
  });
});

describe("overlap", () => {
  it("is exact for boxes and close for polygons", () => {
    expect(overlap(box(0, 0, 10, 10), box(5, 0, 10, 10))).toBeCloseTo(1 / 3, 10);
    const square = polygon([0, 0], [10, 0], [10, 10], [0, 10]);
    expect(overlap(square, box(5, 0, 10, 10))).toBeCloseTo(1 / 3, 1);
    expect(overlap(square, box(50, 0, 10, 10))).toBe(0);
    expect(spanOverlap([[0, 4]], [[2, 6]])).toBeCloseTo(1 / 3, 10);
  });
});

describe("matching", () => {
  const ada: Answer = {
    ...emptyAnswer(),
    regions: [region("1", box(0, 0, 10, 10)), region("2", box(50, 0, 10, 10))],
  };
  const bruno: Answer = {
    ...emptyAnswer(),
    regions: [region("a", box(1, 0, 10, 10)), region("b", box(50, 0, 10, 10), "truck")],
  };

  it("pairs each region once, the best overlap first", () => {
    const two = [region("x", box(0, 0, 10, 10)), region("y", box(2, 0, 10, 10))];
    const pairs = matched([region("z", box(2, 0, 10, 10))], two, 0.5);
    expect(pairs).toEqual([{ one: 0, two: 1, overlap: 1 }]);
  });

  it("finds what not all agree on: missing or of another class", () => {
    expect(differences([ada, bruno], 0.5).map((one) => [...one])).toEqual([["2"], ["b"]]);
    expect(differences([ada], 0.5).map((one) => one.size)).toEqual([0]);
  });

  it("merges what is agreed", () => {
    const one = { ...ada, fields: { kind: "x", note: "mine" } };
    const two = { ...bruno, fields: { kind: "x", note: "yours" } };
    const merged = agreed([one, two], 0.5);
    expect(merged.regions.map((found) => found.id)).toEqual(["1"]);
    expect(merged.fields).toEqual({ kind: "x" });
  });
});

describe("fields", () => {
  const fields: Field[] = [
    { id: "defect", title: "Defect", required: true, kind: { type: "choice", options: [] } },
    {
      id: "severity",
      title: "Severity",
      required: true,
      kind: { type: "rating", max: 5 },
      when: { field: "defect", any_of: ["dent"] },
    },
    { id: "cause", title: "Cause", kind: { type: "text" }, when: { field: "severity", any_of: [5] } },
  ];

  it("that are not asked any more lose their value, one after another", () => {
    const values = { defect: "dent", severity: 5, cause: "hail" };
    expect(withDropped(fields, values, { defect: "none" })).toEqual({
      defect: "none",
      severity: undefined,
      cause: undefined,
    });
  });

  it("complain where the server would, at the same place", () => {
    const schema = { name: "", modality: "image" as const, fields, classes: [] };
    const complaints = checkAnswer(schema, { ...emptyAnswer(), fields: { defect: "dent" } });
    expect(complaints).toEqual([{ pointer: "/fields/severity", message: "Severity is required" }]);
    expect(placeOf("/answer/fields/severity", emptyAnswer())).toEqual({ field: "severity" });
    const answer = { ...emptyAnswer(), regions: [region("r7", box(0, 0, 1, 1))] };
    expect(placeOf("/answer/regions/0/geometry", answer)).toEqual({ region: "r7" });
  });
});

describe("picking", () => {
  it("gives the smallest shape first", () => {
    const regions = [region("large", box(0, 0, 100, 100)), region("small", box(10, 10, 10, 10))];
    const index = new ShapeIndex(regions);
    const find = (id: string) => regions.find((one) => one.id === id);
    expect(index.under([15, 15], 1, find)).toEqual(["small", "large"]);
    expect(index.under([50, 50], 1, find)).toEqual(["large"]);
    expect(index.under([103, 50], 1, find)).toEqual(["large"]);
    expect(index.under([120, 50], 1, find)).toEqual([]);
  });
});

describe("View", () => {
  it("zooms at the cursor", () => {
    const view = new View(1000, 500);
    view.resize(800, 600);
    view.fit();
    const before = view.toImage([200, 300]);
    view.zoomAt([200, 300], 3);
    expect(view.toImage([200, 300])[0]).toBeCloseTo(before[0], 6);
    expect(view.toImage([200, 300])[1]).toBeCloseTo(before[1], 6);
  });
});

describe("ink", () => {
  it("can be read on its colour", () => {
    expect(inkOn("#F0E442")).toBe("#000000");
    expect(inkOn("#0072B2")).toBe("#ffffff");
  });
});
