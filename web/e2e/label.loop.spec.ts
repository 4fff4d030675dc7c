// The loop of a labeler's day: answer, go on, go back, skip, ask, mend what was sent back, use what a model said.
import type { Page } from "@playwright/test";
import { BOXES, drag, enter, QUESTIONS, regions, shownKey, test, World } from "./label.world";
import { expect } from "./server";

/** Presses Enter; the milliseconds until the task with this key is painted. */
async function enterUntil(page: Page, key: string): Promise<number> {
  const watch = await page.evaluateHandle((wanted) => {
    const shown = new Promise<number>((done) => {
      const press = () => {
        const start = performance.now();
        const look = () => {
          const there = document.querySelector("header")?.textContent?.includes(wanted);
          if (there) done(performance.now() - start);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      };
      window.addEventListener("keydown", press, { capture: true, once: true });
    });
    return { shown };
  }, key);
  await page.keyboard.press("Enter");
  return watch.evaluate(({ shown }) => shown);
}

const MOOD = { ...QUESTIONS, fields: QUESTIONS.fields.slice(0, 1) };

test("texts are sorted by keys alone, and the next one is there before one looks up", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.texts(MOOD, ["a", "b", "c", "d", "e", "f"]);
  await enter(page, server, "Fast", "labeler");
  await world.label(page);
  const waits: number[] = [];
  for (let number = 1; number <= 5; number += 1) {
    await shownKey(page, `text-${number}.txt`);
    await page.keyboard.press(number % 2 === 0 ? "2" : "1");
    await expect(page.getByRole("radio", { name: number % 2 === 0 ? /Bad/ : /Good/ })).toBeChecked();
    waits.push(await enterUntil(page, `text-${number + 1}.txt`));
  }
  waits.sort((one, two) => one - two);
  test
    .info()
    .annotations.push({ type: "next task after, ms", description: waits.map(Math.round).join(", ") });
  // The middle one: a single one may fall into a pause of the machine.
  expect(waits[2]).toBeLessThan(500);
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  for (let number = 1; number <= 6; number += 1) {
    expect((await world.answered(`text-${number}.txt`)).fields).toEqual({
      mood: number % 2 === 0 ? "bad" : "good",
    });
  }
});

test("a task is flagged, commented and skipped with a reason", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 2);
  // Chromium does not tell the body of a request that was made as an object: the page itself says what it sends.
  const skips: unknown[] = [];
  await page.exposeFunction("sent", (body: string) => skips.push(JSON.parse(body)));
  await page.addInitScript(() => {
    const real = window.fetch;
    window.fetch = async (request, more) => {
      if (request instanceof Request && request.url.endsWith("/skip")) {
        await (window as unknown as { sent: (body: string) => Promise<void> }).sent(
          await request.clone().text(),
        );
      }
      return real(request, more);
    };
  });
  await enter(page, server, "Doubt", "labeler");
  await world.label(page);
  await shownKey(page, "image-1.png");
  await page.keyboard.press("f");
  const dialogue = page.getByRole("dialog");
  await dialogue.getByRole("button", { name: "Two answers are right" }).click();
  await dialogue.getByRole("button", { name: "Flag", exact: true }).click();
  await expect(page.locator("output")).toHaveText("Flagged for a reviewer");
  await drag(page, [50, 40], [150, 100]);
  await page.keyboard.press("c");
  await page.getByRole("textbox", { name: "Comment on Car" }).fill("Is it a car?");
  await page.getByRole("button", { name: "Add comment" }).click();
  await expect(page.getByRole("region", { name: "Comments" })).toContainText("on Car");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("s");
  await dialogue.getByRole("textbox", { name: "Reason" }).fill("too dark");
  await page.keyboard.press("Enter");
  await shownKey(page, "image-2.png");
  expect(skips).toMatchObject([{ reason: "too dark" }]);
  const stored = await world.stored("image-1.png");
  expect(stored.flags).toMatchObject([{ reason: "Two answers are right" }]);
  expect(stored.comments).toMatchObject([{ body: "Is it a car?" }]);
  expect(stored.annotations).toEqual([]);
  // It is not offered again, nor is it lost: somebody else gets it.
  await page.reload();
  await shownKey(page, "image-2.png");
});

test("one goes back and changes an answer, then on with what was begun", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 3);
  await enter(page, server, "Second", "labeler");
  await world.label(page);
  for (const key of ["image-1.png", "image-2.png"]) {
    await shownKey(page, key);
    await drag(page, [50, 40], [150, 100]);
    await page.keyboard.press("Enter");
  }
  await shownKey(page, "image-3.png");
  await drag(page, [200, 100], [300, 200]);
  await page.keyboard.press("Backspace");
  await shownKey(page, "image-2.png");
  await page.keyboard.press("Backspace");
  await shownKey(page, "image-1.png");
  await expect(page.locator("header")).toContainText("2 back");
  await page.keyboard.press("Backspace");
  await expect(page.locator("output")).toHaveText("There is no task before this one");
  await drag(page, [200, 200], [300, 280]);
  await page.keyboard.press("Enter");
  await shownKey(page, "image-3.png");
  await expect(regions(page)).toHaveCount(1);
  await expect
    .poll(async () => (await world.stored("image-1.png")).annotations)
    .toMatchObject([{ revision: 2, answer: { regions: [{ class: "car" }, { class: "car" }] } }]);
  expect((await world.stored("image-2.png")).annotations).toMatchObject([{ revision: 1 }]);
});

