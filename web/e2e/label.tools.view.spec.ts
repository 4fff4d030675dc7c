// How the picture is looked at, and what is done with whole regions: zoom, contrast, order, locks, copies, groups, the walk
// through attributes, pins of comments.
import type { Page } from "@playwright/test";
import { atScene, clickWith, MASKS, maskOf, numbers, SHAPES, said, stroke, submitted } from "./label.tools";
import { click, drag, regions, shownKey, spot, test } from "./label.world";
import { expect } from "./server";

const view = async (page: Page) =>
  ((await page.getByTestId("canvas").getAttribute("data-view")) ?? "").split(" ").map(Number);

/** The colour of a pixel of a canvas (0 the picture, 1 the shapes, 2 the overlay), at a place of the picture. */
async function colourAt(page: Page, layer: number, x: number, y: number): Promise<number[]> {
  const [px, py] = await spot(page, x, y);
  return page.getByTestId("canvas").evaluate(
    (host, [number, left, top]) => {
      const canvas = host.querySelectorAll("canvas")[number ?? 0];
      const place = host.getBoundingClientRect();
      const ratio = (canvas?.width ?? 1) / place.width;
      const data = canvas
        ?.getContext("2d")
        ?.getImageData(((left ?? 0) - place.left) * ratio, ((top ?? 0) - place.top) * ratio, 1, 1).data;
      return [...(data ?? [])];
    },
    [layer, px, py],
  );
}

/** The colour on the screen, filters and all. */
async function screenAt(page: Page, x: number, y: number): Promise<number[]> {
  const [px, py] = await spot(page, x, y);
  const picture = await page.screenshot({
    clip: { x: Math.round(px), y: Math.round(py), width: 1, height: 1 },
  });
  return page.evaluate(async (base64) => {
    // The policy of the page lets nothing be fetched from a data address.
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const blob = new Blob([bytes], { type: "image/png" });
    const bitmap = await createImageBitmap(blob);
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
  }, picture.toString("base64"));
}

test("the wheel zooms at the pointer, keys fit, and close up pixels are crisp", async ({ page, server }) => {
  await atScene(page, server, SHAPES);
  const before = await view(page);
  // Whole pixels: a wheel event knows no others.
  const [x, y] = (await spot(page, 300, 200)).map(Math.round) as [number, number];
  const under = async () => {
    const [scale = 1, left = 0, top = 0] = await view(page);
    const canvas = await page.getByTestId("canvas").boundingBox();
    return [(x - (canvas?.x ?? 0) - left) / scale, (y - (canvas?.y ?? 0) - top) / scale] as const;
  };
  const place = await under();
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -1200);
  await expect.poll(async () => (await view(page))[0]).toBeGreaterThan(4 * (before[0] ?? 1));
  const after = await under();
  expect(Math.hypot(after[0] - place[0], after[1] - place[1])).toBeLessThan(0.1);
  // Beside each other in one pixel of the picture: the same colour; smoothed they would differ.
  const [one, two] = [await colourAt(page, 0, 300.1, 200.5), await colourAt(page, 0, 300.9, 200.5)];
  expect(one).toEqual(two);
  expect(await colourAt(page, 0, 301.5, 200.5)).not.toEqual(one);
  await page.keyboard.press("Shift+!");
  await expect.poll(() => view(page)).toEqual(before);
  await page.keyboard.press("r");
  await drag(page, [300, 200], [320, 215]);
  await page.keyboard.press("Shift+@");
  await expect.poll(async () => (await view(page))[0]).toBeGreaterThan(8);
  const [left] = await spot(page, 300, 200);
  const canvas = await page.getByTestId("canvas").boundingBox();
  expect(left).toBeGreaterThan(canvas?.x ?? 0);
  // Space and a drag pan, whatever the tool.
  const at = await view(page);
  await page.mouse.move(700, 400);
  await page.keyboard.down("Space");
  await page.mouse.down();
  await page.mouse.move(750, 430);
  await page.mouse.up();
  await page.keyboard.up("Space");
  await expect.poll(async () => Math.round(((await view(page))[1] ?? 0) - (at[1] ?? 0))).toBe(50);
  await expect(regions(page)).toHaveCount(1);
});

