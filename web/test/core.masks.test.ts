// Masks: run lengths, sparse tiles, strokes, and what is done with whole masks.
import { describe, expect, it } from "vitest";
import { areaOf } from "../src/core/geometry";
import { flooded, maskOf, pieces, polygonOf, sliced } from "../src/core/maskops";
import {
  maskOfRuns,
  movedMask,
  reframedMask,
  runArea,
  runBounds,
  runOverlap,
  runsOf,
} from "../src/core/runs";
import { fillRings, MaskTiles, stroke, TILE, tilesOf, writesOf } from "../src/core/tiles";
import type { Point } from "../src/core/types";
import { seeded } from "./random";

/** Rows of `#` and `.`, as one sees them. */
function drawn(...rows: string[]): MaskTiles {
  const tiles = new MaskTiles(rows[0]?.length ?? 0, rows.length);
  rows.forEach((row, y) => {
    [...row].forEach((sign, x) => {
      if (sign === "#") tiles.row(y, x, x + 1, true);
    });
  });
  return tiles;
}

function shown(tiles: MaskTiles): string[] {
  return Array.from({ length: tiles.height }, (_, y) =>
    Array.from({ length: tiles.width }, (_, x) => (tiles.get(x, y) ? "#" : ".")).join(""),
  );
}

/** Blobs, lines and specks over several tiles. */
function scribbled(seed: number, width = 300, height = 200): MaskTiles {
  const random = seeded(seed);
  const tiles = new MaskTiles(width, height);
  const at = (): Point => [random() * width, random() * height];
  for (let turn = 0; turn < 12; turn += 1) {
    stroke(tiles, at(), at(), random() * 20, random() < 0.5 ? "round" : "square", random() < 0.7);
  }
  return tiles;
}

const same = (one: MaskTiles, two: MaskTiles) =>
  expect(one.geometry().counts.join()).toBe(two.geometry().counts.join());

describe("run lengths", () => {
  // 4 wide, 3 high; the runs go down the columns.
  const mask = drawn(".##.", "..#.", "#.#.").geometry();

  it("go column by column and begin with background", () => {
    expect(mask).toMatchObject({ width: 4, height: 3, counts: [2, 2, 2, 3, 3] });
    expect([...runsOf(mask)]).toEqual([
      [2, 4],
      [6, 9],
    ]);
    expect(runArea(mask)).toBe(5);
    expect(runBounds(mask)).toEqual({ left: 0, top: 0, right: 3, bottom: 3 });
    expect(drawn("#.", "..").geometry().counts).toEqual([0, 1, 3]);
    expect(drawn("..", ".#").geometry().counts).toEqual([3, 1]);
    expect(new MaskTiles(2, 2).geometry().counts).toEqual([4]);
  });

  it("overlap as their pixels do", () => {
    const other = drawn("##..", "....", "#...").geometry();
    expect(runOverlap(mask, other)).toBeCloseTo(2 / 6, 12);
    expect(runOverlap(mask, drawn("#").geometry())).toBe(0);
  });

  it("sum to the size of the image, whatever was painted, and lead back to the same pixels", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const tiles = scribbled(seed);
      const geometry = tiles.geometry();
      expect(geometry.counts.reduce((sum, count) => sum + count, 0)).toBe(300 * 200);
      expect(geometry.counts.slice(1).every((count) => count > 0)).toBe(true);
      expect(runArea(geometry)).toBe(tiles.area);
      const again = tilesOf({ ...geometry });
      expect(again).not.toBe(tiles);
      same(again, tiles);
    }
  });

  it("move, and keep in an image of another size what lies inside it", () => {
    const tiles = scribbled(3);
    const bounds = runBounds(tiles.geometry());
    if (!bounds) throw new Error("there is a mask");
    const back = movedMask(movedMask(tiles.geometry(), -bounds.left, -bounds.top), bounds.left, bounds.top);
    expect(back.counts).toEqual(tiles.geometry().counts);
    expect(reframedMask(mask, 2, 2).counts).toEqual(drawn(".#", "..").geometry().counts);
    expect(reframedMask(mask, 5, 4).counts).toEqual(
      drawn(".##..", "..#..", "#.#..", ".....").geometry().counts,
    );
  });

  it("are joined where one ends as the next begins", () => {
    const joined = maskOfRuns(2, 3, [
      [0, 2],
      [2, 4],
    ]);
    expect(joined.counts).toEqual([0, 4, 2]);
  });
});

