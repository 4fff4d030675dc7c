// Spans: snapping, parts, every occurrence, the person's own terms, sentences, texts that are long.
import type { Page } from "@playwright/test";
import { check } from "./axe";
import { selectWords } from "./hands";
import { clickOn, dragOver, FULL, longSpans, longText, span } from "./label.text.tools";
import { enter, regions, shownKey, test, World } from "./label.world";
import { expect } from "./server";

const key = (page: Page, ...names: string[]) =>
  names.reduce<Promise<void>>(
    (before, name) => before.then(() => page.keyboard.press(name)),
    Promise.resolve(),
  );
const mark = (page: Page, name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
const said = (page: Page) => page.locator("footer output");

test("selections snap to words, tokens or characters; the choice stays", async ({ page, server }) => {
  const world = await World.of(server);
  const line = JSON.stringify({ key: "one", text: "can't stop 👩‍🚀e\u0301", tokens: ["ca", "n't", "stop"] });
  await world.make(
    FULL,
    [["items.jsonl", Buffer.from(`${line}\n`)]],
    {},
    { format: "jsonl", mapping: { key: "key", content: "text" }, tasks: 1 },
  );
  await enter(page, server, "Snapper", "labeler");
  await world.label(page);
  await mark(page, "Person");
  await selectWords(page, "to");
  await expect(regions(page).first()).toContainText("stop");
  await page.keyboard.press("Escape");
  await page.keyboard.press("w");
  await expect(said(page)).toHaveText("Tokens of the item");
  await selectWords(page, "t");
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).nth(1)).toContainText("n't");
  await page.keyboard.press("Escape");
  await page.keyboard.press("w");
  await expect(said(page)).toHaveText("Single characters");
  await selectWords(page, "👩‍🚀");
  await expect(regions(page)).toHaveCount(3);
  await page.reload();
  await expect(page.getByLabel("Snap to")).toHaveValue("grapheme");
  await page.keyboard.press("Enter");
  const answer = await world.answered("one");
  expect(answer.regions.map((one) => one.geometry.ranges)).toEqual([[[6, 10]], [[2, 5]], [[11, 14]]]);
});

test("a span has several parts, made and removed by mouse and by keys", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(FULL, ["North and South America met Anna", "second"]);
  await enter(page, server, "Parter", "labeler");
  await world.label(page);
  await mark(page, "Place");
  await selectWords(page, "North");
  await expect(regions(page)).toHaveCount(1);
  // By mouse: Ctrl and drag.
  await page.keyboard.down("Control");
  await dragOver(page, "America");
  await page.keyboard.up("Control");
  await expect(regions(page).first()).toContainText("North … America");
  // Ctrl and click takes a part away, one undo brings it back.
  await page.keyboard.down("Control");
  await clickOn(page, "America");
  await page.keyboard.up("Control");
  await expect(regions(page).first()).not.toContainText("America");
  await page.keyboard.press("z");
  await expect(regions(page).first()).toContainText("North … America");
  await page.keyboard.press("Escape");
  // A second one by keys alone, from the start of the text.
  await page.getByTestId("canvas").focus();
  await selectWords(page, "South");
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("u");
  await expect(said(page)).toContainText("select the other part");
  await key(page, "ArrowRight", "ArrowRight", "Shift+ArrowLeft", "u");
  await expect(said(page)).toHaveText("2 parts in the span");
  await expect(regions(page).nth(1)).toContainText("South … met");
  // The arrows move the part in hand; it cannot be pushed into its neighbour.
  await key(page, "Shift+ArrowRight");
  await expect(regions(page).nth(1)).toContainText("South … met Anna");
  await key(page, "i", "Shift+u");
  await expect(said(page)).toHaveText("1 part in the span");
  await page.keyboard.press("z");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  const answer = await world.answered("text-1.txt");
  expect(answer.regions.map((one) => one.geometry.ranges)).toEqual([
    [
      [0, 5],
      [16, 23],
    ],
    [
      [10, 15],
      [24, 32],
    ],
  ]);
});

