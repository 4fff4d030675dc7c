// What tests of videos share. The test videos carry the number of each frame in twelve squares at the top of it
// (scripts/fixtures/videos.py), so that a picture tells which frame it is.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect } from "./server";

export const video = (name: string): [string, Buffer] => [
  name,
  readFileSync(new URL(`../../crates/media/tests/data/${name}`, import.meta.url)),
];

/** Tracks and intervals. */
export const TRACKS = {
  modality: "video",
  classes: [
    {
      id: "block",
      title: "Block",
      geometry: ["track"],
      color: "#0072B2",
      hotkey: "1",
      attributes: [{ id: "lit", title: "Lit", kind: { type: "boolean" }, mutable: true }],
    },
    { id: "walk", title: "Walk", geometry: ["interval"], color: "#E69F00", hotkey: "2" },
  ],
};

export const canvas = (page: Page) => page.getByTestId("canvas");

/** Waits until this frame is on the screen and at rest. */
export const onFrame = (page: Page, frame: number) =>
  expect(canvas(page)).toHaveAttribute("data-frame", String(frame));

/** The number that the picture on the screen carries. */
export function code(page: Page): Promise<number> {
  return page.getByTestId("frame").evaluate((frame) => {
    const [scale = 1, left = 0, top = 0] = (frame.dataset.view ?? "").split(" ").map(Number);
    const painted = frame.querySelector("canvas");
    const context = painted?.getContext("2d");
    if (!painted || !context) throw new Error("nothing is painted");
    const ratio = painted.width / painted.clientWidth;
    let found = 0;
    for (let bit = 0; bit < 12; bit += 1) {
      const [x, y] = [((bit * 16 + 8) * scale + left) * ratio, (8 * scale + top) * ratio];
      const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data;
      found = found * 2 + (red + green + blue > 384 ? 1 : 0);
    }
    return found;
  });
}

/** Where a point of the video is on the page. */
async function spot(page: Page, x: number, y: number): Promise<[number, number]> {
  const frame = page.getByTestId("frame");
  await expect(frame).toHaveAttribute("data-view", /\d/);
  const view = ((await frame.getAttribute("data-view")) ?? "").split(" ").map(Number);
  const [scale = 1, left = 0, top = 0] = view;
  const place = await frame.boundingBox();
  return [(place?.x ?? 0) + left + x * scale, (place?.y ?? 0) + top + y * scale];
}

export async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const [start, end] = [await spot(page, ...from), await spot(page, ...to)];
  await page.mouse.move(...start);
  await page.mouse.down();
  await page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2);
  await page.mouse.move(...end);
  await page.mouse.up();
}

/** Clicks on the ruler where a frame begins. */
export async function toFrame(page: Page, frame: number, frames: number): Promise<void> {
  const place = await page.getByTestId("timeline").boundingBox();
  if (!place) throw new Error("there is no time line");
  await page.mouse.click(place.x + (frame / frames) * place.width, place.y + 8);
  await onFrame(page, frame);
}
