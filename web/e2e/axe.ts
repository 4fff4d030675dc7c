// Can a page be used with a screen reader and read by weak eyes, in light and in dark?
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./server";

/** What a page looks like in dark can only break what has to do with colours. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

export async function violations(page: Page, what: string): Promise<string[]> {
  const found: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
    const axe = new AxeBuilder({ page });
    const { violations } = await (scheme === "dark" ? axe.withRules(COLOUR_RULES) : axe).analyze();
    for (const one of violations.filter((one) => one.impact === "serious" || one.impact === "critical")) {
      found.push(...one.nodes.map((node) => `${what} in ${scheme}: ${one.id}: ${node.html.slice(0, 200)}`));
    }
  }
  return found;
}

export async function check(page: Page, what: string): Promise<void> {
  expect(await violations(page, what)).toEqual([]);
}
