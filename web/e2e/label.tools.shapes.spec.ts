// Boxes, turned boxes, ellipses, lines, points, skeletons and cuboids: drawn with the mouse, mended, undone, and read back.

import { atScene, clickWith, close, numbers, SHAPES, said, submitted } from "./label.tools";
import { click, drag, regions, spot, test } from "./label.world";
import { expect } from "./server";

test("boxes by four extreme points, in any order, and none of too few", async ({ page, server }) => {
  const world = await atScene(page, server, SHAPES);
  await page.keyboard.press("Shift+R");
  for (const [x, y] of [
    [170, 150],
    [120, 100],
    [70, 150],
  ] as const) {
    await click(page, x, y);
  }
  await page.keyboard.press("z");
  await click(page, 70, 160);
  await click(page, 120, 200);
  await expect(regions(page)).toHaveCount(1);
  // The second press of a double click on the last point begins no other box.
  for (const [x, y] of [
    [300, 20],
    [280, 30],
    [320, 30],
  ] as const) {
    await click(page, x, y);
  }
  await page.mouse.dblclick(...(await spot(page, 312, 40)));
  await expect(regions(page)).toHaveCount(2);
  await click(page, 200, 250);
  await page.keyboard.press("Enter");
  await expect(said(page)).toHaveText("A box needs its outermost points");
  await page.keyboard.press("Escape");
  const answer = await submitted(page, world);
  expect(answer.regions).toHaveLength(2);
  numbers(answer.regions[0]?.geometry, { x: 70, y: 100, width: 100, height: 100 });
  numbers(answer.regions[1]?.geometry, { x: 280, y: 20, width: 40, height: 20 });
});

test("a turned box by a side and a width, turned by its grip; an ellipse in its box", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, SHAPES);
  await page.keyboard.press("t");
  // A side that goes down by 3 on 4, and a width of 50 below it.
  await click(page, 100, 60);
  await click(page, 180, 120);
  await click(page, 110, 140);
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("o");
  await drag(page, [250, 180], [330, 220]);
  await expect(regions(page)).toHaveCount(2);
  // Its right grip makes it wider, and undo takes that back.
  await page.keyboard.press("v");
  await drag(page, [330, 200], [350, 200]);
  await expect(regions(page).last()).toContainText(/31[34]\d px²/);
  await page.keyboard.press("z");
  await expect(regions(page).last()).toContainText(/25[01]\d px²/);
  // The grip above turns it: with Shift in steps of 15 degrees.
  const view = ((await page.getByTestId("canvas").getAttribute("data-view")) ?? "").split(" ").map(Number);
  const up = 24 / (view[0] ?? 1);
  await page.keyboard.down("Shift");
  await drag(page, [290, 180 - up], [360, 202]);
  await page.keyboard.up("Shift");
  const answer = await submitted(page, world);
  const [turned, ellipse] = answer.regions;
  numbers(turned?.geometry, { width: 100, height: 58, angle: 36.87 }, 1.5);
  numbers(turned?.geometry, { cx: 140 - 17.4, cy: 90 + 23.2 }, 1.5);
  numbers(ellipse?.geometry, { cx: 290, cy: 200, rx: 40, ry: 20 });
  expect(ellipse?.geometry.angle).toBe(90);
});

test("lines and points, with a point moved, one taken away, and a line of one point refused", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, SHAPES);
  await page.keyboard.press("y");
  await click(page, 40, 40);
  await page.keyboard.press("Enter");
  await expect(said(page)).toHaveText("A line needs two points");
  await click(page, 100, 60);
  await click(page, 160, 40);
  // A double click ends the line where it is.
  await page.mouse.dblclick(...(await spot(page, 220, 60)));
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("v");
  await drag(page, [100, 60], [100, 90]);
  await clickWith(page, "Alt", 160, 40);
  await expect(regions(page).first()).toContainText("3 points");
  await page.keyboard.press("Escape");
  await page.keyboard.press("d");
  for (const x of [50, 80, 110]) await click(page, x, 250);
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Enter");
  await expect(regions(page)).toHaveCount(2);
  const answer = await submitted(page, world);
  close(answer.regions[0]?.geometry.points as number[][], [
    [40, 40],
    [100, 90],
    [220, 60],
  ]);
  close(answer.regions[1]?.geometry.points as number[][], [
    [50, 250],
    [80, 250],
  ]);
});

