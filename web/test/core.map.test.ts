import { describe, expect, test } from "vitest";
import { byGroup, byShare } from "../src/core/map/colours";
import { Grid } from "../src/core/map/grid";
import { holds, inside, thinned } from "../src/core/map/lasso";
import { Plane, type Spot } from "../src/core/map/plane";
import { type Points, readPoints } from "../src/core/map/points";
import { packed, paintPoints } from "../src/core/map/raster";

/** Numbers that look random and are always the same (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function points(count: number, place: (point: number) => Spot): Points {
  const made: Points = {
    count,
    clusters: 1,
    tasks: Float64Array.from({ length: count }, (_, point) => point + 1),
    x: new Float32Array(count),
    y: new Float32Array(count),
    distance: new Float32Array(count),
    cluster: new Int16Array(count),
  };
  for (let point = 0; point < count; point += 1) {
    const [x, y] = place(point);
    made.x[point] = x;
    made.y[point] = y;
  }
  return made;
}

function scattered(count: number): Points {
  const next = random(7);
  return points(count, () => [2 * next() - 1, 2 * next() - 1]);
}

test("points are read from bytes, and other bytes are refused", () => {
  const bytes = new ArrayBuffer(8 + 2 * 22);
  const view = new DataView(bytes);
  view.setUint32(0, 2, true);
  view.setUint32(4, 3, true);
  view.setFloat64(8, 2 ** 40, true);
  view.setFloat64(16, 7, true);
  [-1, 0.5, 1, -0.25, 3, 4].forEach((value, at) => {
    view.setFloat32(24 + 4 * at, value, true);
  });
  view.setInt16(48, 2, true);
  view.setInt16(50, -1, true);
  const read = readPoints(bytes);
  expect([...read.tasks]).toEqual([2 ** 40, 7]);
  expect([[...read.x], [...read.y], [...read.distance]]).toEqual([
    [-1, 0.5],
    [1, -0.25],
    [3, 4],
  ]);
  expect([[...read.cluster], read.clusters]).toEqual([[2, -1], 3]);
  expect(() => readPoints(bytes.slice(0, 20))).toThrow("cannot be read");
  expect(() => readPoints(new ArrayBuffer(0))).toThrow("cannot be read");
});

describe("the plane on the screen", () => {
  test("there and back again, and zooming keeps what is under the pointer", () => {
    const plane = new Plane();
    plane.resize(800, 600);
    expect(plane.toScreen([0, 0])).toEqual([400, 300]);
    expect(plane.toScreen([0, 1])[1]).toBe(16);
    const spot: Spot = [530, 120];
    const before = plane.toPlane(spot);
    plane.zoomAt(spot, 3.7);
    const after = plane.toPlane(spot);
    expect(after[0]).toBeCloseTo(before[0], 9);
    expect(after[1]).toBeCloseTo(before[1], 9);
  });

  test("it cannot be lost", () => {
    const plane = new Plane();
    plane.resize(400, 400);
    plane.panBy(1e9, -1e9);
    const [x, y] = plane.toScreen([-1, -1]);
    expect(x).toBeLessThan(400);
    expect(y).toBeGreaterThan(0);
    plane.zoomAt([0, 0], 1e12);
    expect(Number.isFinite(plane.scale)).toBe(true);
  });
});

test("the nearest point is what looking at all of them finds", () => {
  const all = scattered(5000);
  const grid = new Grid(all);
  const next = random(3);
  for (let time = 0; time < 200; time += 1) {
    const [x, y, reach] = [2.4 * next() - 1.2, 2.4 * next() - 1.2, 0.2 * next()];
    let [best, least] = [-1, reach];
    for (let point = 0; point < all.count; point += 1) {
      const far = Math.hypot((all.x[point] ?? 0) - x, (all.y[point] ?? 0) - y);
      if (far < least) [best, least] = [point, far];
    }
    expect(grid.nearest(x, y, reach)).toBe(best);
  }
  expect(new Grid(points(0, () => [0, 0])).nearest(0, 0, 1)).toBe(-1);
});

describe("a lasso", () => {
  test("holds what is inside, not what a bend leaves out", () => {
    const bend: Spot[] = [
      [0, 0],
      [3, 0],
      [3, 3],
      [2, 3],
      [2, 1],
      [1, 1],
      [1, 3],
      [0, 3],
    ];
    expect([holds(bend, 0.5, 2), holds(bend, 2.5, 2), holds(bend, 1.5, 0.5)]).toEqual([true, true, true]);
    expect([holds(bend, 1.5, 2), holds(bend, 3.5, 1), holds(bend, -0.1, 0)]).toEqual([false, false, false]);
  });

  test("finds by the grid what looking at all points finds", () => {
    const all = scattered(5000);
    const ring: Spot[] = [
      [-0.5, -0.8],
      [0.9, -0.1],
      [0.1, 0.2],
      [0.4, 1.3],
      [-0.7, 0.5],
    ];
    const expected = Array.from({ length: all.count }, (_, point) => point).filter((point) =>
      holds(ring, all.x[point] ?? 0, all.y[point] ?? 0),
    );
    expect(expected.length).toBeGreaterThan(500);
    expect(inside(all, new Grid(all), ring)).toEqual(expected);
    expect(inside(all, new Grid(all), ring.slice(0, 2))).toEqual([]);
  });

  test("is thinned", () => {
    const line = Array.from({ length: 100 }, (_, at): Spot => [at / 10, 0]);
    expect(thinned(line, 1).length).toBe(10);
  });
});

describe("colours", () => {
  test("of groups and of shares, with their counts", () => {
    const groups = byGroup([0, 1, 1, -1, 9], ["Good", "Bad"], "not labeled");
    expect(groups.legend.map(({ title, count }) => [title, count])).toEqual([
      ["Good", 1],
      ["Bad", 2],
      ["not labeled", 2],
    ]);
    expect([...groups.paint.of]).toEqual([1, 2, 2, 0, 0]);
    const shares = byShare([0, 0.99, 1, null], "none");
    expect([...shares.paint.of]).toEqual([1, 6, 6, 0]);
    expect(shares.legend.map(({ count }) => count)).toEqual([1, 2, 1]);
  });

  test("are packed as a picture has them", () => {
    const bytes = new Uint8Array(Uint32Array.of(packed("#0072b2")).buffer);
    expect([...bytes]).toEqual([0, 0x72, 0xb2, 255]);
  });
});

describe("pixels", () => {
  test("points with a value lie above those without, and what is off the screen is left out", () => {
    const three = points(3, (point) => [point === 2 ? 50 : 0, 0]);
    const plane = new Plane();
    plane.resize(40, 40);
    const pixels = new Uint32Array(1600).fill(1);
    const paint = { of: Uint8Array.of(1, 0, 1), colours: Uint32Array.of(10, 20) };
    expect(paintPoints(pixels, 40, 40, 1, three, plane, paint, 4)).toBe(2);
    expect(pixels[20 * 40 + 20]).toBe(20);
    expect(pixels[0]).toBe(0);
    expect(pixels.filter((pixel) => pixel === 20).length).toBeGreaterThan(8);
  });
});
