// Editing polygons: nearest points, snapping, borders, stretches drawn anew, holes and parts.
import { describe, expect, it } from "vitest";
import { area } from "../src/core/geometry";
import { borderBetween, nearestOn, redrawn, snapTo, withRingAdded } from "../src/core/rings";
import type { Point } from "../src/core/types";
import { seeded } from "./random";

const square: Point[] = [
  [0, 0],
  [100, 0],
  [100, 100],
  [0, 100],
];
const turned = (ring: readonly Point[], by: number) => [...ring.slice(by), ...ring.slice(0, by)];

describe("the nearest point of a ring", () => {
  it("lies on an edge or is a vertex", () => {
    expect(nearestOn(square, [30, 10])).toEqual({ at: [30, 0], index: 0, distance: 10 });
    expect(nearestOn(square, [-3, -4])).toMatchObject({ at: [0, 0], distance: 5 });
    expect(nearestOn(square, [5, 60])?.index).toBe(3);
  });

  it("is snapped to within reach, vertices before edges", () => {
    expect(snapTo([square], [98, 4], 6)).toEqual([100, 0]);
    expect(snapTo([square], [50, 4], 6)).toEqual([50, 0]);
    expect(snapTo([square], [50, 40], 6)).toBeUndefined();
    expect(snapTo([], [0, 0], 6)).toBeUndefined();
  });
});

describe("a border between two points", () => {
  it("goes the shorter way round, whichever vertex the ring begins with", () => {
    for (let by = 0; by < 4; by += 1) {
      const ring = turned(square, by);
      expect(borderBetween(ring, [80, 0], [100, 30])).toEqual([[100, 0]]);
      expect(borderBetween(ring, [100, 30], [80, 0])).toEqual([[100, 0]]);
      expect(borderBetween(ring, [80, 0], [80, 100])).toEqual([
        [100, 0],
        [100, 100],
      ]);
      expect(borderBetween(ring, [20, 0], [60, 0])).toEqual([]);
      expect(borderBetween(ring, [60, 0], [20, 0])).toEqual([]);
      expect(borderBetween(ring, [0, 0], [100, 0])).toEqual([]);
    }
  });
});

describe("a stretch drawn anew", () => {
  const areaOf = (line: Point[], ring: readonly Point[] = square) => area(redrawn(ring, line) ?? []);

  it("replaces the shorter way between its ends, in either direction", () => {
    const dent: Point[] = [
      [30, 0],
      [50, 20],
      [70, 0],
    ];
    for (let by = 0; by < 4; by += 1) {
      // A dent of 40 by 20 / 2 on one side, over a corner, and around two of them.
      expect(areaOf(dent, turned(square, by))).toBe(10_000 - 400);
      expect(areaOf([...dent].reverse(), turned(square, by))).toBe(10_000 - 400);
      const corner: Point[] = [
        [80, 0],
        [100, 20],
      ];
      expect(areaOf(corner, turned(square, by))).toBe(10_000 - 200);
      expect(areaOf([...corner].reverse(), turned(square, by))).toBe(10_000 - 200);
      const half: Point[] = [
        [60, 0],
        [60, 100],
      ];
      expect(areaOf(half, turned(square, by))).toBe(6_000);
    }
  });

  it("is refused where nothing would be left", () => {
    expect(redrawn(square, [[0, 0]])).toBeUndefined();
    const line: Point[] = [
      [0, 0],
      [10, 0],
    ];
    expect(redrawn([[0, 0]], line)).toBeUndefined();
  });

  it("never crosses itself on a convex ring when it is drawn inside", () => {
    const random = seeded(7);
    for (let turn = 0; turn < 200; turn += 1) {
      const on = (share: number): Point => {
        const way = share * 400;
        const side = Math.floor(way / 100);
        const rest = way - side * 100;
        return [
          [rest, 0],
          [100, rest],
          [100 - rest, 100],
          [0, 100 - rest],
        ][side] as Point;
      };
      const [from, to] = [random(), random()].map(on) as [Point, Point];
      const ring = redrawn(square, [from, to]);
      // Both points on one side leave the square as it is.
      if (ring) expect(area(ring)).toBeGreaterThanOrEqual(5_000 - 1e-6);
    }
  });
});

describe("one more ring", () => {
  const ring: Point[] = [
    [20, 20],
    [40, 20],
    [40, 40],
  ];

  it("is a hole inside, a part outside, and a part in a hole", () => {
    const polygon = { type: "polygon" as const, parts: [{ outer: square }] };
    const holed = withRingAdded(polygon, ring);
    expect(holed.parts).toEqual([{ outer: square, holes: [ring] }]);
    const away = ring.map(([x, y]): Point => [x + 200, y]);
    expect(withRingAdded(holed, away).parts).toHaveLength(2);
    const island: Point[] = [
      [35, 25],
      [38, 25],
      [38, 30],
    ];
    expect(withRingAdded(holed, island).parts[1]).toEqual({ outer: island });
  });
});
