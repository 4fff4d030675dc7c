// A video's way: imported, every frame that is shown is the one that is named, tracks drawn by mouse and by keyboard,
// intervals on the time line, submitted, compared.
import type { Page } from "@playwright/test";
import { encodedPng } from "./app.files";
import { check } from "./axe";
import { canvas, code, drag, onFrame, TRACKS as SCHEMA, toFrame, video } from "./label.video.tools";
import { enter, regions, test, World } from "./label.world";
import { expect } from "./server";

const VIDEOS = ["b-frames.mp4", "vp9.webm", "variable.mp4", "fragments.mp4", "cut.mp4"];

async function begin(page: Page, world: World, name: string): Promise<void> {
  const task = (await world.tasks()).find((one) => one.key === name);
  await world.label(page, task?.id);
  await onFrame(page, 0);
}

test("every step, jump and stop shows the frame that is named", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(SCHEMA, VIDEOS.map(video));
  await enter(page, server, "Stepper", "labeler");
  // Of a video that was cut without encoding the first frames are hidden: it begins with frame 36 of the whole.
  for (const [name, frames, first] of [
    ["b-frames.mp4", 90, 0],
    ["vp9.webm", 90, 0],
    ["variable.mp4", 60, 0],
    ["fragments.mp4", 60, 0],
    ["cut.mp4", 54, 36],
  ] as const) {
    await begin(page, world, name);
    expect(await code(page), name).toBe(first);
    let at = 0;
    const press = async (key: string, by: number) => {
      await page.keyboard.press(key);
      at = Math.max(0, Math.min(frames - 1, at + by));
      await onFrame(page, at);
      expect(await code(page), `${name}, frame ${at}`).toBe(first + at);
      await expect(page.getByTestId("place")).toContainText(`Frame ${at + 1} of ${frames},`);
    };
    for (let step = 0; step < 12; step += 1) await press(step % 2 === 0 ? "f" : "ArrowRight", 1);
    for (let step = 0; step < 5; step += 1) await press("d", -1);
    await press("Shift+f", 10);
    await press("End", frames);
    await press("Shift+d", -10);
    await press("Home", -frames);
    // Wherever one jumps to, in whatever order.
    for (let jump = 0; jump < 14; jump += 1) {
      at = (jump * 37 + 11) % frames;
      await toFrame(page, at, frames);
      expect(await code(page), `${name}, jump to ${at}`).toBe(first + at);
    }
    // Many keys in a row, quicker than frames come: the last one counts.
    await page.keyboard.press("Home");
    await onFrame(page, 0);
    for (let step = 0; step < 25; step += 1) await page.keyboard.press("f");
    await onFrame(page, 25);
    expect(await code(page), `${name}, after many keys`).toBe(first + 25);
    // Where it stops after playing is known too.
    await page.keyboard.press("Space");
    await page.waitForTimeout(400);
    await page.keyboard.press("Space");
    await expect(canvas(page)).toHaveAttribute("data-frame", /\d/);
    const stopped = Number(await canvas(page).getAttribute("data-frame"));
    expect(await code(page), `${name}, stopped`).toBe(first + stopped);
  }
});

test("tracks and intervals are made by mouse and keyboard and are stored as they were made", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.make(SCHEMA, [video("b-frames.mp4")]);
  await enter(page, server, "Tracker", "labeler");
  await begin(page, world, "b-frames.mp4");
  // The block begins at 10 and goes on by a pixel a frame.
  await drag(page, [10, 50], [40, 80]);
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("1, 1 keyframe");
  // It is faint where it is not yet; taken along it is there.
  await page.keyboard.press("Shift+f");
  await page.keyboard.press("Shift+f");
  await onFrame(page, 20);
  await drag(page, [25, 65], [45, 65]);
  await expect(regions(page).first()).toContainText("1–21, 2 keyframes");
  // In between it lies on the line: an arrow moves it there by a pixel and sets a keyframe.
  await page.keyboard.press("Shift+d");
  await onFrame(page, 10);
  await page.keyboard.press("ArrowDown");
  await expect(regions(page).first()).toContainText("1–21, 3 keyframes");
  await page.keyboard.press("k");
  await expect(regions(page).first()).toContainText("1–21, 2 keyframes");
  await page.keyboard.press("z");
  await expect(regions(page).first()).toContainText("3 keyframes");
  await page.keyboard.press("z");
  // What is hidden and what is gone.
  await page.keyboard.press("q");
  await expect(page.getByRole("button", { name: "Occluded" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("region", { name: "Selected region" }).getByText("Yes").click();
  await page.keyboard.press("i");
  await onFrame(page, 20);
  await page.keyboard.press("u");
  await onFrame(page, 10);
  await page.keyboard.press("Shift+w");
  await page.keyboard.press("Shift+f");
  await page.keyboard.press("Shift+f");
  await onFrame(page, 30);
  await page.keyboard.press("o");
  await expect(regions(page).first()).toContainText("1–30, 90");
  // An interval of frames, the last one included.
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await page.keyboard.press("b");
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("f");
  await onFrame(page, 34);
  await page.keyboard.press("b");
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).nth(1)).toContainText("from 31");
  await expect(regions(page).nth(1)).toContainText("5 frames");

  await check(page, "video");
  await page.keyboard.press("?");
  await check(page, "keys");
  await page.keyboard.press("Escape");
  // What is drawn outlives the tab.
  await page.waitForTimeout(700);
  await page.reload();
  await onFrame(page, 0);
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("Control+Enter");
  const answer = await world.answered("b-frames.mp4");
  const track = answer.regions.find((one) => one.class === "block")?.geometry as unknown as {
    keyframes: {
      frame: number;
      outside?: boolean;
      occluded?: boolean;
      attributes?: object;
      geometry: { x: number };
    }[];
  };
  expect(track.keyframes.map((one) => [one.frame, one.outside === true, one.occluded === true])).toEqual([
    [0, false, false],
    [10, false, true],
    [20, false, false],
    [30, true, false],
    [89, false, false],
  ]);
  expect(track.keyframes[1]?.attributes).toEqual({ lit: true });
  expect(Math.abs((track.keyframes[1]?.geometry.x ?? 0) - 20)).toBeLessThan(1);
  const walk = answer.regions.find((one) => one.class === "walk")?.geometry;
  expect(walk).toEqual({ type: "interval", start: 30, end: 35 });
  expect(server.doctor()).toContain(" 0 findings");
});

