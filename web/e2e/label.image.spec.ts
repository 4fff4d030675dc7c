// Boxes and polygons, with mouse and keys.
import type { Page } from "@playwright/test";
import { BOXES, click, drag, enter, POLYGONS, regions, shownKey, spot, test, World } from "./label.world";
import { expect } from "./server";

/** What screen readers are told. */
const said = (page: Page) => page.locator("output");

test("boxes are drawn, named, moved, resized, undone and stored, and the next image is there at once", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.images(BOXES, 3);
  await enter(page, server, "Boxer", "labeler");
  await world.label(page);
  await shownKey(page, "image-1.png");
  await drag(page, [50, 40], [150, 100]);
  await expect(said(page)).toHaveText("Box Car created, 1 region");
  await page.keyboard.press("2");
  await expect(regions(page).first()).toContainText("Person");
  // Moved by dragging in select mode, then by keys.
  await page.keyboard.press("v");
  await drag(page, [100, 70], [120, 90]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  // The lower right corner by its grip.
  await drag(page, [171, 130], [200, 150]);
  await expect(regions(page).first()).toContainText("129 × 80");
  await page.keyboard.press("z");
  await expect(regions(page).first()).toContainText("100 × 60");
  await page.keyboard.press("Shift+z");
  await expect(regions(page).first()).toContainText("129 × 80");
  await page.getByRole("checkbox", { name: "Yes" }).check();
  // A second one, over the edge: it is cut there. Then it is deleted and brought back.
  // The first Esc goes back to the image, the second leaves the selection.
  await page.keyboard.press("r");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await drag(page, [300, 200], [460, 360]);
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("Delete");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(regions(page)).toHaveCount(2);
  const before = Date.now();
  await page.keyboard.press("Enter");
  await shownKey(page, "image-2.png");
  expect(Date.now() - before).toBeLessThan(2000);
  await expect(regions(page)).toHaveCount(0);
  const answer = await world.answered("image-1.png");
  const [first, second] = answer.regions;
  expect(first).toMatchObject({ class: "person", attributes: { occluded: true } });
  const near = (found: unknown, wanted: number) => expect(Math.abs(Number(found) - wanted)).toBeLessThan(1.5);
  for (const [name, wanted] of Object.entries({ x: 71, y: 70, width: 129, height: 80 })) {
    near(first?.geometry[name], wanted);
  }
  expect(second?.class).toBe("car");
  expect(Number(second?.geometry.x) + Number(second?.geometry.width)).toBeLessThanOrEqual(400);
});

test("a polygon is drawn and edited, and one half drawn survives the end of its tab", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.images(POLYGONS, 2);
  await enter(page, server, "Poly", "labeler");
  await world.label(page);
  await expect(page.getByRole("button", { name: /Cover/ })).toBeEnabled();
  await click(page, 60, 60);
  await click(page, 200, 50);
  await page.keyboard.press("Enter");
  await expect(said(page)).toHaveText("A polygon needs three points that are not in a line");
  // Nothing that was drawn goes for good: undo takes a point back, or brings back what Esc left.
  await click(page, 10, 10);
  await page.keyboard.press("z");
  await page.keyboard.press("Escape");
  await page.keyboard.press("z");
  await expect(said(page)).toHaveText("The shape is back");
  await click(page, 220, 180);
  await page.keyboard.press("Enter");
  await expect(regions(page)).toHaveCount(1);
  // Pull a new vertex out of an edge, remove another with Alt.
  await drag(page, [130, 55], [130, 20]);
  const [x, y] = await spot(page, 60, 60);
  await page.keyboard.down("Alt");
  await page.mouse.click(x, y);
  await page.keyboard.up("Alt");
  await page.keyboard.press("Escape");
  await click(page, 20, 200);
  await click(page, 90, 220);
  // Drafts are written within half a second.
  await page.waitForTimeout(700);
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  await world.label(again);
  await expect(regions(again)).toHaveCount(1);
  await click(again, 60, 280);
  await click(again, 20, 200);
  await expect(regions(again)).toHaveCount(2);
  await again.keyboard.press("Enter");
  await shownKey(again, "image-2.png");
  const answer = await world.answered("image-1.png");
  const outer = (index: number) => {
    const parts = answer.regions[index]?.geometry.parts as { outer: number[][] }[] | undefined;
    return (parts?.[0]?.outer ?? []).map((point) => point.map(Math.round));
  };
  const close = (found: number[][], wanted: number[][]) => {
    expect(found).toHaveLength(wanted.length);
    found.flat().forEach((value, at) => {
      expect(Math.abs(value - (wanted.flat()[at] ?? 0))).toBeLessThanOrEqual(2);
    });
  };
  close(outer(0), [
    [130, 20],
    [200, 50],
    [220, 180],
  ]);
  close(outer(1), [
    [20, 200],
    [90, 220],
    [60, 280],
  ]);
});

test("the keyboard alone makes, places and names a box", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 2);
  await enter(page, server, "Keys", "labeler");
  await world.label(page);
  await page.keyboard.press("Insert");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("2");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Alt+ArrowRight");
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("Shift+Tab");
  await expect(said(page)).toHaveText(/^Person \d+ × \d+, 1 of 2$/);
  await page.keyboard.press("Tab");
  await expect(said(page)).toHaveText(/, 2 of 2$/);
  // Past the last region Tab leaves the image, and elsewhere it is the browser's.
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("canvas")).not.toBeFocused();
  await expect(regions(page).last()).toHaveAttribute("aria-selected", "true");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Submit and go on");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Control+Enter");
  await shownKey(page, "image-2.png");
  expect((await world.answered("image-1.png")).regions.map((one) => one.class)).toEqual(["person", "person"]);
});
