// A reviewer's work: look at what differs, accept, send back, correct, settle.
import type { Page } from "@playwright/test";
import { BOXES, drag, enter, QUESTIONS, regions, shownKey, test, World } from "./label.world";
import { expect } from "./server";

const ALL = { review: { type: "all" } };
const NOTED = { ...QUESTIONS, fields: [QUESTIONS.fields[0], QUESTIONS.fields[2]] };
const MOOD = { ...QUESTIONS, fields: QUESTIONS.fields.slice(0, 1) };
const said = (page: Page) => page.locator("output");
const answers = (page: Page) => page.getByRole("region", { name: "Answers", exact: true });

const box = (id: string, name: string, x: number) => ({
  id,
  class: name,
  geometry: { type: "box", x, y: 50, width: 60, height: 40 },
});

test("answers are accepted by a key, one task after the other, until none waits", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.texts(MOOD, ["a", "b"], ALL);
  await world.labelAll("Ann", () => ({ fields: { mood: "good" } }));
  await enter(page, server, "Judge", "reviewer");
  await world.review(page);
  await shownKey(page, "text-1.txt");
  await expect(answers(page)).toContainText("Ann");
  await page.keyboard.press("n");
  await shownKey(page, "text-2.txt");
  await page.keyboard.press("a");
  await shownKey(page, "text-1.txt");
  await page.keyboard.press("a");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  for (const key of ["text-1.txt", "text-2.txt"]) {
    expect(await world.stored(key)).toMatchObject({
      task: { state: "done" },
      annotations: [{ state: "accepted" }],
      reviews: [{ verdict: "accept" }],
    });
  }
});

test("an answer is sent back only with a reason", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(MOOD, ["a"], ALL);
  await world.labelAll("Ben", () => ({ fields: { mood: "good" } }));
  await enter(page, server, "Strict", "reviewer");
  await world.review(page);
  await page.keyboard.press("x");
  const dialogue = page.getByRole("dialog", { name: "Send back to Ben" });
  const send = dialogue.getByRole("button", { name: "Send back", exact: true });
  await expect(send).toBeDisabled();
  await page.keyboard.press("Enter");
  await expect(dialogue).toBeVisible();
  await dialogue.getByRole("textbox", { name: "Reason" }).fill("Look at the end");
  await page.keyboard.press("Enter");
  await expect(dialogue).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  expect(await world.stored("text-1.txt")).toMatchObject({
    task: { state: "open" },
    annotations: [{ state: "returned" }],
    reviews: [{ verdict: "reject", reason: "Look at the end" }],
  });
});

test("a reviewer corrects an answer, and what was begun survives a reload", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 1, ALL);
  await world.labelAll("Cid", () => ({ regions: [box("r1", "car", 50)] }));
  await enter(page, server, "Fixer", "reviewer");
  await world.review(page);
  await page.keyboard.press("e");
  await drag(page, [200, 150], [300, 250]);
  await expect(regions(page)).toHaveCount(2);
  await page.waitForTimeout(600);
  await page.reload();
  await expect(page.getByRole("button", { name: "Correct" })).toBeVisible();
  await page.keyboard.press("e");
  await expect(regions(page)).toHaveCount(2);
  await regions(page).first().click();
  await page.keyboard.press("2");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  const stored = await world.stored("image-1.png");
  expect(stored).toMatchObject({
    task: { state: "done" },
    annotations: [{ author_name: "Cid", state: "accepted", revision: 2 }],
    reviews: [{ verdict: "fix" }],
  });
  expect(stored.annotations[0]?.answer.regions.map((one) => one.class)).toEqual(["person", "car"]);
});