test("nothing is drawn on a frame that goes by, and tracks are cut and joined", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(SCHEMA, [video("vp9.webm")]);
  await enter(page, server, "Cutter", "labeler");
  await begin(page, world, "vp9.webm");
  await page.keyboard.press("Space");
  await expect(canvas(page)).not.toHaveAttribute("data-frame", /\d/);
  await drag(page, [10, 50], [40, 80]);
  // The press stopped the video and drew nothing.
  await expect(canvas(page)).toHaveAttribute("data-frame", /\d/);
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press("Home");
  await onFrame(page, 0);
  await drag(page, [10, 50], [40, 80]);
  await page.keyboard.press("Shift+w");
  await expect(regions(page).first()).toContainText("1–90, 2 keyframes");
  await toFrame(page, 45, 90);
  await page.keyboard.press("y");
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).first()).toContainText("1–45");
  await expect(regions(page).nth(1)).toContainText("46–90");
  await regions(page).first().click();
  await regions(page)
    .nth(1)
    .click({ modifiers: ["Control"] });
  await page.getByRole("button", { name: "Merge" }).click();
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("1–90");
  await page.keyboard.press("Delete");
  await expect(regions(page)).toHaveCount(0);
});

/** A picture with its number in twelve squares, as the frames of the test videos have it. */
function coded(number: number): Buffer {
  const [width, height] = [192, 108];
  const pixels = Buffer.alloc(width * height * 3, 90);
  for (let bit = 0; bit < 12; bit += 1) {
    const lit = ((number >> (11 - bit)) & 1) * 255;
    for (let y = 0; y < 16; y += 1)
      pixels.fill(lit, (y * width + bit * 16) * 3, (y * width + bit * 16 + 16) * 3);
  }
  return encodedPng(width, height, pixels);
}

test("a folder of pictures is a video, and each picture is a frame", async ({ page, server }) => {
  const world = await World.of(server);
  // In the order of their numbers, not of their letters.
  const files = Array.from({ length: 12 }, (_, at): [string, Buffer] => [`walk/frame-${at}.png`, coded(at)]);
  await world.make(SCHEMA, files, {}, { tasks: 1 });
  await enter(page, server, "Walker", "labeler");
  await world.label(page);
  await onFrame(page, 0);
  for (const [key, frame] of [
    ["f", 1],
    ["f", 2],
    ["Shift+f", 11],
    ["d", 10],
    ["Home", 0],
  ] as const) {
    await page.keyboard.press(key);
    await onFrame(page, frame);
    expect(await code(page), `frame ${frame}`).toBe(frame);
  }
  await drag(page, [20, 40], [60, 80]);
  await page.keyboard.press("Shift+w");
  await expect(regions(page).first()).toContainText("1–12, 2 keyframes");
  await page.keyboard.press("Space");
  await expect(canvas(page)).toHaveAttribute("data-frame", "11");
  expect(await code(page)).toBe(11);
});

test("answers of two people are compared frame by frame", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(SCHEMA, [video("b-frames.mp4")], { overlap: 2, review: { type: "all" } });
  const answer = (x: number, last: number) => ({
    fields: {},
    relations: [],
    regions: [
      {
        id: "a",
        class: "block",
        geometry: {
          type: "track",
          keyframes: [
            { frame: 0, geometry: { type: "box", x: 10, y: 50, width: 30, height: 30 } },
            { frame: 89, geometry: { type: "box", x: 99, y: 50, width: 30, height: 30 } },
          ],
        },
      },
      {
        id: "b",
        class: "block",
        geometry: {
          type: "track",
          keyframes: [
            { frame: 5, geometry: { type: "box", x, y: 90, width: 15, height: 15 } },
            { frame: last, geometry: { type: "box", x, y: 90, width: 15, height: 15 } },
          ],
        },
      },
    ],
  });
  await world.labelAll("One", () => answer(10, 60));
  await world.labelAll("Two", () => answer(100, 60));
  await enter(page, server, "Judge", "reviewer");
  await world.review(page);
  await onFrame(page, 0);
  await page.keyboard.press("ArrowRight");
  await onFrame(page, 1);
  expect(await code(page)).toBe(1);
  await expect(page.getByText("differs").first()).toBeVisible();
  await check(page, "review of a video");
});
