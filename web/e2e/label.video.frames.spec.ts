// Videos that the browser does not decode: their frames come from the server, and the frame that is shown is the one that is
// labeled. MPEG-4 part 2 is in no Chromium; its test videos carry the number of each frame in twelve squares.
import type { Page } from "@playwright/test";
import { check } from "./axe";
import { code, drag, onFrame, TRACKS, toFrame, video } from "./label.video.tools";
import { enter, regions, test, World } from "./label.world";
import { expect } from "./server";

async function begin(page: Page, world: World, name: string): Promise<void> {
  const task = (await world.tasks()).find((one) => one.key === name);
  await world.label(page, task?.id);
  await onFrame(page, 0);
}

const notice = (page: Page) => page.getByRole("status").filter({ hasText: "cannot show the video" });

test("frames of a codec that the browser does not have come from the server", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(TRACKS, [video("mpeg4.mp4"), video("mpeg4.mkv")]);
  await enter(page, server, "Decoder", "labeler");
  for (const [name, frames] of [
    ["mpeg4.mp4", 60],
    ["mpeg4.mkv", 40],
  ] as const) {
    await begin(page, world, name);
    await expect(notice(page)).toContainText("its frames come from the server");
    await expect(page.getByRole("alert")).toHaveCount(0);
    expect(await code(page), name).toBe(0);
    let at = 0;
    const press = async (key: string, by: number) => {
      await page.keyboard.press(key);
      at = Math.max(0, Math.min(frames - 1, at + by));
      await onFrame(page, at);
      expect(await code(page), `${name}, frame ${at}`).toBe(at);
    };
    for (let step = 0; step < 6; step += 1) await press("f", 1);
    await press("d", -1);
    await press("Shift+f", 10);
    await press("End", frames);
    await press("Home", -frames);
    for (let jump = 0; jump < 8; jump += 1) {
      at = (jump * 37 + 11) % frames;
      await toFrame(page, at, frames);
      expect(await code(page), `${name}, jump to ${at}`).toBe(at);
    }
  }
  await check(page, "frames from the server");
  // What is labeled is the frame that is shown, and so it goes out.
  await begin(page, world, "mpeg4.mp4");
  await toFrame(page, 37, 60);
  expect(await code(page)).toBe(37);
  await drag(page, [47, 50], [77, 80]);
  await expect(regions(page).first()).toContainText("38, 1 keyframe");
  await page.keyboard.press("Control+Enter");
  const answer = await world.answered("mpeg4.mp4");
  const track = answer.regions[0]?.geometry as unknown as { keyframes: { frame: number }[] };
  expect(track.keyframes.map((one) => one.frame)).toEqual([37]);
  const lines = world.exported().trim().split("\n").slice(1);
  const items = lines.map(
    (line) => JSON.parse(line) as { key: string; answers: { answer: typeof answer }[] },
  );
  const out = items.find((item) => item.key === "mpeg4.mp4");
  expect(out?.answers.map((one) => one.answer.regions)).toEqual([answer.regions]);
  expect(server.doctor()).toContain(" 0 findings");
});

test("what the server cannot decode either says why", async ({ page, server }) => {
  const world = await World.of(server);
  const [, bytes] = video("b-frames.mp4");
  const odd = Buffer.from(bytes.toString("latin1").replaceAll("avc1", "xyz1"), "latin1");
  await world.make(TRACKS, [["odd.mp4", odd]]);
  await enter(page, server, "Blind", "labeler");
  await world.label(page);
  await expect(notice(page)).toContainText("This browser cannot show the video (video/mp4, xyz1");
  await expect(page.getByRole("alert")).toContainText("Frame 1 cannot be shown: ffmpeg cannot decode it");
});
