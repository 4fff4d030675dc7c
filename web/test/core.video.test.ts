import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { duplicates } from "../src/core/hotkeys";
import { differences, likeness } from "../src/core/match";
import type { Answer, Geometry, Region } from "../src/core/types";
import { FrameTable } from "../src/core/video/table";
import {
  at,
  type Keyframe,
  keyframeAt,
  merged,
  nextKeyframe,
  split,
  stretches,
  type Track,
  valuesAt,
  withKeyframe,
  withoutKeyframe,
} from "../src/core/video/tracks";
import {
  EDITOR_KEYS,
  FILTER_KEYS,
  FIX_KEYS,
  LABEL_KEYS,
  LOOK_KEYS,
  REVIEW_KEYS,
  SUGGESTION_KEYS,
  WALK_KEYS,
} from "../src/editor/shell/keys";
import { VIDEO_KEYS, videoKeys } from "../src/editor/video/keys";

const box = (x: number, width = 10): Geometry => ({ type: "box", x, y: 0, width, height: 10 });
const key = (frame: number, x: number, more: Partial<Keyframe> = {}): Keyframe => ({
  frame,
  geometry: box(x),
  ...more,
});
const track = (...keyframes: Keyframe[]): Track => ({ type: "track", keyframes });

/** A file as the server makes it. */
function table(perSecond: number, runs: [number, number][]): FrameTable {
  const frames = runs.reduce((sum, [count]) => sum + count, 0);
  const ticks = runs.reduce((sum, [count, each]) => sum + count * each, 0);
  const head = {
    media_type: "video/mp4",
    width: 4,
    height: 4,
    codec: "avc1",
    frames,
    ticks_per_second: perSecond,
    ticks,
    constant: true,
    unshown: 0,
    runs: { count: runs.length, offset: 0 },
    syncs: { count: 0, offset: runs.length * 8 },
  };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(12 + json.length + runs.length * 8);
  bytes.set(new TextEncoder().encode("LWVIDEO1"));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, json.length, true);
  bytes.set(json, 12);
  runs.flat().forEach((number, index) => {
    view.setUint32(12 + json.length + index * 4, number, true);
  });
  return new FrameTable(bytes.buffer);
}

describe("a table of frames", () => {
  it("tells the frame from the rounded time at which it begins, and a time within each frame", () => {
    const ntsc = table(30000, [[216_000, 1001]]);
    for (const frame of [0, 1, 29, 12_345, 215_999]) {
      const start = (frame * 1001) / 30000;
      // Browsers count in microseconds.
      expect(ntsc.nearest(Math.round(start * 1e6) / 1e6)).toBe(frame);
      expect(ntsc.nearest(Math.floor(start * 1e6) / 1e6)).toBe(frame);
      expect(ntsc.middle(frame)).toBeCloseTo(start + 1001 / 60000, 9);
    }
    expect(ntsc.rate).toBeCloseTo(30000 / 1001, 9);
  });

  it("knows frames that are not equally long", () => {
    const odd = table(1000, [
      [1, 20],
      [1, 40],
      [2, 100],
    ]);
    expect([0, 1, 2, 3, 4].map((frame) => odd.start(frame))).toEqual([0, 0.02, 0.06, 0.16, 0.26]);
    expect([0, 0.02, 0.0601, 0.16, 9].map((time) => odd.nearest(time))).toEqual([0, 1, 2, 3, 3]);
    expect([odd.clamped(-1), odd.clamped(7)]).toEqual([0, 3]);
  });
});

