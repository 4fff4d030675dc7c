// A scan's way: a DICOM series is uploaded, its slices are gone through, labeled by mouse and by keyboard, filled between,
// submitted, and exported as a segmentation that holds no word of the patient.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { file } from "./app.files";
import { check } from "./axe";
import { regions, shownKey } from "./hands";
import { test } from "./label.world";
import { firstEntry, zip } from "./make";
import { expect, type Server, signIn } from "./server";
import { publish } from "./story.steps";

const SERIES = fileURLToPath(new URL("../../crates/media/tests/data/volumes/series/", import.meta.url));
const LETTERS = ["a", "b", "c", "d", "e"];

/** Five slices whose files are not in their order, with the names of a patient in them. */
const series = (): Buffer =>
  zip(
    LETTERS.map((letter): [string, Buffer] => [`ct/${letter}.dcm`, readFileSync(`${SERIES}${letter}.dcm`)]),
  );

/** A new owner with a project of one scan, on its label page. */
async function begin(page: Page, server: Server, name: string, template: string): Promise<void> {
  await signIn(page, server, server.addUser(`${name}@example.org`, name, "owner"));
  await page.goto(`${server.address}/new`);
  await page.getByTestId("files").setInputFiles(file(`${name}.zip`, "application/zip", series()));
  await page.getByRole("radio", { name: template }).check();
  await page.getByRole("textbox", { name: "Name of the project" }).fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("1 item added")).toBeVisible();
  await page.goto(`${server.address}/`);
  await page.getByRole("article", { name }).getByRole("link", { name: "Label" }).first().click();
  await shownKey(page, "ct.dcm.zip");
}

const readout = (page: Page) => page.getByTestId("readout");

/** Where a point of the slice lies on the screen. */
async function place(page: Page, [x, y]: [number, number]): Promise<{ x: number; y: number }> {
  const canvas = page.getByTestId("canvas");
  const box = await canvas.boundingBox();
  const [scale = 1, left = 0, top = 0] = ((await canvas.getAttribute("data-view")) ?? "")
    .split(" ")
    .map(Number);
  if (!box) throw new Error("there is no slice");
  return { x: box.x + left + x * scale, y: box.y + top + y * scale };
}

async function drag(
  page: Page,
  from: [number, number],
  to: [number, number],
  button: "left" | "right" = "left",
) {
  const [start, end] = [await place(page, from), await place(page, to)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down({ button });
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2);
  await page.mouse.move(end.x, end.y);
  await page.mouse.up({ button });
}

test("a scan is labeled on its slices and leaves as a segmentation without the patient", async ({
  page,
  server,
}) => {
  await begin(page, server, "organs", "Organs in scans");
  // It begins in the middle, in the window of the file.
  await expect(readout(page)).toContainText("Slice 3 of 5 · W 350 L 50");
  await expect(page.getByText("0.5 × 0.8 × 2.5 mm")).toBeVisible();
  await expect(page.getByText("CHEST")).toBeVisible();

  // The value under the pointer, in Hounsfield units: stored 398, times 2, minus 24.
  const edge = await place(page, [8.5, 5.5]);
  await page.mouse.move(edge.x, edge.y);
  await expect(readout(page)).toContainText("(8, 5) 772 HU");

  // Slices by key and by wheel.
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("PageUp");
  await expect(readout(page)).toContainText("Slice 4 of 5");
  await page.keyboard.press("Home");
  await expect(readout(page)).toContainText("Slice 1 of 5");
  await page.mouse.wheel(0, -120);
  await expect(readout(page)).toContainText("Slice 2 of 5");
  await page.mouse.wheel(0, 120);
  await expect(readout(page)).toContainText("Slice 1 of 5");

  // The window by drag with the right button, by key and from the list.
  await drag(page, [4, 4], [12, 4], "right");
  await expect(page.getByRole("combobox", { name: "Window" })).toHaveValue("-1");
  await page.keyboard.press("Alt+9");
  await expect(readout(page)).toContainText("W 350 L 50");
  await page.getByRole("combobox", { name: "Window" }).selectOption({ label: "Lung" });
  await expect(readout(page)).toContainText("W 1500 L -600");

  // A mask by the brush on the first slice, another on the last: between them the slices are filled.
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("1");
  await page.keyboard.press("b");
  for (let step = 0; step < 8; step += 1) await page.keyboard.press("[");
  await drag(page, [6, 6], [11, 6]);
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("slice 1");
  await page.keyboard.press("End");
  await expect(readout(page)).toContainText("Slice 5 of 5");
  await drag(page, [8, 8], [14, 8]);
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("Shift+i");
  await expect(regions(page)).toHaveCount(5);
  await expect(regions(page).nth(2)).toContainText("slice 2");
  await expect(regions(page).nth(2)).toContainText("mm²");
  await page.keyboard.press("z");
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press("Shift+z");
  await expect(regions(page)).toHaveCount(5);

  // What is picked in the list is shown on its slice.
  await regions(page).nth(3).click();
  await expect(readout(page)).toContainText("Slice 3 of 5");
  await check(page, "scan");
  await page.keyboard.press("?");
  await check(page, "keys");
  await page.keyboard.press("Escape");

  // What is drawn outlives the tab.
  await page.waitForTimeout(700);
  await page.reload();
  await expect(regions(page)).toHaveCount(5);
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  const written = firstEntry(readFileSync(await publish(page, "organs", /DICOM-SEG/)));
  expect(written.subarray(128, 132).toString()).toBe("DICM");
  expect(written.includes(Buffer.from("BINARY"))).toBe(true);
  expect(written.includes(Buffer.from("lanted"))).toBe(false);
});

test("a box reaches over slices by keys alone, and is measured", async ({ page, server }) => {
  await begin(page, server, "nodules", "Nodule detection");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("r");
  await page.keyboard.press("Insert");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Alt+PageUp");
  await expect(readout(page)).toContainText("Slice 4 of 5");
  await expect(regions(page).first()).toContainText("slices 3 to 4");
  await page.keyboard.press("Alt+PageDown");
  await expect(regions(page).first()).toContainText("slices 2 to 4");
  await expect(regions(page).first()).toContainText("mm");
  // The slice after the last of the region has nothing on it to delete.
  await page.keyboard.press("End");
  await expect(readout(page)).toContainText("Slice 5 of 5");
  await page.keyboard.press("Delete");
  await expect(regions(page)).toHaveCount(1);
});
