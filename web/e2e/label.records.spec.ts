// Records: two beside each other with what differs, cells labeled by keys and by the pointer, a table of many rows; what
// was said comes back, and goes out.
import type { Page } from "@playwright/test";
import { check } from "./axe";
import { regions, shownKey } from "./hands";
import { enter, test, World } from "./label.world";
import { expect } from "./server";

const SCHEMA = {
  name: "Same",
  modality: "table",
  fields: [
    {
      id: "match",
      title: "Match",
      required: true,
      kind: {
        type: "choice",
        options: [
          { id: "same", title: "Same", hotkey: "q" },
          { id: "different", title: "Different", hotkey: "w" },
        ],
      },
    },
  ],
  classes: [
    { id: "difference", title: "Difference", geometry: ["cells"], color: "#0072B2", hotkey: "1" },
    {
      id: "wrong",
      title: "Wrong value",
      geometry: ["cells"],
      color: "#E69F00",
      hotkey: "2",
      attributes: [{ id: "right_value", title: "Right value", kind: { type: "text" } }],
    },
  ],
};

const HOSTILE = '<img src=x onerror="window.ran=1">';

const PAIRS = [
  "id,left_title,left_model,left_price,right_title,right_model,right_price",
  `a,"Garden pump ${HOSTILE}",X100,12.5,"garden  PUMP, ${HOSTILE}",X-200,12.5`,
  "b,Drill,K7,,drill,K7,9",
].join("\n");

const cell = (page: Page, row: number, column: number) => page.locator(`[data-cell="${row} ${column}"]`);
const answered = async (world: World, key: string) => {
  await expect.poll(async () => (await world.stored(key)).annotations.length).toBe(1);
  return world.answered(key);
};

test("two records are compared and labeled by keyboard, and go out as a table", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(SCHEMA, [["pairs.csv", Buffer.from(PAIRS)]], {}, { tasks: 2 });
  await enter(page, server, "Careful", "labeler");
  await world.label(page);
  await shownKey(page, "a");
  await check(page, "two records");
  expect(await page.evaluate(() => (window as { ran?: number }).ran)).toBeUndefined();
  await expect(page.getByRole("columnheader", { name: "left" })).toBeVisible();
  const lines = page.locator("tr[data-likeness]");
  await expect(lines).toHaveCount(3);
  const likeness = await lines.evaluateAll((all) => all.map((one) => one.getAttribute("data-likeness")));
  expect(likeness).toEqual(["alike", "different", "same"]);
  await expect(cell(page, 0, 1).locator("mark")).toHaveText("X100");
  await expect(cell(page, 0, 0).locator("mark")).toHaveCount(0);

  // The next difference, both records, its class; the same class again takes it back.
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("n");
  await expect(cell(page, 0, 1)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("1");
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("left: model, right: model");
  await expect(page.getByRole("button", { name: "Difference", exact: true }).nth(1)).toBeVisible();
  await page.keyboard.press("1");
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("w");
  await page.waitForTimeout(1500);
  await page.reload();
  await expect(regions(page)).toHaveCount(1);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Enter");

  // By the pointer: a block that is dragged, an attribute of what is wrong.
  await shownKey(page, "b");
  await cell(page, 0, 1).hover();
  await page.mouse.down();
  await cell(page, 1, 2).hover();
  await page.mouse.up();
  await expect(page.locator("[data-selected]")).toHaveCount(4);
  await cell(page, 0, 2).click();
  await expect(page.locator("[data-selected]")).toHaveCount(1);
  await page.keyboard.press("2");
  await page.getByRole("textbox", { name: "Right value" }).fill("9");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("q");
  await page.keyboard.press("Enter");

  const first = await answered(world, "a");
  expect(first.fields).toEqual({ match: "different" });
  expect(first.regions.map((one) => one.geometry)).toEqual([
    {
      type: "cells",
      cells: [
        [0, 1],
        [1, 1],
      ],
    },
  ]);
  const second = await answered(world, "b");
  expect(second.regions.map((one) => [one.class, one.geometry.cells, one.attributes])).toEqual([
    ["wrong", [[0, 2]], { right_value: "9" }],
  ]);
});

test("a table of many rows is read as one, also on a small screen", async ({ page, server }) => {
  const world = await World.of(server);
  const records = Array.from({ length: 30 }, (_, at) => ({
    name: `Row ${at}`,
    price: at * 1.5,
    left: at > 3,
  }));
  const single = { id: "one", name: "A single record", made: null };
  const lines = [JSON.stringify({ id: "many", records }), JSON.stringify(single)].join("\n");
  await world.make(SCHEMA, [["rows.jsonl", Buffer.from(lines)]], {}, { tasks: 2 });
  await enter(page, server, "Small", "labeler");
  await page.setViewportSize({ width: 390, height: 800 });
  await world.label(page);
  await shownKey(page, "many");
  await expect(page.locator("tbody tr")).toHaveCount(30);
  await expect(page.getByRole("columnheader", { name: "price" })).toBeVisible();
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("End");
  await expect(cell(page, 29, 2)).toBeInViewport();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("o");
  await expect(page.locator("[data-selected]")).toHaveCount(30);
  await page.keyboard.press("2");
  await expect(regions(page).first()).toContainText("and 27 more");
  await check(page, "a table of many rows");
  await page.keyboard.press("q");
  await page.keyboard.press("Enter");
  await shownKey(page, "one");
  await expect(page.locator("tbody tr")).toHaveCount(2);
  await expect(cell(page, 0, 1)).toHaveText("—");
});