test("brightness, contrast, gamma and negative change what is seen, and the grid lies over it", async ({
  page,
  server,
}) => {
  await atScene(page, server, SHAPES);
  await page.mouse.move(5, 5);
  const plain = await screenAt(page, 20, 20);
  const press = async (key: string, times = 1) => {
    for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
    await page.waitForTimeout(100);
    return screenAt(page, 20, 20);
  };
  const grey = plain[0] ?? 0;
  expect(Math.abs(grey - 130)).toBeLessThan(10);
  expect((await press("Alt+2", 3))[0]).toBeGreaterThan(grey + 30);
  await expect(said(page)).toHaveText("Brightness 152 %");
  expect(await press("Alt+0")).toEqual(plain);
  expect((await press("Alt+1", 3))[0]).toBeLessThan(grey - 20);
  await press("Alt+0");
  expect((await press("Alt+6", 4))[0]).toBeGreaterThan(grey + 20);
  await expect(said(page)).toContainText("Gamma");
  await press("Alt+0");
  const inverted = await press("Alt+7");
  inverted.slice(0, 3).forEach((part, index) => {
    expect(Math.abs(part + (plain[index] ?? 0) - 255)).toBeLessThan(3);
  });
  await press("Alt+0");
  const hash = () =>
    page.getByTestId("canvas").evaluate((host) => host.querySelector("canvas")?.toDataURL().length);
  const without = await hash();
  await press("Alt+8");
  expect(await hash()).not.toBe(without);
  await press("Alt+8");
  expect(await hash()).toBe(without);
});

test("of boxes in boxes the smallest is picked, Alt goes outwards, and hidden and locked ones are passed over", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, SHAPES);
  await page.keyboard.press("r");
  await drag(page, [150, 150], [180, 180]);
  await page.keyboard.press("Escape");
  await drag(page, [100, 100], [300, 250]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("v");
  await expect(regions(page)).toHaveCount(2);
  const selected = regions(page).and(page.locator("[aria-selected=true]"));
  await click(page, 165, 165);
  await expect(selected).toContainText("30 × 30");
  await clickWith(page, "Alt", 165, 165);
  await expect(selected).toContainText("200 × 150");
  await page.keyboard.press("Escape");
  await click(page, 165, 165);
  await page.keyboard.press("Shift+H");
  await expect(page.getByText("1 hidden")).toBeVisible();
  await page.keyboard.press("Escape");
  await click(page, 165, 165);
  await expect(selected).toContainText("200 × 150");
  // Locked it is neither moved nor deleted nor made something else.
  await page.keyboard.press("Shift+L");
  await drag(page, [250, 200], [270, 220]);
  await page.keyboard.press("Delete");
  await regions(page).last().click();
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(said(page)).toHaveText("A selected region is locked");
  await expect(regions(page)).toHaveCount(2);
  const answer = await submitted(page, world);
  numbers(answer.regions[1]?.geometry, { x: 100, y: 100, width: 200, height: 150 });
});

