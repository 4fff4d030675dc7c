// Every page can be used with a screen reader and read by weak eyes, in light and in dark.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "./server";

const PAGES = [
  "/",
  "/new",
  "/data",
  "/data/1",
  "/data/3",
  "/schemas",
  "/schemas/1",
  "/members",
  "/jobs",
  "/audit",
  "/account",
  "/nowhere",
  "/projects/1",
  "/projects/1/tasks",
  "/projects/1/quality",
  "/projects/2/quality",
  "/projects/1/guidelines",
  "/projects/1/data",
  "/projects/1/members",
  "/projects/1/exports",
  "/projects/1/settings",
];

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .flatMap((one) =>
      one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`),
    );
}

for (const scheme of ["light", "dark"] as const) {
  test(`no page has a serious violation in ${scheme}`, async ({ page, server }) => {
    test.slow();
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const found: string[] = [];
    for (const path of ["/sign-in", "/join", "/welcome"]) {
      await page.goto(server.address + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      found.push(...(await violations(page)).map((one) => `${path} ${one}`));
    }
    await signIn(page, server, server.addUser(`${scheme}@example.org`, "Axel", "owner"));
    for (const path of PAGES) {
      await page.goto(server.address + path);
      await expect(page.getByRole("heading").first()).toBeVisible();
      await page.waitForLoadState("load");
      await page.waitForTimeout(250);
      found.push(...(await violations(page)).map((one) => `${path} ${one}`));
    }
    expect(found).toEqual([]);
  });
}
