// A recording's way: uploaded, regions drawn by mouse and by keyboard, transcribed, submitted, exported as TextGrid.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { file } from "./app.files";
import { check } from "./axe";
import { regions, shownKey } from "./hands";
import { test } from "./label.world";
import { firstEntry, wav } from "./make";
import { expect, type Server, signIn } from "./server";
import { publish } from "./story.steps";

const SECONDS = 6;
const TURNS: [number, number][] = [
  [1, 2],
  [3, 4],
];

/** A new owner with a project of one recording, on its label page. */
async function begin(page: Page, server: Server, name: string): Promise<void> {
  await signIn(page, server, server.addUser(`${name}@example.org`, name, "owner"));
  await page.goto(`${server.address}/new`);
  const sound = wav(16_000, SECONDS, TURNS);
  await page.getByTestId("files").setInputFiles(file(`${name}.wav`, "audio/wav", sound));
  await page.getByRole("radio", { name: "Speech transcription" }).check();
  await page.getByRole("textbox", { name: "Name of the project" }).fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("1 item added")).toBeVisible();
  await page.goto(`${server.address}/`);
  await page.getByRole("article", { name }).getByRole("link", { name: "Label" }).first().click();
  await shownKey(page, `${name}.wav`);
}

/** Drags over the sound, between two times. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const place = await page.getByTestId("canvas").boundingBox();
  if (!place) throw new Error("there is no sound");
  const x = (seconds: number) => place.x + (seconds / SECONDS) * place.width;
  const y = place.y + place.height * 0.3;
  await page.mouse.move(x(from), y);
  await page.mouse.down();
  await page.mouse.move(x((from + to) / 2), y);
  await page.mouse.move(x(to), y);
  await page.mouse.up();
}

const text = (page: Page) => page.getByRole("region", { name: "Selected region" }).getByRole("textbox");

test("a recording is transcribed by mouse and keyboard and leaves as TextGrid", async ({ page, server }) => {
  await begin(page, server, "calls");
  await page.keyboard.press("1");
  // The edges miss the voice by a twentieth of a second, and snap to it.
  await drag(page, 0.97, 2.04);
  await expect(regions(page)).toHaveCount(1);
  await text(page).fill("hello there");

  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(text(page)).toHaveCount(0);
  await page.keyboard.press("2");
  for (let second = 0; second < 3; second += 1) await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("b");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("b");
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("t");
  await page.keyboard.type("how are you");
  await page.keyboard.press("Escape");
  await expect(regions(page).filter({ hasText: "Speaker 2" })).toContainText("how are you");

  // What was cut comes back with one step.
  await page.keyboard.press("Delete");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(2);
  await check(page, "sound");
  await page.keyboard.press("?");
  await check(page, "keys");
  await page.keyboard.press("Escape");

  await page.getByTestId("canvas").focus();
  await page.keyboard.press("q");
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  const grid = firstEntry(readFileSync(await publish(page, "calls", /TextGrid/))).toString();
  for (const words of ["hello there", "how are you", "speaker_1", "speaker_2"]) expect(grid).toContain(words);
  const times = [...grid.matchAll(/xm(?:in|ax) = ([\d.]+)/g)].map((found) => Number(found[1]));
  for (const wanted of TURNS.flat()) {
    expect(Math.min(...times.map((time) => Math.abs(time - wanted)))).toBeLessThan(0.03);
  }
});

test("regions are suggested where something sounds, and are taken one by one", async ({ page, server }) => {
  await begin(page, server, "hints");
  await page.getByRole("button", { name: "Suggest regions" }).click();
  await expect(page.getByRole("listbox").getByText("suggested")).toHaveCount(2);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("a");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Shift+a");
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).first()).toContainText(/0:00\.9\d\d–0:02\.0/);
  // What is drawn outlives the tab.
  await page.waitForTimeout(700);
  await page.reload();
  await expect(regions(page)).toHaveCount(2);
});

test("a region is played and heard to its end", async ({ page, server }) => {
  await begin(page, server, "player");
  await page.keyboard.press("1");
  await drag(page, 3, 3.4);
  await page.keyboard.press("p");
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await page.keyboard.press("o");
  await expect(page.getByRole("checkbox", { name: "Loop" })).toBeChecked();
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByRole("combobox", { name: "Speed" })).toHaveValue("0.75");
});