test("every occurrence is labeled at once after a look, and taken back at once", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(FULL, ["Ann met Ann.\nann and Anna saw Ann", "second"]);
  await enter(page, server, "Finder", "labeler");
  await world.label(page);
  await mark(page, "Person");
  await selectWords(page, "Ann");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("o");
  await expect(said(page)).toContainText("stands in 2 more places");
  await expect(page.getByRole("button", { name: "Label 2 more" })).toBeVisible();
  const painted = () => page.evaluate(() => CSS.highlights.get("labelwright-alike")?.size ?? 0);
  expect(await painted()).toBe(2);
  await page.getByLabel("Same case").uncheck();
  await expect(page.getByRole("button", { name: "Label 3 more" })).toBeVisible();
  await page.getByRole("checkbox", { name: "Whole words" }).uncheck();
  await expect(page.getByRole("button", { name: "Label 4 more" })).toBeVisible();
  await page.getByRole("checkbox", { name: "Whole words" }).check();
  await check(page, "text editor with a preview");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("o");
  await expect(regions(page)).toHaveCount(4);
  expect(await painted()).toBe(0);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Shift+z");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  const answer = await world.answered("text-1.txt");
  expect(answer.regions.map((one) => (one.geometry.ranges as number[][])[0])).toEqual([
    [0, 3],
    [8, 11],
    [13, 16],
    [30, 33],
  ]);
});

test("a list of terms and patterns suggests spans, on this text and on the next", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.texts(FULL, ["Ann Lee left Acme in 1999.", "Acme again, and Ann Lee in 2024"]);
  await enter(page, server, "Lister", "labeler");
  await world.label(page);
  await page.getByText("Your terms").click();
  await page
    .getByRole("textbox", { name: "Your terms" })
    .fill("ann lee,person\nAcme\tCompany\n/\\d{4}/,nothing\n/(\\d+)+x/,place");
  await page.getByRole("button", { name: "Suggest", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Line 3" })).toContainText(
    "“nothing” is not a class of this schema",
  );
  const suggested = page.getByRole("option").filter({ hasText: "suggested" });
  await expect(suggested).toHaveCount(2);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("a");
  await page.keyboard.press("x");
  await expect(suggested).toHaveCount(0);
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  await expect(suggested).toHaveCount(2);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Shift+a");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  expect((await world.answered("text-1.txt")).regions.map((one) => one.class)).toEqual(["person"]);
  expect((await world.answered("text-2.txt")).regions.map((one) => one.class).sort()).toEqual([
    "company",
    "person",
  ]);
});

test("a pattern that never ends is told, and the page goes on", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(FULL, [`${"a".repeat(60)}!`, "second"]);
  await enter(page, server, "Looper", "labeler");
  await world.label(page);
  await page.getByText("Your terms").click();
  await page.getByRole("textbox", { name: "Your terms" }).fill("/(a+)+$/,person");
  await page.getByRole("button", { name: "Suggest", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "takes too long" })).toBeVisible({
    timeout: 10_000,
  });
  await page.getByRole("textbox", { name: "Your terms" }).fill("");
});

test("one numbered sentence a line, with the same offsets, and questions beside it", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.texts(FULL, ["Ann came. Bob left Rome! Why?\nNobody knows.", "second"]);
  await enter(page, server, "Reader", "labeler");
  await world.label(page);
  await expect(page.locator("[data-paragraph]")).toHaveCount(2);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Shift+s");
  await expect(page.locator("[data-paragraph]")).toHaveCount(4);
  await expect(page.locator("[data-paragraph]").nth(3)).toHaveAttribute("data-number", "4");
  await mark(page, "Place");
  await selectWords(page, "Rome");
  await page.getByRole("textbox", { name: "Note" }).fill("short");
  await check(page, "text editor by sentences");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  // Kept for the next text.
  await expect(page.getByLabel("One sentence a line")).toBeChecked();
  const answer = await world.answered("text-1.txt");
  expect(answer.regions.map((one) => one.geometry.ranges)).toEqual([[[19, 23]]]);
  expect(answer.fields).toEqual({ note: "short" });
});

