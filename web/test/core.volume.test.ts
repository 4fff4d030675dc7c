// The maths of the scans' editor: slices by ranges, windows, measures, shapes between slices, and regions on slices.
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { AnnotationDoc } from "../src/core/doc";
import { areaOf, boundsOf } from "../src/core/geometry";
import { MaskTiles, stroke } from "../src/core/tiles";
import type { Geometry, Region } from "../src/core/types";
import { between } from "../src/core/volume/between";
import { lengthOf, measured } from "../src/core/volume/measure";
import { liesOn, slicesInWords } from "../src/core/volume/slices";
import { Volume, type VolumeHead } from "../src/core/volume/volume";
import { Shades, shadeOf } from "../src/core/volume/window";

const [WIDTH, HEIGHT, COUNT] = [4, 3, 20];
const valuesOf = (slice: number) =>
  Int16Array.from({ length: WIDTH * HEIGHT }, (_, at) => slice * 100 + at - 1000);

/** A file of slices, as the server writes it: the head is filled up with blanks. */
function file(room: number): ArrayBuffer {
  const packed = Array.from({ length: COUNT }, (_, slice) =>
    deflateSync(new Uint8Array(valuesOf(slice).buffer)),
  );
  let offset = 0;
  const slices = packed.map((bytes) => {
    const place = { offset, bytes: bytes.length, slope: 2, intercept: -24 };
    offset += bytes.length;
    return place;
  });
  const head: VolumeHead = {
    grid: { size: [WIDTH, HEIGHT, COUNT], spacing: [0.5, 0.8, 2.5], measured: true },
    samples: "i16",
    inverted: false,
    unit: "HU",
    low: -2024,
    high: 2000,
    windows: [{ name: "All values", center: 0, width: 100 }],
    tags: [],
    notes: [],
    slices,
  };
  const json = new TextEncoder().encode(JSON.stringify(head).padEnd(room));
  const bytes = new Uint8Array(12 + json.length + offset);
  bytes.set(new TextEncoder().encode("LWVOLUM1"));
  new DataView(bytes.buffer).setUint32(8, json.length, true);
  bytes.set(json, 12);
  packed.forEach((one, slice) => {
    bytes.set(one, 12 + json.length + (slices[slice]?.offset ?? 0));
  });
  return bytes.buffer;
}

