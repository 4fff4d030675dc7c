// What the tests of the image tools share: a picture with known things on it, classes of every geometry, and ways to look
// at what was stored.
import type { Page } from "@playwright/test";
import { encodedPng } from "./app.files";
import { enter, type StoredAnswer, shownKey, spot, World } from "./label.world";
import { expect, type Server } from "./server";

export const WIDTH = 400;
export const HEIGHT = 300;
/** A red disc and a blue square on grey. */
export const DISC = { x: 120, y: 150, radius: 50 };
export const SQUARE = { left: 240, top: 60, side: 100 };

/** With some noise, as a camera has it: always the same. */
export function scenePng(width = WIDTH, height = HEIGHT): Buffer {
  const pixels = Buffer.alloc(3 * width * height);
  let state = 1;
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const inDisc = Math.hypot(x + 0.5 - DISC.x, y + 0.5 - DISC.y) < DISC.radius;
    const { left, top, side } = SQUARE;
    const inSquare = x >= left && x < left + side && y >= top && y < top + side;
    const colour = inDisc ? [200, 60, 50] : inSquare ? [40, 70, 190] : [130, 130, 130];
    for (let part = 0; part < 3; part += 1) {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      pixels[3 * at + part] = (colour[part] ?? 0) + ((state >> 16) % 13) - 6;
    }
  }
  return encodedPng(width, height, pixels);
}

const one = (id: string, geometry: string[], color: string, more: object = {}) => ({
  id,
  title: `A ${id}`,
  geometry,
  color,
  ...more,
});

export const SHAPES = {
  modality: "image",
  classes: [
    one("box", ["box"], "#0072B2"),
    one("turned", ["rotated_box"], "#E69F00"),
    one("ellipse", ["ellipse"], "#56B4E9"),
    one("line", ["polyline"], "#009E73"),
    one("dots", ["points"], "#D55E00"),
    one("cuboid", ["cuboid"], "#CC79A7"),
    one("person", ["keypoints"], "#F0E442", {
      skeleton: {
        points: ["head", "hand", "foot"],
        edges: [
          [0, 1],
          [0, 2],
        ],
      },
    }),
  ],
};

export const AREAS = {
  modality: "image",
  classes: [one("thing", ["polygon", "mask"], "#0072B2"), one("ground", ["polygon", "mask"], "#E69F00")],
};

export const MASKS = {
  modality: "image",
  classes: [
    one("road", ["mask"], "#0072B2", { hotkey: "1" }),
    one("sky", ["mask"], "#E69F00", { hotkey: "2" }),
  ],
};

/** A project of such pictures, with a labeler before the first one. */
export async function atScene(page: Page, server: Server, schema: object, count = 1): Promise<World> {
  const world = await World.of(server);
  const files = Array.from({ length: count }, (_, index): [string, Buffer] => [
    `scene-${index + 1}.png`,
    // No two pictures are the same, else the second one would be no new item.
    scenePng(WIDTH, HEIGHT + 4 * index),
  ]);
  await world.make(schema as never, files);
  await enter(page, server, "Tool", "labeler");
  await world.label(page);
  await shownKey(page, "scene-1.png");
  await expect(page.getByTestId("canvas")).toHaveAttribute("data-view", /\d/);
  return world;
}

/** Presses, goes along points of the picture, and lets go. */
export async function stroke(page: Page, ...points: [number, number][]): Promise<void> {
  const [first, ...others] = points;
  if (!first) return;
  await page.mouse.move(...(await spot(page, ...first)));
  await page.mouse.down();
  for (const point of others) await page.mouse.move(...(await spot(page, ...point)), { steps: 4 });
  await page.mouse.up();
}

/** Clicks with keys held. */
export async function clickWith(page: Page, key: "Alt" | "Shift" | "Control", x: number, y: number) {
  await page.keyboard.down(key);
  await page.mouse.click(...(await spot(page, x, y)));
  await page.keyboard.up(key);
}

export const said = (page: Page) => page.locator("output");

/** Sends the answer and reads it back. */
export async function submitted(page: Page, world: World, key = "scene-1.png"): Promise<StoredAnswer> {
  await page.keyboard.press("Control+Enter");
  return world.answered(key);
}

type Stored = StoredAnswer["regions"][number]["geometry"];

export function numbers(geometry: Stored | undefined, wanted: Record<string, number>, off = 1.5): void {
  for (const [name, value] of Object.entries(wanted)) {
    expect(
      Math.abs(Number(geometry?.[name]) - value),
      `${name}: ${geometry?.[name]}, not ${value}`,
    ).toBeLessThan(off);
  }
}

/** Points that are those that were clicked. */
export function close(found: number[][] | undefined, wanted: [number, number][], off = 1.5): void {
  expect(found?.length, JSON.stringify(found)).toBe(wanted.length);
  found?.forEach((point, index) => {
    const [x = 0, y = 0] = point;
    const [toX, toY] = wanted[index] ?? [0, 0];
    expect(Math.hypot(x - toX, y - toY), `point ${index}: ${x} ${y}`).toBeLessThan(off);
  });
}

export const partsOf = (geometry: Stored | undefined) =>
  (geometry?.parts ?? []) as { outer: [number, number][]; holes?: [number, number][][] }[];

/** The area of a ring. */
export function areaOf(ring: readonly [number, number][]): number {
  let sum = 0;
  ring.forEach(([x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] ?? [0, 0];
    sum += x * nextY - nextX * y;
  });
  return Math.abs(sum) / 2;
}

/** A stored mask as a test of its pixels: runs down the columns, background first. */
export function maskOf(geometry: Stored | undefined): {
  area: number;
  at: (x: number, y: number) => boolean;
} {
  const counts = (geometry?.counts ?? []) as number[];
  const height = Number(geometry?.height);
  const pixels = new Uint8Array(Number(geometry?.width) * height);
  let at = 0;
  counts.forEach((count, index) => {
    if (index % 2 === 1) pixels.fill(1, at, at + count);
    at += count;
  });
  expect(at).toBe(pixels.length);
  return { area: pixels.reduce((sum, one) => sum + one, 0), at: (x, y) => pixels[x * height + y] === 1 };
}
