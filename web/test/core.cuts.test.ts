// Polygons cut along a line, and what masks of one image may do to each other.
import { describe, expect, it } from "vitest";
import { slicedPolygon } from "../src/core/cuts";
import { areaOf, overlap } from "../src/core/geometry";
import { coverage, meet, ruled, tilesOfShape } from "../src/core/maskrules";
import { MaskTiles } from "../src/core/tiles";
import type { Geometry, Point } from "../src/core/types";
import { seeded } from "./random";

type Polygon = Geometry & { type: "polygon" };
const ring = (x: number, y: number, side: number): Point[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];
const square: Polygon = { type: "polygon", parts: [{ outer: ring(0, 0, 100) }] };

describe("a polygon cut along a line", () => {
  it("falls in two whose areas are known", () => {
    const found = slicedPolygon(square, [
      [30, -10],
      [30, 110],
    ]);
    expect(found?.map(areaOf)).toEqual([7000, 3000]);
    const bent = slicedPolygon(square, [
      [-5, 20],
      [50, 20],
      [50, -5],
    ]);
    expect(bent?.map(areaOf)).toEqual([9000, 1000]);
  });

  it("falls in three where the line goes in and out twice", () => {
    const found = slicedPolygon(square, [
      [20, -10],
      [20, 110],
      [70, 110],
      [70, -10],
    ]);
    expect(found?.map(areaOf)).toEqual([5000, 3000, 2000]);
  });

  it("stays whole where the line ends inside, passes by, or only touches", () => {
    for (const line of [
      [
        [50, -10],
        [50, 50],
      ],
      [
        [-20, 0],
        [-20, 100],
      ],
      [
        [-10, -10],
        [0, 0],
        [-10, 10],
      ],
    ] as Point[][]) {
      expect(slicedPolygon(square, line)).toHaveLength(1);
    }
  });

  it("cuts through vertices", () => {
    const found = slicedPolygon(square, [
      [-10, -10],
      [110, 110],
    ]);
    expect(found?.map(areaOf)).toEqual([5000, 5000]);
  });

  it("keeps holes with their piece, says no where the line runs through one, and keeps other parts", () => {
    const holed: Polygon = {
      type: "polygon",
      parts: [
        { outer: ring(0, 0, 100), holes: [ring(10, 10, 10), ring(70, 70, 10)] },
        { outer: ring(200, 0, 10) },
      ],
    };
    const found = slicedPolygon(holed, [
      [40, -10],
      [40, 110],
    ]);
    expect(found?.map(areaOf)).toEqual([6000 - 100 + 100, 4000 - 100]);
    expect(
      slicedPolygon(holed, [
        [15, -10],
        [15, 110],
      ]),
    ).toBeUndefined();
  });

  it("loses no area and makes no overlap, whatever the line", () => {
    const random = seeded(21);
    const star: Point[] = Array.from({ length: 14 }, (_, at) => {
      const turn = (2 * Math.PI * at) / 14;
      const far = at % 2 === 0 ? 90 : 40;
      return [100 + far * Math.cos(turn), 100 + far * Math.sin(turn)];
    });
    const whole: Polygon = { type: "polygon", parts: [{ outer: star }] };
    let cuts = 0;
    for (let turn = 0; turn < 300; turn += 1) {
      const line = Array.from(
        { length: 2 + Math.floor(random() * 3) },
        (): Point => [random() * 200, random() * 200],
      );
      const found = slicedPolygon(whole, line) ?? [];
      const sum = found.reduce((all, one) => all + areaOf(one), 0);
      // Cuts lie on hundredths of a pixel.
      expect(Math.abs(sum - areaOf(whole))).toBeLessThan(3);
      if (found.length > 1) cuts += 1;
      const [one, two] = found;
      if (one && two && turn < 30) expect(overlap(one, two)).toBeLessThan(0.02);
    }
    expect(cuts).toBeGreaterThan(50);
  });
});

describe("the rules of masks", () => {
  const area = (x: number, y: number, side: number) => {
    const tiles = new MaskTiles(200, 100);
    for (let row = y; row < y + side; row += 1) tiles.row(row, x, x + side, true);
    return tiles;
  };
  const mask = (id: string, name: string, tiles: MaskTiles, locked = false) => ({
    id,
    class: name,
    tiles,
    locked,
  });
  const own = { id: undefined, class: "road", tiles: area(0, 0, 20) };

  it("let instances overlap", () => {
    const found = ruled("instance", [mask("a", "road", area(10, 0, 20))], own);
    expect(found).toEqual({ into: undefined, tiles: own.tiles, changed: new Map(), removed: [] });
  });

  it("take pixels from others in a panoptic map, but not from locked ones", () => {
    const others = [
      mask("part", "road", area(10, 0, 20)),
      mask("gone", "sky", area(5, 5, 5)),
      mask("held", "sky", area(0, 15, 5), true),
      mask("far", "sky", area(100, 50, 5)),
    ];
    const found = ruled("panoptic", others, own);
    expect(found.into).toBeUndefined();
    expect(found.tiles.area).toBe(400 - 25);
    expect([...found.changed.keys()]).toEqual(["part"]);
    expect(found.changed.get("part")?.area).toBe(400 - 200);
    expect(found.removed).toEqual(["gone"]);
    expect(own.tiles.area).toBe(400);
    expect(others[0]?.tiles.area).toBe(400);
  });

  it("make one mask a class in a semantic map", () => {
    const others = [
      mask("a", "road", area(10, 0, 20)),
      mask("b", "sky", area(0, 10, 20)),
      mask("c", "road", area(100, 50, 10)),
    ];
    const found = ruled("semantic", others, own);
    expect(found.into).toBe("a");
    expect(found.tiles.area).toBe(400 + 200 + 100);
    expect(found.removed).toEqual(["c"]);
    expect(found.changed.get("b")?.area).toBe(400 - 200);
    const [b] = [...found.changed.values()];
    expect(b && meet(b, found.tiles)).toBe(false);
  });

  it("tell how much is in no mask and how much in several", () => {
    expect(coverage([], 200, 100)).toEqual({ unlabeled: 1, overlapping: 0 });
    const found = coverage([area(0, 0, 20), area(10, 0, 20), area(110, 0, 40)], 200, 100);
    expect(found.unlabeled).toBeCloseTo(1 - (600 + 1600) / 20000, 12);
    expect(found.overlapping).toBeCloseTo(200 / 20000, 12);
  });

  it("count shapes with an area as their pixels", () => {
    expect(tilesOfShape({ type: "box", x: 1, y: 1, width: 3, height: 2 }, 10, 10)?.area).toBe(6);
    expect(tilesOfShape({ type: "points", points: [[1, 1]] }, 10, 10)).toBeUndefined();
  });
});