describe("slices", () => {
  it("come when they are looked at, and their neighbours before", async () => {
    const whole = file(4000);
    const asked: number[] = [];
    const volume = await Volume.open(whole.slice(0, 4096), async (start, end) => {
      asked.push(start);
      return whole.slice(start, end);
    });
    expect(volume.slice(7)).toBeUndefined();
    await volume.load(7);
    const slice = volume.slice(7);
    expect([...(slice?.values ?? [])]).toEqual([...valuesOf(7)]);
    expect(slice).toMatchObject({ slope: 2, intercept: -24 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(volume.slice(8)).toBeDefined();
    expect(asked.length).toBeGreaterThan(3);
  });

  it("are found behind a head that is longer than the first look", async () => {
    const whole = file(9000);
    const volume = await Volume.open(whole.slice(0, 500), async (start, end) => whole.slice(start, end));
    await volume.load(0);
    expect([...(volume.slice(0)?.values ?? [])]).toEqual([...valuesOf(0)]);
  });

  it("that do not come are asked for again", async () => {
    const whole = file(4000);
    let broken = true;
    const volume = await Volume.open(whole.slice(0, 4096), async (start, end) => {
      if (broken) throw new Error("away");
      return whole.slice(start, end);
    });
    await volume.load(3);
    expect(volume.slice(3)).toBeUndefined();
    broken = false;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await volume.load(3);
    expect(volume.slice(3)).toBeDefined();
  });
});

describe("a window", () => {
  it("is the linear one of DICOM", () => {
    // The example of PS3.3 C.11.2.1.2.1: centre 2048, width 4096 for values 0 to 4095.
    const window = { center: 2048, width: 4096 };
    expect([0, 4095, 2047.5].map((value) => shadeOf(value, window))).toEqual([0, 255, 128]);
    expect([-5, 9000].map((value) => shadeOf(value, window))).toEqual([0, 255]);
    expect([99, 100].map((value) => shadeOf(value, { center: 100, width: 1 }))).toEqual([0, 255]);
  });

  it("paints the same shades by table as value by value, and the negative", () => {
    const window = { center: 40, width: 400 };
    const values = Int16Array.from([-32768, -200, -160, 0, 17, 40, 239, 32767]);
    const [one, two] = [new Uint32Array(8), new Uint32Array(8)];
    new Shades("i16").paint({ values, slope: 1, intercept: 0 }, window, false, one);
    const wide = Int32Array.from(values);
    new Shades("i32").paint({ values: wide, slope: 1, intercept: 0 }, window, false, two);
    expect([...one]).toEqual([...two]);
    new Shades("i16").paint({ values, slope: 1, intercept: 0 }, window, true, two);
    expect((two[0] ?? 0) & 0xff).toBe(255);
    const red = new Uint32Array(1);
    new Shades("rgb").paint(
      { values: Uint8Array.from([255, 2, 1]), slope: 1, intercept: 0 },
      window,
      false,
      red,
    );
    expect(red[0]).toBe(0xff0102ff);
  });
});

describe("measures", () => {
  const grid: VolumeHead["grid"] = { size: [10, 10, 1], spacing: [0.5, 2, 1], measured: true };
  it("are millimetres across and down", () => {
    expect(
      lengthOf(
        [
          [0, 0],
          [6, 2],
        ],
        grid,
      ),
    ).toBe(5);
    const box: Geometry = { type: "box", x: 0, y: 0, width: 10, height: 3 };
    expect(measured(box, grid)).toBe("5.0 × 6.0 mm");
    const outer = [
      [0, 0],
      [10, 0],
      [10, 3],
      [0, 3],
    ];
    expect(measured({ type: "polygon", parts: [{ outer }] }, grid)).toBe("30.0 mm²");
    expect(measured({ type: "polygon", parts: [{ outer }] }, { ...grid, measured: false })).toBe("30.0 px²");
    expect(measured({ type: "points", points: [[1, 1]] }, grid)).toBe("");
  });
});

const disc = (x: number, y: number, radius: number): Geometry => {
  const tiles = new MaskTiles(64, 64);
  stroke(tiles, [x, y], [x, y], radius, "round", true);
  return tiles.geometry();
};

describe("shapes between slices", () => {
  it("of masks grow from one to the other", () => {
    const [small, large] = [disc(30, 30, 5), disc(34, 30, 15)];
    const middle = between(small, large, 0.5);
    const bounds = middle && boundsOf(middle);
    // A disc of radius 10 whose middle lies between theirs.
    expect(areaOf(middle as Geometry)).toBeGreaterThan(Math.PI * 9 ** 2);
    expect(areaOf(middle as Geometry)).toBeLessThan(Math.PI * 11.5 ** 2);
    expect(((bounds?.left ?? 0) + (bounds?.right ?? 0)) / 2).toBeCloseTo(32, -0.5);
    expect(between(small, large, 0)).toEqual(small);
    expect(between(small, large, 1)).toEqual(large);
  });

  it("of masks that touch the edge of the picture stay at it", () => {
    const [one, two] = [disc(2, 30, 6), disc(2, 34, 6)];
    expect(boundsOf(between(one, two, 0.5) as Geometry)?.left).toBe(0);
  });

  it("of polygons with different corners follow the outline", () => {
    const square = (x: number, side: number): Geometry => ({
      type: "polygon",
      parts: [
        {
          outer: [
            [x, x],
            [x + side, x],
            [x + side, x + side],
            [x, x + side],
          ],
        },
      ],
    });
    const middle = between(square(0, 10), square(10, 20), 0.5);
    expect(middle).toEqual(square(5, 15));
    const triangle: Geometry = {
      type: "polygon",
      parts: [
        {
          outer: [
            [0, 0],
            [0, 10],
            [10, 0],
          ],
        },
      ],
    };
    const area = areaOf(between(triangle, square(0, 10), 0.5) as Geometry);
    expect(area).toBeGreaterThan(55);
    expect(area).toBeLessThan(95);
  });

  it("of boxes, lines and points move in a straight line; others are not mixed", () => {
    const box = (x: number): Geometry => ({ type: "box", x, y: 0, width: 10, height: 10 });
    expect(between(box(0), box(8), 0.25)).toEqual(box(2));
    expect(between({ type: "points", points: [[0, 0]] }, { type: "points", points: [[4, 8]] }, 0.5)).toEqual({
      type: "points",
      points: [[2, 4]],
    });
    expect(between(box(0), disc(5, 5, 3), 0.5)).toBeUndefined();
  });
});

describe("regions on slices", () => {
  const region = (target?: Region["target"]): Region => ({
    id: "r",
    class: "c",
    attributes: {},
    geometry: { type: "box", x: 0, y: 0, width: 1, height: 1 },
    ...(target === undefined ? {} : { target }),
  });
  it("lie from the first to the last", () => {
    expect([1, 2, 4, 5].map((slice) => liesOn(region({ frames: [2, 4] }), slice))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(liesOn(region(), 0)).toBe(false);
    expect(slicesInWords(region({ frames: [2, 4] }))).toBe("slices 3 to 5");
    expect(slicesInWords(region({ frames: [0, 0] }))).toBe("slice 1");
  });

  it("are put on the slice that is drawn on, once", () => {
    const doc = new AnnotationDoc({ fields: {}, regions: [], relations: [] });
    doc.target = { frames: [3, 3] };
    doc.addRegion("draw", region());
    doc.addRegion("draw", { ...region({ frames: [1, 1] }), id: "s" });
    expect(doc.regions.map((one) => one.target)).toEqual([{ frames: [3, 3] }, { frames: [1, 1] }]);
    doc.target = { frames: [5, 5] };
    doc.undo();
    doc.undo();
    doc.redo();
    expect(doc.regions[0]?.target).toEqual({ frames: [3, 3] });
  });
});