describe("tiles", () => {
  it("hold only what is painted on, and leave out what is outside", () => {
    const tiles = new MaskTiles(10 * TILE, 10 * TILE);
    stroke(tiles, [TILE, TILE], [TILE, TILE], 3, "round", true);
    expect([...tiles.entries()]).toHaveLength(4);
    tiles.row(-1, 0, 5, true);
    tiles.row(0, -5, 1, true);
    expect(tiles.get(0, 0)).toBe(true);
    expect(tiles.get(-1, 0)).toBe(false);
  });

  it("are shared by versions until written to: the older one stays as it was", () => {
    const first = scribbled(5);
    const before = first.geometry().counts;
    const second = first.copy();
    stroke(second, [10, 10], [250, 150], 12, "round", true);
    second.combine(scribbled(6), false);
    expect(first.geometry().counts).toEqual(before);
    const touched = [...second.entries()].filter(([key, tile]) => first.tile(key) !== tile);
    expect(touched.length).toBeGreaterThan(0);
    const small = first.copy();
    small.row(0, 0, 1, true);
    expect([...small.entries()].filter(([key, tile]) => first.tile(key) !== tile)).toHaveLength(1);
  });

  it("count what was written, so that a painter knows when its picture is old", () => {
    const tiles = new MaskTiles(100, 100);
    tiles.row(1, 0, 5, true);
    const tile = tiles.tile(0);
    if (!tile) throw new Error("it was written to");
    const before = writesOf(tile);
    tiles.row(2, 0, 5, true);
    tiles.geometry();
    expect(writesOf(tile)).toBeGreaterThan(before);
  });

  it("take a stroke whose area is that of a capsule, and of a square brush that of a square", () => {
    const [radius, length] = [45, 300];
    const round = new MaskTiles(600, 200);
    stroke(round, [100, 100.3], [100 + length, 100.3], radius, "round", true);
    const capsule = Math.PI * radius * radius + 2 * radius * length;
    expect(Math.abs(round.area / capsule - 1)).toBeLessThan(0.01);
    const square = new MaskTiles(200, 200);
    stroke(square, [100, 100], [100, 100], 10, "square", true);
    expect(square.area).toBe(400);
    stroke(square, [100, 100], [100, 100], 10, "square", false);
    expect(square.area).toBe(0);
  });

  it("take the pixel under a brush that is thinner than a pixel", () => {
    const tiles = new MaskTiles(9, 9);
    stroke(tiles, [4.9, 4.1], [4.9, 4.1], 0.5, "round", true);
    expect(tiles.area).toBe(1);
    expect(tiles.get(4, 4)).toBe(true);
  });

  it("fill the pixels whose centres lie in rings, holes left out", () => {
    const tiles = new MaskTiles(6, 6);
    const outer: Point[] = [
      [0.5, 0.5],
      [5.5, 0.5],
      [5.5, 5.5],
      [0.5, 5.5],
    ];
    const hole: Point[] = [
      [2, 2],
      [4, 2],
      [4, 4],
      [2, 4],
    ];
    fillRings(tiles, [outer, hole], true);
    expect(shown(tiles)).toEqual(["#####.", "#####.", "##..#.", "##..#.", "#####.", "......"]);
  });
});

describe("whole masks", () => {
  it("become a polygon that fills to the same pixels, with its holes and parts", () => {
    const tiles = drawn("####..", "#..#..", "#.##.#", "####.#");
    const polygon = polygonOf(tiles.geometry());
    expect(polygon?.parts).toHaveLength(2);
    expect(polygon?.parts.map((part) => part.holes?.length ?? 0)).toEqual([1, 0]);
    for (let seed = 1; seed <= 20; seed += 1) {
      const painted = scribbled(seed);
      const outline = polygonOf(painted.geometry());
      if (!outline) throw new Error("there is a mask");
      expect(areaOf(outline)).toBe(painted.area);
      const back = maskOf(outline, 300, 200);
      expect(back).toMatchObject({ counts: painted.geometry().counts });
      // Corners only: no three points in a row on one side.
      for (const part of outline.parts) {
        part.outer.forEach(([x], index) => {
          const [first, second] = [part.outer.at(index - 1), part.outer.at(index - 2)];
          expect(first?.[0] === x && second?.[0] === x).toBe(false);
        });
      }
    }
  });

  it("that touch at a corner only are two parts", () => {
    expect(polygonOf(drawn("#.", ".#").geometry())?.parts).toHaveLength(2);
  });

  it("are flooded by their sides, not their corners", () => {
    const wall = drawn("..#..", "..#..", ".#...", "#....");
    const found = flooded(5, 4, [0, 0], (x, y) => !wall.get(x, y));
    expect(found && shown(found)).toEqual(["##...", "##...", "#....", "....."]);
    expect(flooded(5, 4, [9, 0], () => true)).toBeUndefined();
    expect(flooded(5, 4, [2, 0], (x, y) => !wall.get(x, y))).toBeUndefined();
  });

  it("fall into pieces that do not hang together, the largest first", () => {
    const found = pieces(drawn("##..#", "##...", "....#"));
    expect(found.map((piece) => piece.area)).toEqual([4, 1, 1]);
    for (let seed = 1; seed <= 10; seed += 1) {
      const painted = scribbled(seed);
      const parts = pieces(painted);
      const whole = new MaskTiles(300, 200);
      for (const part of parts) whole.combine(part, true);
      same(whole, painted);
      expect(parts.reduce((sum, part) => sum + part.area, 0)).toBe(painted.area);
    }
  });

  it("are sliced along a line: every pixel is in one slice, none is lost", () => {
    const tiles = new MaskTiles(200, 100);
    fillRings(
      tiles,
      [
        [
          [20, 20],
          [180, 20],
          [180, 80],
          [20, 80],
        ],
      ],
      true,
    );
    for (const line of [
      [
        [100, 0],
        [100, 99],
      ],
      [
        [10, 10],
        [190, 95],
      ],
      [
        [60.4, 5],
        [100.2, 50.7],
        [60.9, 95],
      ],
    ] as Point[][]) {
      const slices = sliced(tiles, line);
      expect(slices).toHaveLength(2);
      expect(slices.reduce((sum, one) => sum + one.area, 0)).toBe(tiles.area);
      const [first, second] = slices;
      expect(first && second && runOverlap(first.geometry(), second.geometry())).toBe(0);
    }
    const [half] = sliced(tiles, [
      [100, 0],
      [100, 99],
    ]);
    expect(Math.abs((half?.area ?? 0) - tiles.area / 2)).toBeLessThanOrEqual(60);
    // A line that ends inside cuts nothing off.
    expect(
      sliced(tiles, [
        [100, 0],
        [100, 50],
      ]),
    ).toHaveLength(1);
  });
});
