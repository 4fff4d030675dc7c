// Polygons: vertices, holes and parts, stretches drawn anew, borders shared with a neighbour, slices, joins, scissors.
import type { Page } from "@playwright/test";
import {
  AREAS,
  areaOf,
  atScene,
  clickWith,
  close,
  DISC,
  maskOf,
  partsOf,
  said,
  submitted,
} from "./label.tools";
import { click, drag, regions, spot, test } from "./label.world";
import { expect } from "./server";

type Corner = [number, number];

async function ring(page: Page, ...corners: Corner[]): Promise<void> {
  for (const [x, y] of corners) await click(page, x, y);
  await page.keyboard.press("Enter");
}

const box = (x: number, y: number, width: number, height = width): Corner[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

test("a polygon gets a hole, another part, and a stretch drawn anew", async ({ page, server }) => {
  const world = await atScene(page, server, AREAS);
  await page.keyboard.press("p");
  await ring(page, ...box(40, 40, 120));
  await page.keyboard.press("Shift+P");
  await ring(page, ...box(60, 60, 30));
  await expect(said(page)).toHaveText("A hole was cut");
  await ring(page, ...box(250, 40, 40));
  await expect(said(page)).toHaveText("A part was added");
  await expect(regions(page)).toHaveCount(1);
  // A dent in the lower side; its ends snap to the outline.
  await page.keyboard.press("Shift+E");
  await ring(page, [120, 162], [100, 130], [80, 158]);
  await page.keyboard.press("z");
  await page.keyboard.press("Shift+Z");
  await expect(regions(page).first()).toContainText(`${14400 - 900 + 1600 - 600} px²`);
  const answer = await submitted(page, world);
  const parts = partsOf(answer.regions[0]?.geometry);
  expect(parts).toHaveLength(2);
  expect(parts[0]?.holes).toHaveLength(1);
  close(parts[0]?.holes?.[0], box(60, 60, 30));
  close(parts[1]?.outer, box(250, 40, 40));
  expect(parts[0]?.outer).toHaveLength(7);
  expect(Math.abs(areaOf(parts[0]?.outer ?? []) - (14400 - 600))).toBeLessThan(120);
});

test("two presses with Ctrl on a neighbour follow its border", async ({ page, server }) => {
  const world = await atScene(page, server, AREAS);
  await page.keyboard.press("p");
  await ring(page, [100, 50], [200, 50], [230, 100], [200, 150], [100, 150]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await clickWith(page, "Control", 201, 52);
  await clickWith(page, "Control", 198, 149);
  await click(page, 300, 150);
  await click(page, 300, 50);
  // On the first point: closed. The second press of a double click begins no other polygon.
  await page.mouse.dblclick(...(await spot(page, 200, 50)));
  await expect(regions(page)).toHaveCount(2);
  const answer = await submitted(page, world);
  const [first, second] = answer.regions.map((region) => partsOf(region.geometry)[0]?.outer ?? []);
  // Exactly the neighbour's own vertices, not some near them.
  expect(second?.slice(0, 3)).toEqual([first?.[1], first?.[2], first?.[3]]);
  close(second?.slice(3), [
    [300, 150],
    [300, 50],
  ]);
});

test("a polygon is sliced and joined again, as one with two parts and as one outline", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, AREAS);
  await page.keyboard.press("p");
  await ring(page, ...box(50, 50, 200, 100));
  await page.keyboard.press("Shift+S");
  await ring(page, [150, 20], [150, 90]);
  await expect(said(page)).toHaveText("The line does not cut the region in two");
  await page.keyboard.press("Escape");
  await ring(page, [150, 20], [150, 180]);
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Shift+Z");
  await expect(regions(page)).toHaveCount(2);
  // Another one over the right half: joined with it, the outline goes around both.
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await ring(page, ...box(220, 100, 100));
  await page.keyboard.press("v");
  await click(page, 300, 190);
  await page.keyboard.down("Shift");
  await click(page, 190, 80);
  await page.keyboard.up("Shift");
  await page.keyboard.press("j");
  await expect(regions(page)).toHaveCount(2);
  const answer = await submitted(page, world);
  const shapes = answer.regions.map((region) => partsOf(region.geometry));
  const areas = shapes.map((parts) => Math.round(areaOf(parts[0]?.outer ?? [])));
  expect(areas.filter((area) => Math.abs(area - 10_000) < 250)).toHaveLength(1);
  // 100 x 100 and 100 x 100 with 30 x 50 in both.
  expect(areas.filter((area) => Math.abs(area - 18_500) < 350)).toHaveLength(1);
  const joined = shapes[areas.findIndex((area) => area > 15_000)]?.[0]?.outer ?? [];
  expect(joined).toHaveLength(8);
});

