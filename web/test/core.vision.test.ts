// What looks at colours: wand, scissors, superpixels, the segmenter by box and clicks.
import { describe, expect, it } from "vitest";
import type { MaskTiles } from "../src/core/tiles";
import type { Point } from "../src/core/types";
import { simplified, wayTo, wireFrom } from "../src/core/vision/livewire";
import { apart, cropped, type Pixels, windowOf } from "../src/core/vision/pixels";
import { segment } from "../src/core/vision/segment";
import { superpixelsOf } from "../src/core/vision/slic";
import { runVision } from "../src/core/vision/tasks";
import { wandMask } from "../src/core/vision/wand";
import { seeded } from "./random";

type Colour = [number, number, number];
const GREY: Colour = [120, 120, 120];
const RED: Colour = [200, 60, 50];
const BLUE: Colour = [40, 70, 190];

/** A picture by a function of the place, with some noise on every channel. */
function picture(width: number, height: number, colour: (x: number, y: number) => Colour, noise = 0): Pixels {
  const random = seeded(11);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at += 1) {
    const [r, g, b] = colour(at % width, Math.floor(at / width));
    const shift = () => (random() - 0.5) * 2 * noise;
    data.set([r + shift(), g + shift(), b + shift(), 255], 4 * at);
  }
  return { width, height, data };
}

const disc = (cx: number, cy: number, radius: number) => (x: number, y: number) =>
  Math.hypot(x + 0.5 - cx, y + 0.5 - cy) < radius;

/** Intersection over union with the pixels of a shape. */
function likeness(tiles: MaskTiles | undefined, inside: (x: number, y: number) => boolean): number {
  if (!tiles) return 0;
  let [common, either] = [0, 0];
  for (let y = 0; y < tiles.height; y += 1) {
    for (let x = 0; x < tiles.width; x += 1) {
      const [one, two] = [tiles.get(x, y), inside(x, y)];
      if (one && two) common += 1;
      if (one || two) either += 1;
    }
  }
  return common / either;
}

describe("pixels", () => {
  const small = picture(4, 2, (x, y) => [10 * x, 20 * y, 0]);

  it("are told apart by their colour", () => {
    expect(apart(small, 0, 1)).toBe(100);
    expect(apart(small, 0, 5)).toBe(500);
  });

  it("are cropped in steps, inside the picture", () => {
    expect(windowOf({ left: -3, top: 0.2, right: 2.1, bottom: 9 }, 4, 2)).toEqual({
      left: 0,
      top: 0,
      right: 3,
      bottom: 2,
    });
    const half = cropped(small, { left: 0, top: 0, right: 4, bottom: 2 }, 2);
    expect([half.width, half.height]).toEqual([2, 1]);
    expect([...half.data]).toEqual([10, 20, 0, 255, 30, 20, 0, 255]);
  });
});

describe("the wand", () => {
  const split = picture(40, 30, (x) => (x < 15 ? RED : x === 30 ? RED : GREY));

  it("takes what hangs together and is of like colour", () => {
    expect(wandMask(split, [3, 3], 20)?.area).toBe(15 * 30);
    expect(wandMask(split, [30.5, 3], 20)?.area).toBe(30);
    expect(wandMask(split, [3, 3], 441)?.area).toBe(40 * 30);
    expect(wandMask(split, [-1, 3], 20)).toBeUndefined();
  });

  it("takes a colour exactly as far away as it is told, and no farther", () => {
    const steps = picture(3, 1, (x) => [10 * x, 0, 0]);
    expect(wandMask(steps, [0, 0], 9)?.area).toBe(1);
    expect(wandMask(steps, [0, 0], 10)?.area).toBe(2);
  });
});

describe("the scissors", () => {
  it("keep to the edge of a disc instead of cutting through it", () => {
    const inside = disc(60, 60, 40);
    const pixels = picture(120, 120, (x, y) => (inside(x, y) ? RED : GREY), 6);
    const [from, to]: Point[] = [
      [60, 20],
      [100, 60],
    ];
    const way = wayTo(wireFrom(pixels, from as Point), from as Point, to as Point);
    expect(way[0]).toEqual(from);
    expect(way.at(-1)).toEqual(to);
    for (const [x, y] of way) expect(Math.abs(Math.hypot(x + 0.5 - 60, y + 0.5 - 60) - 40)).toBeLessThan(3);
    expect(way.length).toBeGreaterThan(4);
  });

  it("go straight where there is no edge, and to what is out of reach", () => {
    const plain = picture(60, 60, () => GREY);
    const wire = wireFrom(plain, [5, 5], 20);
    expect(wayTo(wire, [5, 5], [20, 20])).toEqual([
      [5, 5],
      [20, 20],
    ]);
    expect(wayTo(wire, [5, 5], [55, 50])).toEqual([
      [5, 5],
      [55, 50],
    ]);
    // The lower right corner of the picture is no pixel.
    const corner = wireFrom(plain, [60, 60], 20);
    expect(wayTo(corner, [60, 60], [50, 60])[0]).toEqual([60, 60]);
  });

  it("lead from every pixel back to the start", () => {
    const pixels = picture(50, 40, (x, y) => [(x * 37) % 256, (y * 91) % 256, 0], 40);
    const wire = wireFrom(pixels, [20, 10], 200);
    const start = 10 * 50 + 20;
    wire.before.forEach((_, first) => {
      let [at, steps] = [first, 0];
      while (at !== start && steps < 2000) {
        at = wire.before[at] ?? -1;
        steps += 1;
      }
      expect(at).toBe(start);
    });
  });

  it("leave out points that say nothing", () => {
    const line: Point[] = [
      [0, 0],
      [1, 0.1],
      [2, 0],
      [3, 5],
    ];
    expect(simplified(line, 0.5)).toEqual([
      [0, 0],
      [2, 0],
      [3, 5],
    ]);
  });
});

