// The maths of the sound's editor: the axis of time, levels by ranges, what sounds, tiers.
import { describe, expect, it } from "vitest";
import { type Head, Levels, loudness } from "../src/core/audio/levels";
import { border, sounding, threshold } from "../src/core/audio/speech";
import { differences, likeness } from "../src/core/match";
import { headOf } from "../src/core/pieces";
import { rulerStep, TimeAxis, timeWords } from "../src/core/timeline/axis";
import { hits, interval, moved, rowsOf, withEdge } from "../src/core/timeline/tiers";
import type { LabelClass, Region } from "../src/core/types";

describe("axis", () => {
  const axis = () => {
    const made = new TimeAxis(441_000 * 3600, 441_000, 441_000 / 4000);
    made.resize(1000);
    made.fit();
    return made;
  };

  it("keeps what is under the pointer while zooming, and never leaves the recording", () => {
    const one = axis();
    const before = one.start + 300 * one.scale;
    one.zoom(50, 300);
    expect(one.start + 300 * one.scale).toBeCloseTo(before, 3);
    one.zoom(1e9, 300);
    expect(one.scale).toBeCloseTo(441_000 / 4000);
    one.pan(-1e9);
    expect(one.start).toBe(0);
    one.pan(1e12);
    expect(one.end).toBeCloseTo(one.ticks, 3);
    one.zoom(1e-9, 0);
    expect([one.start, Math.round(one.end)]).toEqual([0, one.ticks]);
  });

  it("goes from ticks to pixels and back, at the ends too", () => {
    const one = axis();
    one.zoom(1000, 500);
    for (const x of [0, 1, 499.5, 1000]) expect(one.toX(one.toTick(x))).toBeCloseTo(x, 2);
    expect(one.toTick(-1e9)).toBe(0);
    expect(one.toTick(1e9)).toBe(one.ticks);
  });

  it("stays whole when the window grows, and shows what lies elsewhere", () => {
    const one = axis();
    one.resize(2000);
    expect(Math.round(one.end)).toBe(one.ticks);
    one.zoom(100, 0);
    const [from, to] = [one.ticks / 2, one.ticks / 2 + 441_000];
    one.show(from, to);
    expect(one.start).toBeLessThan(from);
    expect(one.end).toBeGreaterThan(to);
    expect(one.follow(from)).toBe(false);
    expect(one.follow(one.ticks - 1)).toBe(true);
  });

  it("writes times and rounds them once", () => {
    expect(timeWords(0)).toBe("0:00.000");
    expect(timeWords(59.9996)).toBe("1:00.000");
    expect(timeWords(3723.4567)).toBe("1:02:03.457");
    expect(timeWords(75, 0)).toBe("1:15");
    expect(timeWords(5, 0)).toBe("0:05");
    expect(rulerStep(0.01, 90)).toBe(1);
    expect(rulerStep(100, 90)).toBe(3 * 3600);
  });
});

/** A file of levels with one lane: peaks of 4 samples and of 16, columns of two bands. */
function file(): ArrayBuffer {
  const head: Head = {
    ticks: 80_000,
    ticks_per_second: 8000,
    sample_rate: 8000,
    channels: 1,
    peaks: {
      lanes: 1,
      levels: [
        { samples: 16, count: 5000, offset: 0 },
        { samples: 4, count: 20_000, offset: 20_000 },
      ],
    },
    spectrogram: { bands: 2, floor_decibels: -100, levels: [{ samples: 80, count: 1000, offset: 100_000 }] },
  };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(12 + json.length + 102_000);
  bytes.set(new TextEncoder().encode("LWAUDIO1"));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, json.length, true);
  bytes.set(json, 12);
  for (let bin = 0; bin < 20_000; bin += 1) {
    view.setInt16(12 + json.length + 20_000 + bin * 4, -bin, true);
    view.setInt16(12 + json.length + 20_000 + bin * 4 + 2, bin, true);
  }
  return bytes.buffer;
}

describe("levels", () => {
  it("refuses what is none", () => {
    const nothing = async () => new ArrayBuffer(0);
    expect(() => new Levels(new ArrayBuffer(4), nothing)).toThrow("no levels");
    expect(() => new Levels(new ArrayBuffer(64), nothing)).toThrow("no levels");
  });

  it("reads the overview at once and the rest by ranges, each once", async () => {
    const whole = file();
    const asked: [number, number][] = [];
    const levels = new Levels(whole.slice(0, 30_000), async (start, end) => {
      asked.push([start, end]);
      return whole.slice(start, end);
    });
    expect(levels.read("peaks", 0, 0, 5000)?.length).toBe(20_000);
    expect(asked).toEqual([]);
    let told = 0;
    levels.pieces.subscribe(() => {
      told += 1;
    });
    // The place lies on the border of two requests.
    const { base } = headOf(whole, "LWAUDIO1");
    const from = Math.floor((65_536 - base - 20_000) / 4) - 5;
    expect(levels.read("peaks", 1, from, from + 10)).toBeUndefined();
    expect(levels.read("peaks", 1, from, from + 10)).toBeUndefined();
    const bytes = await levels.load("peaks", 1, from, from + 10);
    expect([asked.length, told]).toEqual([2, 2]);
    expect([...loudness(bytes ?? new Uint8Array(), 1)].map((one) => Math.round(one * 32767))).toEqual(
      Array.from({ length: 10 }, (_, at) => from + at),
    );
  });

  it("asks again after a failure", async () => {
    const whole = file();
    let fails = true;
    const levels = new Levels(whole.slice(0, 1000), async (start, end) => {
      if (fails) throw new Error("away");
      return whole.slice(start, end);
    });
    expect(await levels.load("spectrogram", 0, 0, 10)).toBeUndefined();
    fails = false;
    expect((await levels.load("spectrogram", 0, 0, 10))?.length).toBe(20);
  });

  it("takes the level whose bins are no wider than a pixel", () => {
    const levels = new Levels(file(), async () => new ArrayBuffer(0));
    expect(levels.fitting("peaks", 100)).toBe(0);
    expect(levels.fitting("peaks", 8)).toBe(1);
    expect(levels.fitting("peaks", 1)).toBe(1);
    expect(levels.finest("peaks", 6000)).toBe(0);
    expect(levels.bins("peaks", 1, 6, 9)).toEqual([1, 3]);
    expect(levels.bins("peaks", 1, -50, 1e9)).toEqual([0, 20_000]);
  });
});