test("what differs is marked, and a consensus settles it", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 1, { ...ALL, overlap: 2 });
  await world.labelAll("Dee", () => ({ regions: [box("d1", "car", 50), box("d2", "car", 200)] }));
  await world.labelAll("Eli", () => ({ regions: [box("e1", "car", 52), box("e2", "person", 200)] }));
  await enter(page, server, "Settler", "reviewer");
  await world.review(page);
  const table = page.getByRole("region", { name: "Answers compared" });
  await expect(table).toContainText("2, 1 without a match");
  const differing = page.locator("[role=option][data-differs]");
  await expect(differing).toHaveCount(1);
  await expect(differing).toContainText("differs");
  await page.keyboard.press("]");
  await expect(regions(page)).toHaveCount(2);
  await expect(differing).toContainText("Person");
  await page.keyboard.press("d");
  // It begins with what all agree on.
  await expect(regions(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Eli" }).click();
  await expect(regions(page)).toHaveCount(2);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  const stored = await world.stored("image-1.png");
  expect(stored.task.state).toBe("done");
  expect(stored.consensus?.answer.regions.map((one) => one.id)).toEqual(["e1", "e2"]);
});

test("fields that differ are marked in the table", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(MOOD, ["a"], { ...ALL, overlap: 2 });
  await world.labelAll("Fay", () => ({ fields: { mood: "good" } }));
  await world.labelAll("Gus", () => ({ fields: { mood: "bad" } }));
  await enter(page, server, "Reader", "reviewer");
  await world.review(page);
  const row = page.getByRole("row", { name: /Mood/ });
  await expect(row).toHaveAttribute("data-differ", "true");
  await expect(row).toContainText("differs");
  await page.keyboard.press("Shift+a");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  expect((await world.stored("text-1.txt")).annotations.map((one) => one.state)).toEqual([
    "accepted",
    "accepted",
  ]);
});

test("an answer that was changed meanwhile is loaded again and not judged unseen", async ({
  page,
  server,
  browser,
}) => {
  const world = await World.of(server);
  await world.texts(MOOD, ["a"], ALL);
  const labeler = await (await browser.newContext()).newPage();
  await enter(labeler, server, "Hal", "labeler");
  await world.label(labeler);
  await labeler.keyboard.press("1");
  await labeler.keyboard.press("Enter");
  await world.answered("text-1.txt");
  await enter(page, server, "Late", "reviewer");
  await world.review(page);
  const row = page.getByRole("row", { name: /Mood/ });
  await expect(row).toContainText("Good");
  await labeler.keyboard.press("Tab");
  await labeler.getByRole("button", { name: "Back to my last answer" }).click();
  await labeler.getByRole("radio", { name: /Bad/ }).check();
  await labeler.keyboard.press("Control+Enter");
  await expect.poll(async () => (await world.stored("text-1.txt")).annotations[0]?.revision).toBe(2);
  await labeler.context().close();
  await page.keyboard.press("a");
  await expect(page.getByRole("alert")).toContainText("The newest version is shown now");
  await expect(row).toContainText("Bad");
  expect((await world.stored("text-1.txt")).reviews).toEqual([]);
  await page.keyboard.press("a");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  await expect(said(page)).toHaveCount(0);
});

test("a correction of an answer that was changed meanwhile is kept, and stored on top when sent again", async ({
  page,
  server,
  browser,
}) => {
  const world = await World.of(server);
  await world.texts(NOTED, ["a"], ALL);
  const labeler = await (await browser.newContext()).newPage();
  await enter(labeler, server, "Ivy", "labeler");
  await world.label(labeler);
  await labeler.keyboard.press("1");
  await labeler.keyboard.press("Enter");
  await world.answered("text-1.txt");
  await enter(page, server, "Kept", "reviewer");
  await world.review(page);
  await page.keyboard.press("e");
  await page.keyboard.press("2");
  await labeler.getByRole("button", { name: "Back to my last answer" }).click();
  await labeler.getByRole("textbox", { name: "Note" }).fill("more");
  await labeler.keyboard.press("Control+Enter");
  await expect.poll(async () => (await world.stored("text-1.txt")).annotations[0]?.revision).toBe(2);
  await labeler.context().close();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("alert")).toContainText("Your own version is kept");
  await expect(page.getByRole("radio", { name: /Bad/ })).toBeChecked();
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("z");
  await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("more");
  await page.keyboard.press("Shift+z");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  expect(await world.stored("text-1.txt")).toMatchObject({
    annotations: [
      { author_name: "Ivy", revision: 3, state: "accepted", answer: { fields: { mood: "bad" } } },
    ],
    reviews: [{ verdict: "fix" }],
  });
});