test("what was sent back comes first, with the reviewer's reason", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(MOOD, ["a", "b"], { review: { type: "all" } });
  await enter(page, server, "Again", "labeler");
  await world.label(page);
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await world.answered("text-1.txt");
  await world.judge("text-1.txt", { verdict: "reject", reason: "Read the last line" });
  await page.reload();
  await shownKey(page, "text-1.txt");
  const notice = page.getByRole("alert").filter({ hasText: "Sent back by a reviewer" });
  await expect(notice).toContainText("Read the last line");
  await expect(page.getByRole("radio", { name: /Good/ })).toBeChecked();
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  await expect(notice).toHaveCount(0);
  await expect
    .poll(async () => (await world.stored("text-1.txt")).annotations)
    .toMatchObject([{ revision: 2, state: "submitted", answer: { fields: { mood: "bad" } } }]);
});

test("guidelines are marked until they are read, and again when they change", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(MOOD, [["a.txt", Buffer.from("a")]], {}, { guidelines: "Be **kind**." });
  await enter(page, server, "Reader", "labeler");
  await world.label(page);
  const panel = page.getByRole("region", { name: "Guidelines" });
  await expect(panel).toContainText("new");
  await expect(panel.locator("p strong")).toHaveText("kind");
  await panel.getByRole("button", { name: "I have read version 1" }).click();
  await expect(panel).not.toContainText("new");
  await world.publish("Be kind and **fair**.");
  await page.reload();
  await expect(panel).toContainText("changed");
  await panel.getByRole("button", { name: "I have read version 2" }).click();
  await expect(panel).not.toContainText("changed");
});

test("what a model said is shown apart, and taken or dropped by keys", async ({ page, server }) => {
  const world = await World.of(server);
  const box = (id: string, x: number, score: number) => ({
    id,
    class: "car",
    geometry: { type: "box", x, y: 50, width: 60, height: 40 },
    score,
  });
  const answer = { regions: [box("m1", 10, 0.9), box("m2", 100, 0.4), box("m3", 200, 0.8)] };
  await world.prelabeled(BOXES, [
    { key: "one.png", answer },
    { key: "two.png", answer: { regions: [box("m4", 30, 0.7)] } },
  ]);
  await enter(page, server, "Checker", "labeler");
  await world.label(page);
  await shownKey(page, "one.png");
  const suggested = page.locator("[role=option][data-state=suggested]");
  await expect(suggested).toHaveCount(3);
  await expect(suggested.first()).toContainText("90 %");
  await page.keyboard.press("a");
  await expect(suggested).toHaveCount(2);
  await page.keyboard.press("x");
  await expect(suggested).toHaveCount(1);
  await page.keyboard.press("Shift+a");
  await expect(suggested).toHaveCount(0);
  await page.keyboard.press("Enter");
  await shownKey(page, "two.png");
  // What is neither taken nor dropped is no part of the answer.
  await expect(suggested).toHaveCount(1);
  await page.keyboard.press("Enter");
  const stored = await world.answered("one.png");
  expect(stored.regions.map((one) => one.id).sort()).toEqual(["m1", "m3"]);
  expect(stored.regions.every((one) => !("score" in one))).toBe(true);
  expect((await world.answered("two.png")).regions).toEqual([]);
});

test("where there is no task the page says why and what next", async ({ page, server, browser }) => {
  const world = await World.of(server);
  await world.make(BOXES, []);
  await enter(page, server, "Early", "labeler");
  const open = (one: Page, other: World) => one.goto(`${server.address}/projects/${other.project}/label`);
  await open(page, world);
  await expect(page.getByRole("heading", { name: "This project has no tasks yet" })).toBeVisible();
  await page.getByRole("button", { name: "Back to my last answer" }).click();
  await expect(page.getByRole("status").last()).toContainText("not answered anything");

  const one = await World.of(server);
  await one.texts(MOOD, ["a"]);
  const other = await (await browser.newContext()).newPage();
  await enter(other, server, "Holder", "labeler");
  await one.label(other);
  await open(page, one);
  await expect(page.getByRole("heading", { name: "Nothing left for you right now" })).toBeVisible();
  await other.keyboard.press("1");
  await other.keyboard.press("Enter");
  await expect(other.getByRole("heading", { name: "All done" })).toBeVisible();
  await other.getByRole("button", { name: "Back to my last answer" }).click();
  await shownKey(other, "text-1.txt");
  await page.getByRole("button", { name: "Look again" }).click();
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  await other.context().close();
});