describe("what sounds", () => {
  // 10 ms a bin: noise, one second of sound with a short gap, noise, a click, half a second of sound.
  const heard = Float32Array.from({ length: 500 }, (_, bin) => {
    const sounds = (bin >= 100 && bin < 150) || (bin >= 160 && bin < 200) || bin === 300 || bin >= 400;
    return (sounds && bin < 450) || bin === 300 ? 0.4 : 0.002 + (bin % 3) * 0.001;
  });

  it("finds stretches, joins short pauses and leaves clicks out", () => {
    expect(sounding(heard, 0.01)).toEqual([
      [97, 203],
      [397, 453],
    ]);
    expect(sounding(new Float32Array(100), 0.01)).toEqual([]);
    expect(sounding(new Float32Array(0), 0.01)).toEqual([]);
  });

  it("finds the border that is near and none that is far", () => {
    const limit = threshold(heard);
    const found = border(heard, limit, 104, 20);
    expect(found).toBeGreaterThanOrEqual(97);
    expect(found).toBeLessThanOrEqual(100);
    expect(border(heard, limit, 250, 20)).toBeUndefined();
  });
});

const region = (id: string, className: string, start: number, end: number): Region => ({
  id,
  class: className,
  geometry: { type: "interval", start, end },
  attributes: {},
});

describe("tiers", () => {
  const axis = new TimeAxis(10_000, 1000, 0.25);
  axis.resize(1000);
  axis.fit();

  it("makes ordered intervals within the recording, and none without length", () => {
    expect(interval(500, 200, 1000)).toEqual({ type: "interval", start: 200, end: 500 });
    expect(interval(-5, 2000, 1000)).toEqual({ type: "interval", start: 0, end: 1000 });
    expect(interval(7, 7, 1000)).toBeUndefined();
    expect(moved({ start: 100, end: 300 }, -500, 1000)).toEqual({ type: "interval", start: 0, end: 200 });
    expect(moved({ start: 100, end: 300 }, 5000, 1000)).toEqual({ type: "interval", start: 800, end: 1000 });
    expect(withEdge({ start: 100, end: 300 }, "start", 400, 1000)).toEqual({
      type: "interval",
      start: 300,
      end: 400,
    });
  });

  it("picks the shortest region of the tier, and edges of the selected one first", () => {
    const all = [
      region("long", "a", 0, 5000),
      region("short", "a", 1000, 2000),
      region("other", "b", 0, 9000),
    ];
    const ids = (x: number, row: string | undefined, selected: string[] = []) =>
      hits(all, axis, x, row, selected).map((hit) => `${hit.region.id} ${hit.edge ?? "-"}`);
    expect(ids(150, "a")).toEqual(["short -", "long -"]);
    expect(ids(102, "a")).toEqual(["short start", "long -"]);
    expect(ids(500, "b")).toEqual(["other -"]);
    expect(ids(502, "a", ["long"])).toEqual(["long end"]);
    // Over the waveform only the selected one has edges.
    expect(ids(150, undefined)).toEqual([]);
    expect(ids(198, undefined, ["short"])).toEqual(["short end"]);
  });

  it("gives every class a row, and with many classes those in use", () => {
    const classes = Array.from(
      { length: 12 },
      (_, at) => ({ id: `c${at}`, geometry: ["interval"] }) as LabelClass,
    );
    expect(rowsOf(classes.slice(0, 3), [], undefined)).toEqual(["c0", "c1", "c2"]);
    expect(rowsOf(classes, [region("r", "c7", 0, 1)], "c2")).toEqual(["c2", "c7"]);
  });

  it("compares intervals by the time that they share", () => {
    const [one, two] = [region("a", "x", 0, 100).geometry, region("b", "x", 50, 150).geometry];
    expect(likeness(one, two)).toBeCloseTo(1 / 3);
  });

  it("tells answers apart that heard other words", () => {
    const said = (text: string) => ({
      fields: {},
      regions: [{ ...region("r", "x", 0, 100), attributes: { text } }],
      relations: [],
    });
    expect(differences([said("yes"), said("yes")], 0.5).map((one) => one.size)).toEqual([0, 0]);
    expect(differences([said("yes"), said("no")], 0.5).map((one) => one.size)).toEqual([1, 1]);
  });
});
