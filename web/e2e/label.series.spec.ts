// A series' way: uploaded, intervals drawn by mouse and by keyboard, moments set, submitted, exported with its own times.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { file } from "./app.files";
import { check } from "./axe";
import { regions, shownKey } from "./hands";
import { test } from "./label.world";
import { firstEntry } from "./make";
import { expect, type Server, signIn } from "./server";
import { publish } from "./story.steps";

const ROWS = 600;

/** A row a second from noon on; between 200 and 300 the temperature is high, at 450 there is a spike. */
function table(): Buffer {
  const lines = ["time,temperature,pressure"];
  for (let row = 0; row < ROWS; row += 1) {
    const time = new Date(Date.UTC(2026, 0, 31, 12, 0, row)).toISOString().replace(".000Z", "Z");
    const temperature = row === 450 ? 95 : row >= 200 && row < 300 ? 80 : 20 + Math.sin(row / 20);
    lines.push(`${time},${temperature.toFixed(2)},${(row % 50) / 10}`);
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** A new owner with a project of one series, on its label page. */
async function begin(page: Page, server: Server, name: string): Promise<void> {
  await signIn(page, server, server.addUser(`${name}@example.org`, name, "owner"));
  await page.goto(`${server.address}/new`);
  await page.getByTestId("files").setInputFiles(file(`${name}.csv`, "text/csv", table()));
  await page.getByRole("radio", { name: "Anomalies of a series" }).check();
  await page.getByRole("textbox", { name: "Name of the project" }).fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("1 item added")).toBeVisible();
  await page.goto(`${server.address}/`);
  await page.getByRole("article", { name }).getByRole("link", { name: "Label" }).first().click();
  await shownKey(page, `${name}.csv`);
}

/** Where a row lies over the data. */
async function place(page: Page, row: number): Promise<{ x: number; y: number }> {
  const box = await page.getByTestId("canvas").boundingBox();
  if (!box) throw new Error("there is no series");
  return { x: box.x + (row / (ROWS - 1 + 1)) * box.width, y: box.y + box.height * 0.3 };
}

async function drag(page: Page, from: number, to: number): Promise<void> {
  const [start, end] = [await place(page, from), await place(page, to)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, start.y);
  await page.mouse.move(end.x, end.y);
  await page.mouse.up();
}

test("a series is labeled by mouse and keyboard and leaves with its own times", async ({ page, server }) => {
  await begin(page, server, "pump");
  await expect(page.getByRole("checkbox", { name: /temperature/ })).toBeChecked();
  await page.keyboard.press("1");
  await drag(page, 200, 300);
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText(/2026-01-31 12:03:(19|20|21)/);

  // A moment by a click, where the spike is; another at the playhead by the keyboard alone. What is selected would change
  // its class.
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  await page.keyboard.press("3");
  const spike = await place(page, 450);
  await page.mouse.click(spike.x, spike.y);
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).filter({ hasText: "Spike" })).toContainText(/12:07:(29|30|31)/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("e");
  await expect(regions(page)).toHaveCount(3);
  await page.keyboard.press("Delete");
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(3);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(2);

  await check(page, "series");
  await page.keyboard.press("?");
  await check(page, "keys");
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: /pressure/ }).uncheck();
  await page.getByRole("checkbox", { name: "Lanes fit what is seen" }).check();

  // What is drawn outlives the tab.
  await page.waitForTimeout(700);
  await page.reload();
  await expect(regions(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  const rows = firstEntry(readFileSync(await publish(page, "pump", /Labels of time series/)))
    .toString()
    .trim()
    .split("\n");
  expect(rows[0]).toBe("series,class,start,end,score,attributes");
  expect(rows).toHaveLength(3);
  expect(rows[1]).toMatch(
    /^pump\.csv,anomaly,2026-01-31T12:03:(19|20|21)Z,2026-01-31T12:0(4:59|5:00|5:01)Z,,$/,
  );
  expect(rows[2]).toMatch(/^pump\.csv,spike,2026-01-31T12:07:(29|30|31)Z,,,$/);
});

test("closely seen, the keys go from row to row and an interval is drawn between them", async ({
  page,
  server,
}) => {
  await begin(page, server, "rows");
  const middle = await place(page, 300);
  await page.mouse.click(middle.x, middle.y);
  await page.keyboard.press("Escape");
  for (let step = 0; step < 8; step += 1) await page.keyboard.press("ArrowUp");
  await page.keyboard.press("1");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("b");
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("b");
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("5 s");
});
