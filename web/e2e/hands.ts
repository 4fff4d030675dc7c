// What hands do in the editors: draw on a picture, select words, and look at what is in the list.
import type { Page } from "@playwright/test";
import { expect } from "./server";

export type Point = [x: number, y: number];

/** Where a point of the picture is on the page. */
async function spot(page: Page, [x, y]: Point): Promise<Point> {
  const canvas = page.getByTestId("canvas");
  await expect(canvas).toHaveAttribute("data-view", /\d/);
  const view = ((await canvas.getAttribute("data-view")) ?? "").split(" ").map(Number);
  const [scale = 1, left = 0, top = 0] = view;
  const place = await canvas.boundingBox();
  return [(place?.x ?? 0) + left + x * scale, (place?.y ?? 0) + top + y * scale];
}

export async function click(page: Page, point: Point): Promise<void> {
  await page.mouse.click(...(await spot(page, point)));
}

/** Pulls a box from its upper left corner to its lower right one. */
export async function drawBox(
  page: Page,
  [x, y, width, height]: [number, number, number, number],
): Promise<void> {
  const [left, top] = await spot(page, [x, y]);
  const [right, bottom] = await spot(page, [x + width, y + height]);
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move((left + right) / 2, (top + bottom) / 2);
  await page.mouse.move(right, bottom);
  await page.mouse.up();
}

/** Selects words of a text with the mouse, where they stand on one line. */
export async function selectWords(page: Page, words: string, within = "[data-paragraph]"): Promise<void> {
  const place = await page.locator(within).evaluateAll((paragraphs, wanted) => {
    for (const paragraph of paragraphs) {
      const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.textContent?.indexOf(wanted) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const box = range.getBoundingClientRect();
        return [box.left + 1, box.right - 1, (box.top + box.bottom) / 2];
      }
    }
    return null;
  }, words);
  if (!place) throw new Error(`"${words}" is not in the text`);
  const [left = 0, right = 0, y = 0] = place;
  await page.mouse.move(left, y);
  await page.mouse.down();
  await page.mouse.move((left + right) / 2, y);
  await page.mouse.move(right, y);
  await page.mouse.up();
}

/** The rows of the list of regions, without those that are only suggested. */
export const regions = (page: Page) =>
  page.getByRole("listbox").getByRole("option", { disabled: false }).filter({ hasNotText: "suggested" });

export const classButton = (page: Page, title: string) =>
  page.getByRole("navigation", { name: "Tools and classes" }).getByRole("button", {
    name: new RegExp(`^${title}`),
  });

/** Makes a class the one that is drawn with; nothing is selected, so nothing gets this class now. */
export async function pickClass(page: Page, title: string): Promise<void> {
  await page.keyboard.press("Escape");
  await classButton(page, title).click();
}

/** Waits until the task with this key is on the screen. */
export const shownKey = (page: Page, key: string) => expect(page.locator("header")).toContainText(key);