test("1 MB with 10,000 spans opens, scrolls to any of them, and stores a new one at once", async ({
  page,
  server,
}) => {
  const text = longText(1_000_000);
  const world = await World.of(server);
  await world.texts({ modality: "text", classes: FULL.classes }, [text, "second"]);
  await enter(page, server, "Marathon", "labeler");
  await world.label(page);
  const id = Number((await world.tasks())[0]?.id);
  const spans = longSpans(text, 10_000, ["person", "place", "company"]);
  const stored = await page.evaluate(
    async ([task, regions]) => {
      const draft = { fields: {}, regions, relations: [], base: null, took_ms: 0, saved_at: Date.now() };
      const headers = { "Content-Type": "application/json" };
      const body = JSON.stringify({ answer: draft });
      return (await fetch(`/api/v1/tasks/${task}/draft`, { method: "PUT", headers, body })).status;
    },
    [id, spans] as const,
  );
  expect(stored).toBeLessThan(300);
  await page.reload();
  await expect(page.getByRole("listbox")).toHaveAccessibleName("Regions, 10000");
  // Only what is near the screen is in the page.
  expect(await page.locator("[data-paragraph]").count()).toBeLessThan(100);
  // To the last one by the list, and back to the first line by scrolling.
  await page.getByRole("listbox").focus();
  await page.keyboard.press("End");
  await expect(page.locator('[data-marks~="s9999"]').first()).toBeInViewport();
  const last = page.locator("[data-paragraph]").last();
  await expect(last).toContainText(text.slice(-300).split("\n").at(-1)?.slice(-40).trim() ?? "");
  await page.keyboard.press("Home");
  await expect(page.locator('[data-marks~="s0"]').first()).toBeInViewport();
  // What is marked now is there after the tab was killed, 50 ms later.
  await page.keyboard.press("Escape");
  await mark(page, "Person");
  await selectWords(page, "Oslo");
  await expect(page.getByRole("listbox")).toHaveAccessibleName("Regions, 10001");
  await page.waitForTimeout(400);
  await selectWords(page, "plan");
  await expect(page.getByRole("listbox")).toHaveAccessibleName("Regions, 10002");
  await page.waitForTimeout(50);
  const kept = await page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const open = indexedDB.open("labelwright");
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const all = open.result.transaction("drafts").objectStore("drafts").getAll();
          all.onsuccess = () =>
            resolve(
              all.result.filter((one: { steps?: unknown[] }) => one.steps && one.steps.length === 1).length,
            );
        };
      }),
  );
  expect(kept).toBe(1);
  await page.reload();
  await expect(page.getByRole("listbox")).toHaveAccessibleName("Regions, 10002");
});

test("attributes, nested and overlapping spans stay apart", async ({ page, server }) => {
  const kind = { id: "kind", title: "Kind", kind: { type: "text" } };
  const world = await World.of(server);
  const classes = [span("person", "#0072B2", { attributes: [kind] }), span("place", "#009E73")];
  await world.texts({ modality: "text", classes }, ["University of Oslo Hospital", "second"]);
  await enter(page, server, "Nester", "labeler");
  await world.label(page);
  await mark(page, "Person");
  await selectWords(page, "University of Oslo");
  await page.getByRole("textbox", { name: "Kind" }).fill("school");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Escape");
  await mark(page, "Place");
  await clickOn(page, "Hospital");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("2");
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  const { regions: stored } = await world.answered("text-1.txt");
  expect(stored[0]).toMatchObject({
    class: "person",
    geometry: { ranges: [[0, 18]] },
    attributes: { kind: "school" },
  });
  expect(stored[1]?.class).toBe("place");
  const [start = 0, end = 0] = ((stored[1]?.geometry.ranges ?? []) as number[][])[0] ?? [];
  expect(start).toBeLessThan(18);
  expect(end).toBeGreaterThan(18);
});
