// Tiers within tiers: regions keep to their parents by mouse and by keyboard, one step of undo each, and leave as ELAN.
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
/** In the order of their tree. */
const TIERS = ["Turn", "Utterance", "Word", "Translation", "Noise"] as const;

/** A new owner with a project of one recording, on its label page. */
async function begin(page: Page, server: Server, name: string): Promise<void> {
  await signIn(page, server, server.addUser(`${name}@example.org`, name, "owner"));
  await page.goto(`${server.address}/new`);
  const sound = wav(16_000, SECONDS, [[1, 2]]);
  await page.getByTestId("files").setInputFiles(file(`${name}.wav`, "audio/wav", sound));
  await page.getByRole("radio", { name: "Turns, utterances and words" }).check();
  await page.getByRole("textbox", { name: "Name of the project" }).fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("1 item added")).toBeVisible();
  await page.goto(`${server.address}/`);
  await page.getByRole("article", { name }).getByRole("link", { name: "Label" }).first().click();
  await shownKey(page, `${name}.wav`);
}

/** Where a time lies on a tier: the tiers are the lowest part of the canvas. */
async function spot(page: Page, tier: (typeof TIERS)[number], seconds: number): Promise<[number, number]> {
  const place = await page.getByTestId("canvas").boundingBox();
  if (!place) throw new Error("there is no sound");
  const row = Math.max(14, Math.min(30, (place.height - 22) / 2 / TIERS.length));
  const y = place.y + place.height - (TIERS.length - TIERS.indexOf(tier) - 0.5) * row;
  return [place.x + (seconds / SECONDS) * place.width, y];
}

async function drag(page: Page, tier: (typeof TIERS)[number], from: number, to: number): Promise<void> {
  await page.mouse.move(...(await spot(page, tier, from)));
  await page.mouse.down();
  await page.mouse.move(...(await spot(page, tier, (from + to) / 2)));
  await page.mouse.move(...(await spot(page, tier, to)));
  await page.mouse.up();
}

const text = (page: Page) => page.getByRole("region", { name: "Selected region" }).getByRole("textbox");

/** Start and end of a region, by its place in the list. */
async function times(page: Page, index: number): Promise<[number, number]> {
  const found = /(\d+):([\d.]+)–(\d+):([\d.]+)/.exec(await regions(page).nth(index).innerText());
  const [minute = 0, second = 0, lastMinute = 0, lastSecond = 0] = (found ?? []).slice(1).map(Number);
  return [minute * 60 + second, lastMinute * 60 + lastSecond];
}

const [TURN, UTTERANCE, FIRST, SECOND, LAST] = [0, 1, 2, 3, 4];

test("regions keep to their parent tiers and leave as ELAN", async ({ page, server }) => {
  await begin(page, server, "tiers");
  await drag(page, "Utterance", 2, 3);
  await expect(page.getByText("There is no Turn here: each Utterance lies within one")).toBeVisible();
  await expect(regions(page)).toHaveCount(0);

  await drag(page, "Turn", 2.5, 5);
  await text(page).fill("Ann");
  await page.keyboard.press("Escape");
  // The drag goes on behind the turn; the utterance ends with it.
  await drag(page, "Utterance", 3, 5.8);
  await expect(regions(page)).toHaveCount(2);
  expect((await times(page, UTTERANCE))[1]).toBe((await times(page, TURN))[1]);
  await text(page).fill("good old times");
  await page.keyboard.press("Escape");

  // Folded, the tiers within the utterance are away, and come back.
  await page.keyboard.press("Shift+t");
  await expect(page.getByText("Tiers within Utterance are folded")).toBeVisible();
  await page.keyboard.press("Shift+t");
  await expect(page.getByText("Tiers within Utterance are shown")).toBeVisible();

  // Divided into words by the keyboard; an edge between two of them belongs to both.
  await page.keyboard.press("Shift+y");
  await expect(regions(page)).toHaveCount(5);
  expect((await times(page, FIRST))[0]).toBe((await times(page, UTTERANCE))[0]);
  expect((await times(page, LAST))[1]).toBe((await times(page, UTTERANCE))[1]);
  const [, before] = await times(page, FIRST);
  expect((await times(page, SECOND))[0]).toBe(before);
  for (let time = 0; time < 3; time += 1) await page.keyboard.press("Alt+Shift+ArrowRight");
  await expect.poll(async () => (await times(page, FIRST))[1]).toBeCloseTo(before + 0.03, 2);
  expect((await times(page, SECOND))[0]).toBe((await times(page, FIRST))[1]);
  await page.keyboard.press("z");
  await expect.poll(async () => (await times(page, SECOND))[0]).toBe(before);
  await page.keyboard.press("Shift+z");

  // A turn takes along what lies within it, moved and deleted, and comes back with it.
  const start = (await times(page, FIRST))[0];
  const from = await spot(page, "Turn", 4.5);
  const to = await spot(page, "Turn", 4);
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, to[1]);
  await page.mouse.move(...to);
  await page.mouse.up();
  await expect.poll(async () => (await times(page, FIRST))[0]).toBeCloseTo(start - 0.5, 1);
  await page.keyboard.press("Delete");
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(5);
  await check(page, "tiers");

  await page.getByTestId("canvas").focus();
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  const elan = firstEntry(readFileSync(await publish(page, "tiers", /ELAN/))).toString();
  const words = [
    'CONSTRAINTS="Included_In"',
    'CONSTRAINTS="Time_Subdivision"',
    'PARENT_REF="turn" TIER_ID="utterance"',
  ];
  for (const one of [...words, 'PARENT_REF="utterance" TIER_ID="word"', "good old times"])
    expect(elan).toContain(one);
});

test("the parent tier of a class is chosen in the forms", async ({ page, server }) => {
  await signIn(page, server, server.addUser("forms-tiers@example.org", "Nora", "manager"));
  await page.goto(`${server.address}/schemas`);
  await page.getByRole("button", { name: "New schema" }).click();
  await page.getByRole("radio", { name: "Sound events", exact: true }).check();
  await page.getByRole("button", { name: "Begin with Sound events" }).click();
  await page.getByRole("button", { name: "Details of Music" }).click();
  const parent = page.getByRole("combobox", { name: "Parent tier" });
  await parent.selectOption({ index: 1 });
  await page.getByRole("combobox", { name: "Constraint" }).selectOption("Time subdivision");
  await page.getByText("JSON", { exact: true }).click();
  const schema = JSON.parse(await page.getByRole("textbox", { name: "Schema", exact: true }).inputValue());
  const [first, second] = schema.classes;
  expect(second.parent).toEqual({ class: first.id, constraint: "time_subdivision" });
});