describe("tracks", () => {
  interface Case {
    what: string;
    track: Omit<Track, "type">;
    seen: [number, Geometry | null, boolean][];
    stretches: [number, number][];
  }
  const cases: Case[] = JSON.parse(readFileSync("../crates/core/tests/tracks.json", "utf8"));
  for (const { what, track: given, seen, stretches: parts } of cases) {
    it(what, () => {
      const one: Track = { type: "track", ...given };
      for (const [frame, geometry, occluded] of seen) {
        const found = at(one, frame);
        expect(found?.geometry ?? null).toEqual(geometry);
        expect(found?.occluded ?? false).toBe(occluded);
      }
      expect(stretches(one)).toEqual(parts);
    });
  }

  it("get and lose keyframes where they are", () => {
    const one = track(key(0, 0), key(10, 100));
    const three = withKeyframe(one, 5, { occluded: true });
    expect(keyframeAt(three, 5)).toEqual({ frame: 5, geometry: box(50), occluded: true });
    expect(withoutKeyframe(three, 5)).toEqual(one);
    expect(withoutKeyframe(one, 5)).toBeUndefined();
    expect(withoutKeyframe(track(key(0, 0)), 0)).toBeUndefined();
    // Beyond the end it is where it was last.
    expect(withKeyframe(one, 20, {}).keyframes.at(-1)?.geometry).toEqual(box(100));
    expect(nextKeyframe([one], 0, 1)).toBe(10);
    expect(nextKeyframe([one], 0, -1)).toBeUndefined();
  });

  it("are cut into parts that are where the whole was, and joined again", () => {
    const whole = track(key(0, 0), key(10, 100), key(12, 0, { outside: true }), key(20, 40));
    const parts = split(whole, 4);
    if (!parts) throw new Error("not cut");
    for (let frame = 0; frame < 22; frame += 1) {
      const found = frame < 4 ? at(parts[0], frame) : at(parts[1], frame);
      expect(found?.geometry).toEqual(at(whole, frame)?.geometry);
    }
    const joined = merged([parts[1], parts[0]]);
    if (!joined) throw new Error("not joined");
    for (let frame = 0; frame < 22; frame += 1) {
      expect(at(joined, frame)?.geometry).toEqual(at(whole, frame)?.geometry);
    }
    expect(split(whole, 0)).toBeUndefined();
    expect(split(whole, 25)).toBeUndefined();
    expect(merged([whole, track(key(5, 0))])).toBeUndefined();
    const apart = merged([track(key(0, 0)), track(key(9, 5))]);
    expect(apart && stretches(apart)).toEqual([
      [0, 0],
      [9, 9],
    ]);
  });

  it("have the values of their last keyframe that says one", () => {
    const region: Region = {
      id: "a",
      class: "car",
      attributes: { lights: false, kind: "bus" },
      geometry: track(key(0, 0), key(5, 0, { attributes: { lights: true } }), key(9, 0)),
    };
    expect(valuesAt(region, 4)).toEqual({ lights: false, kind: "bus" });
    expect(valuesAt(region, 9)).toEqual({ lights: true, kind: "bus" });
  });

  it("are alike by what they share of space and time", () => {
    const one = track(key(0, 0), key(9, 90));
    expect(likeness(one, one)).toBeCloseTo(1, 9);
    expect(likeness(one, track(key(0, 0), key(4, 40)))).toBeCloseTo(0.5, 9);
    expect(likeness(one, track(key(20, 0), key(29, 90)))).toBe(0);
    const answer = (geometry: Geometry): Answer => ({
      fields: {},
      relations: [],
      regions: [{ id: "r", class: "car", attributes: {}, geometry }],
    });
    const same = differences([answer(one), answer(track(key(0, 1), key(9, 91)))], 0.5);
    expect(same.map((ids) => ids.size)).toEqual([0, 0]);
    const other = differences([answer(one), answer(track(key(0, 60), key(9, 150)))], 0.5);
    expect(other.map((ids) => ids.size)).toEqual([1, 1]);
  });
});

describe("keys of videos", () => {
  it("have one meaning, but that F is the next frame and not the flag", () => {
    const tables = [EDITOR_KEYS, FILTER_KEYS, WALK_KEYS, SUGGESTION_KEYS, LABEL_KEYS];
    expect(duplicates(VIDEO_KEYS, ...tables)).toEqual(["f: frame-on and flag"]);
    expect(duplicates(VIDEO_KEYS, EDITOR_KEYS, FILTER_KEYS, WALK_KEYS, FIX_KEYS)).toEqual([]);
    const classes = [{ id: "car", title: "Car", color: "#000000", geometry: ["track" as const] }];
    const looks = videoKeys({ name: "Any", modality: "video", classes }, true);
    expect(duplicates(looks, LOOK_KEYS, REVIEW_KEYS)).toEqual([]);
    expect(looks.map((one) => one.id)).toContain("keyframe-on");
    expect(looks.map((one) => one.id)).not.toContain("keyframe");
    const without = videoKeys({ name: "Any", modality: "video", classes: [] }, false);
    expect(without.map((one) => one.id)).not.toContain("outside");
  });
});