describe("superpixels", () => {
  it("keep to an edge, hang together, and cover everything", () => {
    const pixels = picture(64, 48, (x) => (x < 29 ? RED : BLUE), 8);
    const labels = superpixelsOf(pixels, 16);
    expect(labels.length).toBe(64 * 48);
    const count = Math.max(...labels) + 1;
    expect(count).toBeGreaterThan(6);
    const [left, right] = [new Set<number>(), new Set<number>()];
    for (const [at, label] of labels.entries()) (at % 64 < 29 ? left : right).add(label);
    expect([...left].filter((label) => right.has(label))).toEqual([]);
    for (let label = 0; label < count; label += 1) {
      const at = labels.indexOf(label);
      expect(at).toBeGreaterThanOrEqual(0);
      const seen = new Set([at]);
      for (const one of seen) {
        const beside = [one % 64 > 0 ? one - 1 : -1, (one + 1) % 64 > 0 ? one + 1 : -1, one - 64, one + 64];
        for (const next of beside) if (labels[next] === label) seen.add(next);
      }
      expect(seen.size).toBe(labels.filter((one) => one === label).length);
      expect(seen.size).toBeGreaterThanOrEqual(label === 0 ? 1 : 64);
    }
  });

  it("of a plain picture are squares", () => {
    const labels = superpixelsOf(
      picture(32, 32, () => GREY),
      16,
    );
    expect([labels[0], labels[31], labels[32 * 31], labels[32 * 32 - 1]]).toEqual([0, 1, 2, 3]);
    const sizes = [0, 1, 2, 3].map((label) => labels.filter((one) => one === label).length);
    // A pixel as far from two centres as from the other goes to the first one.
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1024);
    for (const size of sizes) expect(Math.abs(size - 256)).toBeLessThanOrEqual(33);
  });
});

describe("the segmenter", () => {
  const inside = disc(90, 70, 30);
  const beside = disc(150, 70, 18);
  const pixels = picture(240, 160, (x, y) => (inside(x, y) ? RED : beside(x, y) ? BLUE : GREY), 14);

  it("finds what stands out in a box", () => {
    const box = { left: 55, top: 35, right: 125, bottom: 105 };
    expect(likeness(segment(pixels, { box }), inside)).toBeGreaterThan(0.95);
    expect(segment(pixels, { box: { left: 5, top: 5, right: 6, bottom: 30 } })).toBeUndefined();
  });

  it("finds what one click is on, however large it is", () => {
    expect(likeness(segment(pixels, { clicks: [{ at: [90, 70], on: true }] }), inside)).toBeGreaterThan(0.93);
    expect(likeness(segment(pixels, { clicks: [{ at: [150, 70], on: true }] }), beside)).toBeGreaterThan(0.9);
    const large = disc(300, 250, 200);
    const far = picture(600, 500, (x, y) => (large(x, y) ? RED : GREY), 10);
    expect(likeness(segment(far, { clicks: [{ at: [320, 240], on: true }] }), large)).toBeGreaterThan(0.93);
  });

  it("takes two clicks as one thing, and leaves out what a click says it is not", () => {
    const two = segment(pixels, {
      clicks: [
        { at: [90, 70], on: true },
        { at: [150, 70], on: true },
      ],
    });
    expect(likeness(two, (x, y) => inside(x, y) || beside(x, y))).toBeGreaterThan(0.9);
    const box = { left: 50, top: 30, right: 180, bottom: 110 };
    const clicks = [
      { at: [90, 70] as Point, on: true },
      { at: [150, 70] as Point, on: false },
    ];
    expect(likeness(segment(pixels, { box, clicks }), inside)).toBeGreaterThan(0.9);
    expect(segment(pixels, { clicks: [{ at: [150, 70], on: false }] })).toBeUndefined();
  });

  it("holds what was clicked on, and never what was clicked away", () => {
    const random = seeded(4);
    for (let turn = 0; turn < 6; turn += 1) {
      const place = (): Point => [Math.floor(random() * 240), Math.floor(random() * 160)];
      const [on, off] = [place(), place()];
      if (Math.hypot(on[0] - off[0], on[1] - off[1]) < 12) continue;
      const found = segment(pixels, {
        clicks: [
          { at: on, on: true },
          { at: off, on: false },
        ],
      });
      if (!found) continue;
      expect(found.get(...on)).toBe(true);
      expect(found.get(...off)).toBe(false);
    }
  });
});

describe("questions to a worker", () => {
  it("are answered as plain data", () => {
    const pixels = picture(60, 40, (x) => (x < 30 ? RED : GREY));
    const counts = runVision(pixels, { kind: "wand", at: [3, 3], tolerance: 10 });
    expect(counts).toEqual([0, 30 * 40, 30 * 40]);
    const block = { left: 0, top: 0, right: 32, bottom: 32 };
    expect(runVision(pixels, { kind: "superpixels", block, step: 16 })).toHaveLength(32 * 32);
    expect(runVision(pixels, { kind: "wire", from: [5, 5] }).before).toHaveLength(60 * 40);
    expect(runVision(pixels, { kind: "segment", prompt: {} })).toBeUndefined();
  });
});