test("polygons apart of each other are joined as parts; of two classes they are not", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, AREAS);
  await page.keyboard.press("p");
  await ring(page, ...box(20, 20, 40));
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await ring(page, ...box(100, 20, 40));
  await page.keyboard.press("v");
  await page.keyboard.down("Shift");
  await click(page, 40, 40);
  await page.keyboard.up("Shift");
  await page.keyboard.press("j");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await page.keyboard.press("p");
  await ring(page, ...box(200, 20, 40));
  await page.keyboard.press("v");
  await page.keyboard.down("Shift");
  await click(page, 40, 40);
  await page.keyboard.up("Shift");
  await page.keyboard.press("j");
  await expect(said(page)).toContainText("of one class");
  await expect(regions(page)).toHaveCount(2);
  const answer = await submitted(page, world);
  expect(answer.regions.map((region) => [region.class, partsOf(region.geometry).length])).toEqual([
    ["thing", 2],
    ["ground", 1],
  ]);
});

test("a polygon becomes a mask and the same mask a polygon again", async ({ page, server }) => {
  const world = await atScene(page, server, AREAS);
  await page.keyboard.press("p");
  await ring(page, [50, 50], [150, 50], [50, 150]);
  await page.keyboard.press("Shift+M");
  await expect(regions(page).first()).toContainText("mask");
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await ring(page, ...box(200, 100, 50));
  await page.keyboard.press("Shift+M");
  await page.keyboard.press("Shift+M");
  await expect(regions(page).last()).toContainText("polygon");
  const answer = await submitted(page, world);
  const mask = maskOf(answer.regions[0]?.geometry);
  expect(Math.abs(mask.area - 5000)).toBeLessThan(120);
  expect([mask.at(60, 60), mask.at(140, 140)]).toEqual([true, false]);
  close(partsOf(answer.regions[1]?.geometry)[0]?.outer, box(200, 100, 50));
});

test("scissors follow the edge of a thing", async ({ page, server }) => {
  const world = await atScene(page, server, AREAS);
  await page.keyboard.press("i");
  const { x, y, radius } = DISC;
  await click(page, x, y - radius);
  // The line lies along the edge before one clicks, found by a worker.
  await page.mouse.move(...(await spot(page, x + radius, y)));
  await page.waitForTimeout(300);
  await click(page, x + radius, y);
  await click(page, x, y + radius);
  await click(page, x - radius, y);
  await page.keyboard.press("Backspace");
  await click(page, x - radius, y);
  await click(page, x, y - radius);
  await expect(regions(page)).toHaveCount(1);
  const answer = await submitted(page, world);
  const outer = partsOf(answer.regions[0]?.geometry)[0]?.outer ?? [];
  expect(outer.length).toBeGreaterThan(12);
  const far = outer.map(([px, py]) => Math.abs(Math.hypot(px + 0.5 - x, py + 0.5 - y) - radius));
  expect(Math.max(...far)).toBeLessThan(4);
  expect(Math.abs(areaOf(outer) / (Math.PI * radius * radius) - 1)).toBeLessThan(0.05);
});

test("a vertex is pulled out of an edge, moved, and taken away, but never the third last", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, AREAS);
  await page.keyboard.press("p");
  await ring(page, ...box(60, 60, 100));
  await page.keyboard.press("v");
  await drag(page, [110, 60], [110, 30]);
  await page.mouse.move(...(await spot(page, 160, 160)));
  await page.keyboard.press("Delete");
  await clickWith(page, "Alt", 60, 160);
  await expect(regions(page).first()).toContainText("polygon");
  await clickWith(page, "Alt", 60, 60);
  const answer = await submitted(page, world);
  close(partsOf(answer.regions[0]?.geometry)[0]?.outer, [
    [60, 60],
    [110, 30],
    [160, 60],
  ]);
});