test("what is sent to the back is painted below, and the order is stored", async ({ page, server }) => {
  const world = await atScene(page, server, MASKS);
  await page.keyboard.press("b");
  await stroke(page, [100, 100], [200, 100]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await page.keyboard.press("b");
  await stroke(page, [150, 60], [150, 140]);
  await page.keyboard.press("Escape");
  await page.mouse.move(5, 5);
  const above = await colourAt(page, 1, 150, 100);
  await page.keyboard.press("v");
  await regions(page).last().click();
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Control+[");
  await page.keyboard.press("Escape");
  await expect.poll(() => colourAt(page, 1, 150, 100)).not.toEqual(above);
  const [red = 0, , blue = 0] = await colourAt(page, 1, 150, 100);
  // Blue over orange now.
  expect((above[0] ?? 0) - (above[2] ?? 0)).toBeGreaterThan(red - blue);
  const answer = await submitted(page, world);
  expect(answer.regions.map((region) => region.class)).toEqual(["sky", "road"]);
});

test("regions are copied into the next image, masks of another size as well, or all of the last are repeated", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, MASKS, 3);
  await page.keyboard.press("Shift+N");
  await expect(said(page)).toHaveText("There is nothing to repeat from the last image");
  await page.keyboard.press("b");
  await stroke(page, [50, 50], [120, 50]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await stroke(page, [200, 200], [260, 200]);
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Escape");
  // Without a selection the copy stays what it was.
  await page.keyboard.press("Control+c");
  await submitted(page, world);
  await shownKey(page, "scene-2.png");
  await page.keyboard.press("Control+v");
  await expect(regions(page)).toHaveCount(1);
  await submitted(page, world, "scene-2.png");
  await shownKey(page, "scene-3.png");
  await page.keyboard.press("Shift+N");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press("Shift+Z");
  await submitted(page, world, "scene-3.png");
  const [first, second, third] = [
    await world.answered("scene-1.png"),
    await world.answered("scene-2.png"),
    await world.answered("scene-3.png"),
  ];
  expect(second.regions[0]?.geometry).toMatchObject({ width: 400, height: 304 });
  expect(third.regions[0]?.geometry).toMatchObject({ width: 400, height: 308 });
  const area = maskOf(first.regions[1]?.geometry).area;
  expect(maskOf(second.regions[0]?.geometry).area).toBe(area);
  expect(maskOf(third.regions[0]?.geometry).area).toBe(area);
  expect(third.regions[0]?.class).toBe("sky");
  expect(new Set([first, second, third].map((answer) => answer.regions.at(-1)?.id)).size).toBe(3);
});

const GROUPED = {
  modality: "image",
  classes: ["part", "whole"].map((id) => ({
    id,
    title: id,
    geometry: ["box"],
    color: "#0072B2",
    attributes: [
      { id: "group_id", title: "Group", kind: { type: "number" } },
      {
        id: "state",
        title: "State",
        required: true,
        kind: {
          type: "choice",
          options: [
            { id: "new", title: "New" },
            { id: "old", title: "Old" },
          ],
        },
      },
      { id: "seen", title: "Seen", kind: { type: "boolean" } },
    ].slice(id === "part" ? 0 : 1),
  })),
};

test("regions are grouped, and attributes answered in a walk through them by keyboard alone", async ({
  page,
  server,
}) => {
  const world = await atScene(page, server, GROUPED);
  await page.keyboard.press("r");
  for (const x of [20, 120, 220]) {
    await drag(page, [x, 50], [x + 60, 110]);
    await page.keyboard.press("Escape");
  }
  await page.keyboard.press("v");
  await regions(page).first().click();
  await regions(page)
    .nth(1)
    .click({ modifiers: ["Shift"] });
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Shift+G");
  await expect(said(page)).toHaveText("2 regions are group 1");
  await page.keyboard.press("Escape");
  await click(page, 50, 80);
  await page.keyboard.press("Control+g");
  await expect(page.getByRole("heading", { name: "2 regions" })).toBeVisible();
  await page.keyboard.press("Escape");
  // The walk: to each region, Tab to the second attribute, a digit for its option.
  for (const digit of ["1", "2", "2"]) {
    await page.getByTestId("canvas").focus();
    await page.keyboard.press(".");
    await page.keyboard.press("Tab");
    await page.keyboard.press(digit);
  }
  // Radio buttons take the point as well, so that one walks on from where one is.
  await page.keyboard.press(",");
  await expect(said(page)).toContainText("2 of 3");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("canvas")).toBeFocused();
  const answer = await submitted(page, world);
  expect(answer.regions.map((region) => region.attributes)).toEqual([
    { group_id: 1, state: "new" },
    { group_id: 1, state: "old" },
    { state: "old" },
  ]);
});

test("a comment is pinned to its region on the canvas", async ({ page, server }) => {
  const world = await atScene(page, server, SHAPES);
  await page.keyboard.press("r");
  await drag(page, [100, 100], [200, 200]);
  await page.keyboard.press("Escape");
  const before = await colourAt(page, 1, 200, 98.5);
  await page.keyboard.press("v");
  await click(page, 150, 150);
  await page.keyboard.press("c");
  await page.getByLabel(/^Comment on/).fill("Is this one?");
  await page.getByRole("button", { name: "Add comment" }).click();
  await expect(said(page)).toHaveText("Comment added");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Escape");
  await expect.poll(() => colourAt(page, 1, 200, 98.5)).not.toEqual(before);
  // The comment leads back to its region.
  await page.getByRole("button", { name: "on A box" }).click();
  await expect(regions(page).first()).toHaveAttribute("aria-selected", "true");
  await page.getByTestId("canvas").focus();
  await submitted(page, world);
  expect((await world.stored("scene-1.png")).comments[0]?.body).toBe("Is this one?");
});
