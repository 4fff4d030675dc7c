// Masks: painted, erased, filled, sliced, joined, cut out, found by colour and by clicks, under the rule of the project.
import type { Page } from "@playwright/test";
import {
  AREAS,
  atScene,
  clickWith,
  DISC,
  MASKS,
  maskOf,
  SQUARE,
  said,
  stroke,
  submitted,
} from "./label.tools";
import { click, regions, shownKey, spot, test } from "./label.world";
import { expect } from "./server";

const brushTo = async (page: Page, radius: number) => {
  // From 10 pixels up or down in steps of a quarter; what is said is the diameter.
  for (let step = 0; step < 40; step += 1) {
    const words = (await said(page).textContent()) ?? "";
    const diameter = Number(/Brush of (\d+)/.exec(words)?.[1] ?? 20);
    if (Math.abs(diameter / 2 - radius) <= radius * 0.13) return diameter / 2;
    await page.keyboard.press(diameter / 2 < radius ? "]" : "[");
  }
  throw new Error("the brush does not get this size");
};

test("every tool and command has its key in the sheet", async ({ page, server }) => {
  await atScene(page, server, AREAS);
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  const tools = page.getByRole("toolbar", { name: "Tools" }).getByRole("button", { includeHidden: true });
  await expect(tools).toHaveCount(13);
  // Each button shows its key.
  await expect(tools.locator("kbd")).toHaveCount(13);
  for (const words of [
    "Make a mask of what is in a box or under a click",
    "Draw polygons that keep to edges",
    "Paint masks by patches of like colour",
    "Slice the selected mask or polygon along a line",
    "Join the selected masks or polygons into one",
    "Remove the pixels of other masks under the selected one",
    "Repeat the regions of the last image",
    "Lock or unlock the selected regions",
  ]) {
    await expect(sheet).toContainText(words);
  }
});

