// The image editor without its canvas: order, locks, keys by what a schema has, and the frames of turned shapes.
import { describe, expect, it } from "vitest";
import { boxOnLine, fitted, insideFrame, inward, outward, pulledFrame, turnedTo } from "../src/core/frames";
import { boundsOf } from "../src/core/geometry";
import type { Geometry, LabelSchema, Point, Region } from "../src/core/types";
import { imageKeys } from "../src/editor/image/keys";
import { ShapeIndex } from "../src/editor/image/shapes";
import { cuboidOf } from "../src/editor/image/tools/cuboid";
import type { EditorPlugin } from "../src/editor/plugin";
import { EditorSession } from "../src/editor/session";
import { seeded } from "./random";

const box = (id: string, x: number): Region => ({
  id,
  class: "car",
  geometry: { type: "box", x, y: 0, width: 20, height: 20 },
  attributes: {},
});
const ALL = { left: -1, top: -1, right: 1000, bottom: 1000 };

describe("shapes on the screen", () => {
  it("come in the order of the answer, also after it changed", () => {
    const random = seeded(1);
    const regions = Array.from({ length: 300 }, (_, at) => box(`r${at}`, random() * 900));
    const index = new ShapeIndex(regions);
    expect(index.ordered(ALL, regions)).toEqual(regions);
    const part = index.ordered({ left: 100, top: 0, right: 300, bottom: 9 }, regions);
    expect(part).toEqual(regions.filter((one) => part.includes(one)));
    expect(part.length).toBeGreaterThan(20);
    expect(part.length).toBeLessThan(200);
    const turned = regions.toReversed();
    expect(index.ordered(ALL, turned)).toEqual(turned);
    const fewer = regions.slice(1);
    index.follow([{ kind: "region", id: "r0", at: 0, before: regions[0] }]);
    expect(index.ordered(ALL, fewer)).toEqual(fewer);
    const pushed = [box("r1", 950), ...fewer.slice(1)];
    index.follow([{ kind: "region", id: "r1", at: -1, before: fewer[0], after: pushed[0] }]);
    expect(index.ordered({ left: 940, top: 0, right: 999, bottom: 9 }, pushed)).toContain(pushed[0]);
  });
});

const SCHEMA: LabelSchema = {
  name: "s",
  modality: "image",
  classes: [
    { id: "car", title: "Car", geometry: ["box"], color: "#000000" },
    { id: "bus", title: "Bus", geometry: ["box"], color: "#000000" },
  ],
};

describe("a locked region", () => {
  it("is neither deleted, nor made something else, nor given attributes", () => {
    const plugin = { kind: "image", geometries: ["box"], tools: () => [], describe: () => "" } as unknown;
    const session = new EditorSession({
      schema: SCHEMA,
      media: { kind: "image", bitmap: {} as ImageBitmap, width: 100, height: 100 },
      plugin: plugin as EditorPlugin,
      answer: { fields: {}, regions: [box("a", 0), box("b", 50)], relations: [] },
    });
    const said: string[] = [];
    session.announce = (words) => void said.push(words);
    session.ui.set({ locked: new Set(["a"]), selection: ["a", "b"] });
    session.removeSelected();
    expect(session.doc.regions).toHaveLength(2);
    session.pickClass("bus");
    session.setAttribute(["a", "b"], "x", 1);
    expect(session.doc.regions.map((one) => one.class)).toEqual(["car", "bus"]);
    expect(said.filter((words) => words === "A selected region is locked").length).toBeGreaterThan(1);
    session.ui.set({ locked: new Set() });
    session.removeSelected();
    expect(session.doc.regions).toHaveLength(0);
  });
});

describe("keys", () => {
  const ids = (classes: LabelSchema["classes"]) =>
    imageKeys({ name: "s", modality: "image", classes }, false).map((one) => one.id);
  const of = (geometry: ("box" | "polygon" | "mask")[], attributes = {}) =>
    ids([{ id: "a", title: "A", geometry, color: "#000000", ...attributes }]);

  it("are there for what the classes can be", () => {
    expect(of(["box"])).toContain("tool-extreme-box");
    expect(of(["box"])).not.toContain("tool-slice");
    expect(of(["box"])).not.toContain("join");
    expect(of(["polygon"])).toEqual(expect.arrayContaining(["tool-slice", "join", "tool-scissors"]));
    expect(of(["polygon"])).not.toContain("cut-out");
    expect(of(["mask"])).toEqual(expect.arrayContaining(["tool-prompt", "cut-out", "brush-larger"]));
    expect(of(["mask"])).not.toContain("group");
    const group = { attributes: [{ id: "group_id", title: "Group", kind: { type: "number" } }] };
    expect(of(["mask"], group)).toEqual(expect.arrayContaining(["group", "select-group"]));
  });
});

