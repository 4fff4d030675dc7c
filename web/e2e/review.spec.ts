// Judging answers.
import type { Page } from "@playwright/test";
import { BOXES, drag, enter, QUESTIONS, shownKey, test, World } from "./label.world";
import { expect } from "./server";

const box = (id: string, x: number, name = "car") => ({
  id,
  class: name,
  geometry: { type: "box", x, y: 50, width: 80, height: 60 },
});
const reviewed = { overlap: 2, review: { type: "all" } };

const mood = (value: string) => ({ fields: value === "good" ? { mood: "good" } : { mood: "bad", level: 2 } });

async function questions(page: Page, world: World): Promise<void> {
  await world.texts(QUESTIONS, ["a", "b", "c"], reviewed);
  await world.labelAll("Ada", () => mood("good"));
  await world.labelAll("Bruno", (key) => mood(key === "text-1.txt" ? "bad" : "good"));
  await enter(page, world.server, "Rana", "reviewer");
  await world.review(page);
}

test("answers are compared, accepted and sent back with a reason", async ({ page, server }) => {
  const world = await World.of(server);
  await questions(page, world);
  await shownKey(page, "text-1.txt");
  await expect(page.getByRole("row", { name: /Mood differs/ })).toContainText("Good");
  await expect(page.getByRole("region", { name: "History" })).toContainText("Agreement");
  await page.keyboard.press("a");
  await expect
    .poll(async () => (await world.stored("text-1.txt")).annotations.map((one) => one.state))
    .toEqual(["accepted", "submitted"]);
  await expect(page.getByRole("button", { name: /Bruno/, pressed: true })).toBeVisible();
  await page.keyboard.press("x");
  const dialog = page.getByRole("dialog", { name: "Send back to Bruno" });
  await expect(dialog.getByRole("button", { name: "Send back" })).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("it is a good one");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  expect((await world.stored("text-1.txt")).reviews).toMatchObject([
    { verdict: "accept" },
    { verdict: "reject", reason: "it is a good one" },
  ]);
  await page.keyboard.press("Shift+a");
  await shownKey(page, "text-3.txt");
  await expect.poll(async () => (await world.stored("text-2.txt")).task.state).toBe("done");
  await page.keyboard.press("Shift+a");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
});

test("an answer is corrected, and a task is settled from what all agree on", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 2, reviewed);
  await world.labelAll("Ada", () => ({ regions: [box("a", 20), box("b", 200)] }));
  await world.labelAll("Bruno", () => ({ regions: [box("c", 25), box("d", 200, "person")] }));
  await enter(page, server, "Rana", "reviewer");
  await world.review(page);
  await expect(page.getByRole("row", { name: /Regions/ })).toContainText("1 without a match");
  await page.keyboard.press("e");
  await expect(page.getByText("correcting Ada")).toBeVisible();
  await page.keyboard.press("r");
  await drag(page, [300, 200], [380, 280]);
  await page.keyboard.press("Control+Enter");
  await expect
    .poll(async () => (await world.stored("image-1.png")).annotations[0])
    .toMatchObject({ state: "accepted", revision: 2 });
  expect((await world.stored("image-1.png")).annotations[0]?.answer.regions).toHaveLength(3);
  // A verdict is taken only when the one before is stored and the next answer is on the screen.
  await expect(page.getByRole("button", { name: /^Bruno/, pressed: true })).toBeVisible();
  await page.keyboard.press("a");
  await shownKey(page, "image-2.png");
  await page.keyboard.press("d");
  await expect(page.getByRole("region", { name: "Regions" }).getByRole("option")).toHaveCount(1);
  await page.getByRole("button", { name: "Bruno" }).click();
  await expect(page.getByRole("region", { name: "Regions" }).getByRole("option")).toHaveCount(2);
  await page.getByRole("button", { name: "Settle with this" }).click();
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
  const stored = await world.stored("image-2.png");
  expect(stored.task.state).toBe("done");
  expect(stored.consensus?.answer.regions.map((one) => one.class)).toEqual(["car", "person"]);
});

test("a verdict on a version that was changed meanwhile is not given", async ({ page, server }) => {
  const world = await World.of(server);
  await questions(page, world);
  const [annotation] = (await world.stored("text-1.txt")).annotations;
  const fixed = await world.api.post(`/api/v1/annotations/${annotation?.id}/reviews`, {
    data: { revision: 1, verdict: "fix", answer: mood("bad") },
  });
  expect(fixed.ok()).toBe(true);
  await page.keyboard.press("a");
  await expect(page.getByRole("alert")).toContainText("look again");
  expect((await world.stored("text-1.txt")).reviews).toHaveLength(1);
});

test("a manager makes an answer the gold one", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a"], { review: { type: "all" } });
  await world.labelAll("Ada", () => mood("good"));
  await enter(page, server, "Max", "manager");
  await world.review(page);
  await page.getByRole("button", { name: "Make it gold" }).click();
  await expect(page.getByRole("columnheader", { name: "Gold" })).toBeVisible();
  expect((await world.stored("text-1.txt")).gold).toMatchObject({ fields: { mood: "good" } });
});