test("a mask is painted round, erased square, filled, and undone stroke by stroke", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, MASKS);
  await page.keyboard.press("b");
  const radius = await brushTo(page, 10);
  // A frame with an open middle.
  await stroke(page, [100, 100], [200, 100], [200, 200], [100, 200], [100, 100]);
  await expect(regions(page)).toHaveCount(1);
  const frame = await regions(page).first().textContent();
  await page.keyboard.press("Shift+F");
  await click(page, 150, 150);
  await expect(regions(page).first()).not.toHaveText(frame ?? "");
  // What is outside reaches the edge of the image: it is no hole.
  await click(page, 20, 20);
  await expect(said(page)).toHaveText("This is not closed: it reaches the edge of the image");
  await page.keyboard.press("e");
  await page.keyboard.press("Shift+B");
  await expect(said(page)).toHaveText("The brush is square");
  await stroke(page, [150, 150], [150, 150]);
  await page.keyboard.press("z");
  await page.keyboard.press("z");
  await expect(regions(page).first()).toHaveText(frame ?? "");
  await page.keyboard.press("Shift+Z");
  await page.keyboard.press("Shift+Z");
  // The brush with Shift erases as well.
  await page.keyboard.press("b");
  await page.keyboard.down("Shift");
  await stroke(page, [100, 150], [100, 150]);
  await page.keyboard.up("Shift");
  const answer = await submitted(page, world);
  expect(answer.regions).toHaveLength(1);
  const mask = maskOf(answer.regions[0]?.geometry);
  const whole = (100 + 2 * radius) ** 2 - (4 - Math.PI) * radius * radius;
  const square = (2 * radius) ** 2;
  expect(Math.abs(mask.area - (whole - 2 * square)) / whole).toBeLessThan(0.02);
  expect([mask.at(150, 150), mask.at(150, 135), mask.at(92, 150), mask.at(175, 175)]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test("a mask that is erased whole is no region, and an eraser without a mask says so", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, MASKS);
  await page.keyboard.press("e");
  await stroke(page, [50, 50], [60, 50]);
  await expect(said(page)).toHaveText("Select a mask first, then erase from it");
  await page.keyboard.press("b");
  await stroke(page, [50, 50], [60, 50]);
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("e");
  await brushTo(page, 20);
  await stroke(page, [40, 50], [70, 50]);
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(1);
  // A stroke that is left with Esc does nothing.
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await page.mouse.move(...(await spot(page, 200, 200)));
  await page.mouse.down();
  await page.mouse.move(...(await spot(page, 250, 200)), { steps: 4 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect(regions(page)).toHaveCount(1);
  expect((await submitted(page, world)).regions).toHaveLength(1);
});

test("a mask is sliced, its halves joined, and one is cut out of another", async ({ page, server }) => {
  const world = await atScene(page, server, MASKS);
  await page.keyboard.press("b");
  await stroke(page, [60, 60], [160, 60]);
  await page.keyboard.press("Shift+S");
  await click(page, 110, 20);
  await click(page, 110, 100);
  await page.keyboard.press("Enter");
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("v");
  await page.keyboard.press("Escape");
  await click(page, 70, 60);
  await page.keyboard.down("Shift");
  await click(page, 150, 60);
  await page.keyboard.up("Shift");
  await page.keyboard.press("j");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await page.keyboard.press("b");
  await stroke(page, [110, 30], [110, 90]);
  await expect(regions(page)).toHaveCount(2);
  await expect(page.getByTestId("coverage")).toContainText("in more than one region");
  await page.keyboard.press("Shift+U");
  await expect(said(page)).toHaveText("1 masks were cut");
  await expect(page.getByTestId("coverage")).not.toContainText("in more than one region");
  const answer = await submitted(page, world);
  const [road, sky] = answer.regions.map((region) => maskOf(region.geometry));
  expect(answer.regions.map((region) => region.class)).toEqual(["road", "sky"]);
  expect([road?.at(110, 60), sky?.at(110, 60), road?.at(70, 60)]).toEqual([false, true, true]);
});

test("in a panoptic map a new mask takes the pixels of others, but not of locked ones", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, MASKS);
  await page.getByLabel("How masks may overlap").selectOption("panoptic");
  await page.getByTestId("canvas").focus();
  await expect(page.getByTestId("coverage")).toHaveText("100.0 % unlabeled");
  await page.keyboard.press("b");
  await stroke(page, [50, 100], [250, 100]);
  await expect(page.getByTestId("coverage")).not.toHaveText("100.0 % unlabeled");
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await stroke(page, [150, 50], [150, 150]);
  await expect(regions(page)).toHaveCount(2);
  // The first one loses its middle; it can be locked, and then keeps what it has.
  await page.keyboard.press("Shift+L");
  await expect(regions(page).last()).toContainText("locked");
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await stroke(page, [100, 125], [200, 125]);
  await expect(regions(page)).toHaveCount(3);
  const answer = await submitted(page, world);
  const masks = answer.regions.map((region) => maskOf(region.geometry));
  let shared = 0;
  for (let at = 0; at < 300 * 400; at += 1) {
    const [x, y] = [at % 400, Math.floor(at / 400)];
    if (masks.filter((mask) => mask.at(x, y)).length > 1) shared += 1;
  }
  expect(shared).toBe(0);
  expect(masks.map((mask) => mask.at(150, 125))).toEqual([false, true, false]);
  expect(masks[2]?.at(110, 125)).toBe(true);
});