type Turned = Geometry & { type: "rotated_box" };
const turned: Turned = { type: "rotated_box", cx: 50, cy: 40, width: 30, height: 20, angle: 30 };

describe("turned shapes", () => {
  it("go into their own axes and back", () => {
    const random = seeded(9);
    for (let turn = 0; turn < 50; turn += 1) {
      const point: Point = [random() * 100, random() * 100];
      const back = outward(turned, inward(turned, point));
      expect(Math.hypot(back[0] - point[0], back[1] - point[1])).toBeLessThan(1e-9);
    }
  });

  it("keep the corner across from the one that is pulled", () => {
    const corner = outward(turned, [-15, -10]);
    const next = pulledFrame(turned, 1, 1, [90, 75]) as Turned;
    const kept = outward(next, [-next.width / 2, -next.height / 2]);
    expect(Math.hypot(kept[0] - corner[0], kept[1] - corner[1])).toBeLessThan(0.03);
    const reached = outward(next, [next.width / 2, next.height / 2]);
    expect(Math.hypot(reached[0] - 90, reached[1] - 75)).toBeLessThan(0.03);
    // Pulled through itself it keeps a pixel.
    expect((pulledFrame(turned, 1, 0, [0, 0]) as Turned).width).toBe(1);
  });

  it("look at the point to which they are turned, in steps when asked", () => {
    expect(turnedTo(turned, [50, 0]).angle).toBe(0);
    expect(turnedTo(turned, [90, 40]).angle).toBe(90);
    expect(turnedTo(turned, [50, 90]).angle).toBe(180);
    expect(turnedTo(turned, [9, 40]).angle).toBe(-90);
    expect(turnedTo(turned, [71, 1], 15).angle).toBe(30);
  });

  it("stand on the line that was drawn, on the side of the third point", () => {
    expect(boxOnLine([10, 50], [40, 50], [20, 30])).toEqual({
      type: "rotated_box",
      cx: 25,
      cy: 40,
      width: 30,
      height: 20,
      angle: 0,
    });
    expect(boxOnLine([10, 50], [40, 50], [20, 50])).toBeUndefined();
    expect(boxOnLine([10, 50], [10, 50], [20, 30])).toBeUndefined();
  });

  it("are made smaller until they fit into the image", () => {
    const large = { ...turned, width: 200, height: 100 };
    expect(insideFrame(large, 100, 80)).toBe(false);
    const found = fitted(large, 100, 80);
    if (!found) throw new Error("it fits when it is smaller");
    expect(insideFrame(found, 100, 80)).toBe(true);
    expect([found.cx, found.cy, found.angle]).toEqual([50, 40, 30]);
    expect((found as Turned).width / (found as Turned).height).toBeCloseTo(2, 1);
    expect(fitted({ ...turned, cx: 0, cy: 0 }, 100, 80)).toBeUndefined();
  });
});

describe("cuboids", () => {
  it("lie inside the image, whatever is pressed", () => {
    const random = seeded(2);
    for (let turn = 0; turn < 100; turn += 1) {
      const place = (): Point => [random() * 100, random() * 80];
      const found = cuboidOf(place(), place(), [random() * 300 - 100, random() * 300 - 100], 100, 80);
      const bounds = found && boundsOf(found);
      if (!bounds) continue;
      expect(Math.min(bounds.left, bounds.top)).toBeGreaterThanOrEqual(0);
      expect(bounds.right).toBeLessThanOrEqual(100);
      expect(bounds.bottom).toBeLessThanOrEqual(80);
    }
    expect(cuboidOf([10, 10], [10.5, 50], [30, 30], 100, 80)).toBeUndefined();
  });
});