test("a skeleton with a visible, an occluded and an absent joint, mended afterwards", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, SHAPES);
  await page.keyboard.press("k");
  await click(page, 100, 50);
  await expect(said(page)).toHaveText("Next: hand");
  await clickWith(page, "Shift", 140, 100);
  await page.keyboard.press("n");
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("2 of 3 points");
  // The absent joint is placed by the next press; another one is turned from hidden to visible.
  await click(page, 90, 200);
  await expect(regions(page).first()).toContainText("3 of 3 points");
  await page.mouse.move(...(await spot(page, 140, 100)));
  await page.keyboard.press("Shift+V");
  await expect(said(page)).toHaveText("The joint is visible");
  await page.mouse.move(...(await spot(page, 100, 50)));
  await page.keyboard.press("Shift+V");
  await page.keyboard.press("v");
  await drag(page, [90, 200], [95, 220]);
  // All joints absent is no skeleton.
  await page.keyboard.press("Escape");
  await page.keyboard.press("k");
  for (let joint = 0; joint < 3; joint += 1) await page.keyboard.press("n");
  await expect(said(page)).toHaveText("At least one joint is to be placed");
  await expect(regions(page)).toHaveCount(1);
  const answer = await submitted(page, world);
  const joints = answer.regions[0]?.geometry.points as unknown as {
    x: number;
    y: number;
    visibility: string;
  }[];
  expect(joints.map((joint) => joint.visibility)).toEqual(["occluded", "visible", "visible"]);
  close(
    joints.map((joint) => [joint.x, joint.y]),
    [
      [100, 50],
      [140, 100],
      [95, 220],
    ],
  );
});

test("a cuboid by its front face and the middle of its back", async ({ page, server }) => {
  const world = await atScene(page, server, SHAPES);
  await page.keyboard.press("q");
  await drag(page, [60, 120], [160, 200]);
  await expect(said(page)).toHaveText("Now click the middle of the back face");
  await expect(regions(page)).toHaveCount(0);
  await click(page, 140, 130);
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("v");
  // One corner of the back alone, then the whole.
  await drag(page, [190, 90], [200, 80]);
  await drag(page, [100, 160], [110, 170]);
  const answer = await submitted(page, world);
  close(answer.regions[0]?.geometry.vertices as number[][], [
    [70, 130],
    [170, 130],
    [170, 210],
    [70, 210],
    [100, 100],
    [210, 90],
    [200, 180],
    [100, 180],
  ]);
});

test("gestures that come to nothing leave nothing", async ({ page, server }) => {
  const world = await atScene(page, server, SHAPES);
  const canvas = page.getByTestId("canvas");
  await page.keyboard.press("r");
  // A click, a line without height, and a drag that is left with Esc or undone before it ends.
  await click(page, 50, 50);
  await drag(page, [60, 60], [160, 60]);
  for (const key of ["Escape", "z"]) {
    await page.mouse.move(...(await spot(page, 60, 60)));
    await page.mouse.down();
    await page.mouse.move(...(await spot(page, 160, 160)));
    await page.keyboard.press(key);
    await page.mouse.up();
    await expect(regions(page)).toHaveCount(0);
  }
  // Enter in the middle of a drag does not submit what is half done.
  await page.mouse.move(...(await spot(page, 60, 60)));
  await page.mouse.down();
  await page.mouse.move(...(await spot(page, 160, 160)));
  await page.keyboard.press("Enter");
  await page.mouse.up();
  await expect(regions(page)).toHaveCount(1);
  // A shape that is left for another tool is gone, and undo brings it back.
  await page.keyboard.press("Escape");
  await page.keyboard.press("y");
  await click(page, 200, 200);
  await click(page, 250, 200);
  await page.keyboard.press("t");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("z");
  await expect(said(page)).toHaveText("The shape is back");
  await page.keyboard.press("Enter");
  await expect(regions(page)).toHaveCount(2);
  // A turned box without width is none.
  await page.keyboard.press("Escape");
  await page.keyboard.press("t");
  await click(page, 50, 250);
  await click(page, 150, 250);
  await click(page, 100, 250);
  await expect(said(page)).toHaveText("The box would have no width");
  await page.keyboard.press("Escape");
  await expect(canvas).toBeFocused();
  const answer = await submitted(page, world);
  expect(answer.regions.map((region) => region.geometry.type)).toEqual(["box", "polyline"]);
});
