// Everybody can use the pages: no serious finding, in both themes.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { BOXES, drag, enter, NAMES, QUESTIONS, test, World } from "./label.world";
import { expect } from "./server";

async function check(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
  expect(bad, what).toEqual([]);
}

for (const theme of ["light", "dark"] as const) {
  test(`label and review pages have no serious finding, ${theme}`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme: theme });
    const images = await World.of(server);
    await images.images(BOXES, 1, { review: { type: "all" } });
    await enter(page, server, "Axe", "reviewer");
    await images.label(page);
    await drag(page, [20, 20], [120, 120]);
    await page.keyboard.press("c");
    await check(page, "image");
    await page.getByTestId("canvas").focus();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
    await check(page, "keys");
    await page.keyboard.press("Escape");
    await images.labelAll("Other", () => ({ regions: [] })).catch(() => {});
    const texts = await World.of(server);
    await texts.texts(NAMES, ["Ann lives in Oslo"], { review: { type: "all" } });
    await texts.label(page);
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("1");
    await check(page, "text");
    const asked = await World.of(server);
    await asked.texts(QUESTIONS, ["a"], { review: { type: "all" } });
    await asked.label(page);
    await page.keyboard.press("Enter");
    await check(page, "questions");
    await asked.labelAll("Other", () => ({ fields: { mood: "good" } }));
    const judged = await World.of(server);
    await judged.texts(NAMES, ["Ann lives in Oslo"], { overlap: 2, review: { type: "all" } });
    const span = { id: "a", class: "person", geometry: { type: "span", ranges: [[0, 3]] } };
    await judged.labelAll("Ada", () => ({ regions: [span] }));
    await judged.labelAll("Bruno", () => ({ regions: [{ ...span, class: "place" }] }));
    await judged.review(page);
    await check(page, "review");
    await page.keyboard.press("d");
    await check(page, "settling");
  });
}