test("in a semantic map a class has one mask", async ({ page, server }) => {
  const world = await atScene(page, server, MASKS, 2);
  await page.getByLabel("How masks may overlap").selectOption("semantic");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("b");
  await stroke(page, [50, 50], [100, 50]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await stroke(page, [200, 50], [250, 50]);
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await page.keyboard.press("b");
  await stroke(page, [220, 30], [220, 70]);
  await expect(regions(page)).toHaveCount(2);
  const answer = await submitted(page, world);
  const [road, sky] = answer.regions.map((region) => maskOf(region.geometry));
  expect([road?.at(70, 50), road?.at(220, 50), sky?.at(220, 50)]).toEqual([true, false, true]);
  // The choice holds for the next image, and for the next day.
  await shownKey(page, "scene-2.png");
  await expect(page.getByLabel("How masks may overlap")).toHaveValue("semantic");
  await page.reload();
  await expect(page.getByLabel("How masks may overlap")).toHaveValue("semantic");
});

test("the wand takes a thing of one colour, more tolerance takes more, Shift takes away", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, MASKS);
  await page.keyboard.press("w");
  await click(page, 290, 110);
  await expect(regions(page).first()).toContainText("mask");
  await clickWith(page, "Shift", 290, 110);
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("{");
  await expect(said(page)).toHaveText("The wand takes colours up to 16 away");
  await page.keyboard.press("}");
  const answer = await submitted(page, world);
  const mask = maskOf(answer.regions[0]?.geometry);
  const { left, top, side } = SQUARE;
  expect(Math.abs(mask.area / (side * side) - 1)).toBeLessThan(0.02);
  expect([mask.at(left + 2, top + 2), mask.at(left - 2, top + 2)]).toEqual([true, false]);
});

test("superpixels keep to the edge of a thing", async ({ page, server }) => {
  const world = await atScene(page, server, MASKS);
  await page.keyboard.press("u");
  const { left, top, side } = SQUARE;
  const inside = 8;
  // Over the whole square, row by row.
  const rows = Array.from({ length: 13 }, (_, row): [number, number][] => {
    const y = top + inside + (row * (side - 2 * inside)) / 12;
    const ends: [number, number][] = [
      [left + inside, y],
      [left + side - inside, y],
    ];
    return row % 2 === 0 ? ends : ends.reverse();
  });
  const points = rows.flatMap(([from = [0, 0], to = [0, 0]]) =>
    Array.from({ length: 7 }, (_, step): [number, number] => [
      from[0] + ((to[0] - from[0]) * step) / 6,
      from[1],
    ]),
  );
  await stroke(page, ...points);
  await expect(regions(page)).toHaveCount(1);
  const answer = await submitted(page, world);
  const mask = maskOf(answer.regions[0]?.geometry);
  let common = 0;
  for (let y = top; y < top + side; y += 1) {
    for (let x = left; x < left + side; x += 1) if (mask.at(x, y)) common += 1;
  }
  expect(common / mask.area).toBeGreaterThan(0.97);
  expect(common / (side * side)).toBeGreaterThan(0.9);
});

test("a click makes a mask of what is under it, others add and leave out, and undo takes one back", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, MASKS);
  const area = async () => Number(/(\d+) px/.exec((await regions(page).first().textContent()) ?? "")?.[1]);
  const disc = Math.PI * DISC.radius ** 2;
  const square = SQUARE.side ** 2;
  await page.keyboard.press("m");
  await clickWith(page, "Shift", 20, 20);
  await expect(said(page)).toHaveText("Select a mask first, then leave out a part of it");
  await click(page, DISC.x, DISC.y);
  await expect(regions(page)).toHaveCount(1);
  expect(Math.abs((await area()) / disc - 1)).toBeLessThan(0.06);
  // The other thing as well, and away with it again.
  await click(page, 290, 110);
  await expect.poll(area, { timeout: 10_000 }).toBeGreaterThan(0.9 * (disc + square));
  await clickWith(page, "Shift", 290, 110);
  await expect.poll(area, { timeout: 10_000 }).toBeLessThan(1.1 * disc);
  await page.keyboard.press("z");
  await expect.poll(area).toBeGreaterThan(0.9 * (disc + square));
  await page.keyboard.press("Shift+Z");
  // A box begins another object.
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await stroke(page, [230, 50], [350, 170]);
  await expect(regions(page)).toHaveCount(2);
  const answer = await submitted(page, world);
  const [first, second] = answer.regions.map((region) => maskOf(region.geometry));
  expect(Math.abs((first?.area ?? 0) / disc - 1)).toBeLessThan(0.1);
  expect(Math.abs((second?.area ?? 0) / square - 1)).toBeLessThan(0.03);
  expect([first?.at(DISC.x, DISC.y), first?.at(290, 110), second?.at(290, 110)]).toEqual([true, false, true]);
});
