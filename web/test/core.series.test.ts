// The maths of the series' editor: levels and rows by ranges, times in words, lanes.
import { describe, expect, it } from "vitest";
import { extent, lanesOf, numberWords, rangeOf } from "../src/core/series/lanes";
import { Series, type SeriesHead } from "../src/core/series/levels";
import { lengthWords, type Moment, marksOf, momentWords } from "../src/core/series/times";
import { TimeAxis } from "../src/core/timeline/axis";
import { hits } from "../src/core/timeline/tiers";
import type { Region } from "../src/core/types";

const ROWS = 40;
/** Rows at 0, 10, 20, ... with their number and its negative; the fifth is missing in the second channel. */
function file(): ArrayBuffer {
  const levels = [
    { ticks: 160, count: 3, offset: 0 },
    { ticks: 40, count: 10, offset: 48 },
  ];
  const index = 48 + 160;
  const times = index + 44;
  const values = times + ROWS * 8;
  const head: SeriesHead = {
    first: { kind: "number", seconds: 5, nanoseconds: 500_000_000 },
    ticks: 391,
    ticks_per_second: 10,
    rows: ROWS,
    channels: [
      { name: "up", base: 100, low: 100, high: 139, missing: 0 },
      { name: "down", base: 0, low: -39, high: 0, missing: 1 },
    ],
    left_out: [],
    levels,
    index,
    times,
    values,
  };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(12 + json.length + values + ROWS * 8);
  bytes.set(new TextEncoder().encode("LWSERIE1"));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, json.length, true);
  bytes.set(json, 12);
  const base = 12 + json.length;
  for (const { ticks, count, offset } of levels) {
    for (let bin = 0; bin < count; bin += 1) {
      const [low, high] = [
        Math.ceil((bin * ticks) / 10),
        Math.min(39, Math.ceil(((bin + 1) * ticks) / 10) - 1),
      ];
      [low, high, -high, -low].forEach((value, at) => {
        view.setFloat32(base + offset + (bin * 4 + at) * 4, value, true);
      });
    }
  }
  for (let bin = 0; bin <= 10; bin += 1)
    view.setUint32(base + index + bin * 4, Math.min(ROWS, bin * 4), true);
  for (let row = 0; row < ROWS; row += 1) {
    view.setFloat64(base + times + row * 8, row * 10, true);
    view.setFloat32(base + values + row * 8, row, true);
    view.setFloat32(base + values + row * 8 + 4, row === 4 ? NaN : -row, true);
  }
  return bytes.buffer;
}

const series = () => new Series(file(), async () => new ArrayBuffer(0));

describe("levels of a series", () => {
  it("takes the level whose bins are no wider than a pixel, and the rows where one looks closer", () => {
    const one = series();
    expect([one.fitting(200), one.fitting(50), one.fitting(39)]).toEqual([0, 1, undefined]);
    expect(one.bins(1, 41, 80)).toEqual([1, 2]);
    expect([...(one.read(1, 2, 3) ?? [])]).toEqual([8, 11, -11, -8]);
  });

  it("gives the rows of a stretch with one before and one behind", () => {
    const rows = series().rows(45, 79);
    if (!rows || rows === "many") throw new Error("no rows");
    expect([...rows.ticks]).toEqual([30, 40, 50, 60, 70, 80]);
    expect([...rows.values.subarray(0, 4)]).toEqual([3, -3, 4, NaN]);
  });

  it("finds the row that is nearest, with what is missing", () => {
    const one = series();
    expect(one.near(41)).toEqual({ tick: 40, values: [104, NaN] });
    expect(one.near(46)?.tick).toBe(50);
    expect(one.near(-5)?.tick).toBe(0);
    expect(one.near(9999)?.tick).toBe(390);
  });
});

describe("times of a series", () => {
  const date: Moment = { kind: "date", seconds: 1_769_860_800, nanoseconds: 0 };
  const number = (seconds: number, nanoseconds = 0): Moment => ({ kind: "number", seconds, nanoseconds });

  it("are written as the file writes them", () => {
    expect(momentWords(date, 5, 10)).toBe("2026-01-31 12:00:00.5");
    expect(momentWords(date, 90, 1)).toBe("2026-01-31 12:01:30");
    expect(momentWords(number(5, 500_000_000), 3, 10)).toBe("5.8");
    expect(momentWords(number(-1, 750_000_000), 0, 100)).toBe("-0.25");
    expect(momentWords(number(0), 7, 1)).toBe("7");
    expect(lengthWords(date, 90, 1)).toBe("90 s");
    expect(lengthWords(date, 5400, 1)).toBe("90 min");
    expect(lengthWords(number(0), 25, 10)).toBe("2.5");
  });

  it("have marks at round times, wherever the series begins", () => {
    const shifted: Moment = { ...date, seconds: date.seconds + 7 };
    expect(marksOf(shifted, 1, [0, 3600], 900)).toEqual([
      { tick: 893, words: "12:15" },
      { tick: 1793, words: "12:30" },
      { tick: 2693, words: "12:45" },
      { tick: 3593, words: "13:00" },
    ]);
    const days = marksOf(date, 1, [0, 5 * 86_400], 86_400).map((mark) => mark.words);
    expect(days).toEqual(["2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05"]);
    const numbers = marksOf(number(0, 500_000_000), 1000, [0, 1000], 200).map((mark) => mark.words);
    expect(numbers).toEqual(["0.6", "0.8", "1.0", "1.2", "1.4"]);
  });
});

describe("lanes", () => {
  it("share the height, and leave out what has no room", () => {
    expect(lanesOf([0, 2], 20, 200)).toEqual([
      { channel: 0, top: 23, height: 94 },
      { channel: 2, top: 123, height: 94 },
    ]);
    expect(lanesOf([0, 1, 2, 3], 0, 60).map((lane) => lane.channel)).toEqual([0, 1]);
  });

  it("have room at both ends, also for a constant", () => {
    expect(rangeOf(0, 100)).toEqual([-5, 105]);
    expect(rangeOf(0, 0)).toEqual([-1, 1]);
    expect(rangeOf(Infinity, -Infinity)).toEqual([-1, 1]);
    expect(extent(Float32Array.of(1, 2, 5, 6, NaN, NaN, 0, 9), 2, 1, 2)).toEqual([0, 9]);
    expect(numberWords(1.23456, 10)).toBe("1.23");
    expect(numberWords(NaN, 10)).toBe("–");
  });
});

describe("moments", () => {
  it("are found by a pointer that is near", () => {
    const axis = new TimeAxis(1000, 1, 0.01);
    axis.resize(500);
    axis.fit();
    const region: Region = {
      id: "m",
      class: "spike",
      geometry: { type: "interval", start: 500, end: 501 },
      attributes: {},
    };
    expect(hits([region], axis, 253, "spike", [])).toEqual([{ region, edge: undefined }]);
    expect(hits([region], axis, 262, "spike", [])).toEqual([]);
  });
});
