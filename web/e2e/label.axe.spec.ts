// The pages of labeling and review can be used with a screen reader and read by weak eyes, in light and in dark.
import { check } from "./axe";
import { BOXES, drag, enter, NAMES, POLYGONS, QUESTIONS, shownKey, test, World } from "./label.world";
import { expect } from "./server";

const ALL = { review: { type: "all" }, overlap: 2 };
const GUIDELINES = { guidelines: "# Rules\n\nBe [kind](https://example.org) and **fair**." };

test("an image with masks", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(POLYGONS, 1);
  await enter(page, server, "Max", "labeler");
  await world.label(page);
  await page.keyboard.press("b");
  await drag(page, [50, 40], [150, 100]);
  await expect(page.getByTestId("coverage")).toContainText("unlabeled");
  await check(page, "masks");
});

test("an image with boxes, labeled and reviewed", async ({ page, server, browser }) => {
  const world = await World.of(server);
  await world.images(BOXES, 1, ALL);
  await world.labelAll("Ada", () => ({
    regions: [
      { id: "a", class: "person", geometry: { type: "box", x: 60, y: 40, width: 90, height: 60 } },
      { id: "b", class: "car", geometry: { type: "box", x: 260, y: 190, width: 90, height: 60 } },
    ],
  }));
  await enter(page, server, "Axel", "labeler");
  await world.label(page);
  await drag(page, [50, 40], [150, 100]);
  await page.keyboard.press("c");
  await check(page, "image");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("?");
  await check(page, "keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  await check(page, "skip");
  await page.keyboard.press("Escape");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  await check(page, "done");
  const reviewer = await (await browser.newContext()).newPage();
  await enter(reviewer, server, "Rex", "reviewer");
  await world.review(reviewer);
  await check(reviewer, "review");
  await reviewer.keyboard.press("d");
  await check(reviewer, "settle");
  await reviewer.context().close();
});

test("a text with spans and relations", async ({ page, server }) => {
  const world = await World.of(server);
  await world.prelabeled(NAMES, [
    {
      key: "t",
      text: "Zoë works for Acme in Oslo.\nأحمد يعمل في باريس",
      answer: {
        regions: [
          { id: "p", class: "person", geometry: { type: "span", ranges: [[0, 3]] }, score: 0.8 },
          { id: "c", class: "company", geometry: { type: "span", ranges: [[14, 18]] }, score: 0.7 },
          { id: "o", class: "place", geometry: { type: "span", ranges: [[22, 26]] }, score: 0.6 },
        ],
        relations: [{ id: "w", relation: "works_for", from: "p", to: "c" }],
      },
    },
  ]);
  await enter(page, server, "Axel", "labeler");
  await world.label(page);
  await page.keyboard.press("a");
  await page.keyboard.press("a");
  await check(page, "text");
});

test("questions, with what is wrong about them", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(QUESTIONS, [["a.txt", Buffer.from("a")]], {}, GUIDELINES);
  await enter(page, server, "Axel", "labeler");
  await world.label(page);
  await shownKey(page, "a.txt");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: /Mood/ })).toContainText("Mood is required");
  await expect(page.getByRole("link", { name: "kind" })).toBeVisible();
  await check(page, "fields");
});
