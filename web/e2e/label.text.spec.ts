// Spans, relations and questions.
import type { Page } from "@playwright/test";
import { selectWords } from "./hands";
import { enter, NAMES, QUESTIONS, regions, shownKey, test, World } from "./label.world";
import { expect } from "./server";

const mark = (page: Page, name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) }).click();

test("spans are exact to the character in any script, and relations join them", async ({ page, server }) => {
  const text = "👩‍🚀 Zoë Müller works\nin 東京 for Acme.\nأحمد يعمل في باريس اليوم\ne\u0301nd 🇫🇷";
  const world = await World.of(server);
  await world.texts(NAMES, [text, "second"]);
  await enter(page, server, "Speller", "labeler");
  await world.label(page);
  await mark(page, "Person");
  await selectWords(page, "Zoë Mülle");
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("Zoë Müller");
  await page.keyboard.press("Escape");
  await mark(page, "Company");
  await selectWords(page, "Acme");
  await page.keyboard.press("Escape");
  await mark(page, "Place");
  await selectWords(page, "東京");
  await page.keyboard.press("Escape");
  await selectWords(page, "باريس");
  await page.keyboard.press("Escape");
  await mark(page, "Person");
  await selectWords(page, "أحمد");
  await expect(regions(page)).toHaveCount(5);
  // A span over a combining mark and one over a flag, as single characters.
  await page.keyboard.press("Escape");
  await page.keyboard.press("w");
  await selectWords(page, "🇫🇷");
  await expect(regions(page)).toHaveCount(6);
  // From the person to the company.
  await regions(page).filter({ hasText: "Zoë" }).click();
  await page.keyboard.press("r");
  await page.locator("[data-marks]", { hasText: "Acme" }).first().click();
  await expect(page.getByRole("list", { name: "Relations" })).toContainText("works for");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("z");
  await expect(page.getByRole("list", { name: "Relations" })).toHaveCount(0);
  await page.keyboard.press("Shift+z");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  const answer = await world.answered("text-1.txt");
  const characters = [...text];
  const found = answer.regions.map((region) => {
    const [start = 0, end = 0] = (region.geometry.ranges as number[][])[0] ?? [];
    return [region.class, characters.slice(start, end).join("")];
  });
  expect(found).toEqual([
    ["person", "Zoë Müller"],
    ["company", "Acme"],
    ["place", "東京"],
    ["place", "باريس"],
    ["person", "أحمد"],
    ["person", "🇫🇷"],
  ]);
  const byText = (words: string) => answer.regions[found.findIndex((one) => one[1] === words)]?.id;
  expect(answer.relations).toMatchObject([
    { relation: "works_for", from: byText("Zoë Müller"), to: byText("Acme") },
  ]);
});

test("keys alone mark, widen and overlap spans", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(NAMES, ["University of Oslo in Norway", "second"]);
  await enter(page, server, "Typist", "labeler");
  await world.label(page);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("3");
  await expect(regions(page).first()).toContainText("University");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(regions(page).first()).toContainText("University of Oslo");
  // Inside it a second one: the caret is where the first selection ended.
  await page.keyboard.press("Escape");
  await expect(regions(page).first()).toHaveAttribute("aria-selected", "false");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("2");
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  const answer = await world.answered("text-1.txt");
  expect(answer.regions.map((one) => [one.class, one.geometry.ranges])).toEqual([
    ["company", [[0, 18]]],
    ["place", [[14, 18]]],
  ]);
});

test("questions are answered by keys only, and what is missing is asked for in its place", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["one", "two"]);
  await enter(page, server, "Judge", "labeler");
  await world.label(page);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: /Mood/ })).toContainText("Mood is required");
  await page.keyboard.press("2");
  // The question that has now to be answered has the focus: a digit is its answer.
  await expect(page.getByRole("group", { name: /Level/ }).getByRole("radio", { name: "1" })).toBeFocused();
  await page.keyboard.press("4");
  await page.getByRole("textbox", { name: "Note" }).fill("1 of 2");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-1.txt");
  await page.keyboard.press("Control+Enter");
  await shownKey(page, "text-2.txt");
  expect((await world.answered("text-1.txt")).fields).toEqual({ mood: "bad", level: 4, note: "1 of 2\n" });
  // A question that is no longer asked loses its value.
  await page.keyboard.press("2");
  await expect(page.getByRole("radio", { name: "1", exact: true })).toBeFocused();
  await page.keyboard.press("3");
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  expect((await world.answered("text-2.txt")).fields).toEqual({ mood: "good" });
});
