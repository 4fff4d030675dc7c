// Labeling functions: written with their effect in sight, saved, switched, and made into pre-labels.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, type Role, type Server, signIn, test } from "./server";

/** "Review sentiment" of the demo: one question with three options, labeled by three people a task. */
const FUNCTIONS = "/projects/3/functions";

async function open(page: Page, server: Server, name: string, role: Role): Promise<void> {
  await signIn(page, server, server.addUser(`${name.toLowerCase()}@example.org`, name, role));
  await page.goto(server.address + FUNCTIONS);
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

test("a function is tried, saved, applied, switched off and deleted", async ({ page, server }) => {
  await open(page, server, "Fara", "manager");
  await expect(page.getByText("There is none yet for Sentiment.")).toBeVisible();
  const preview = page.getByRole("region", { name: "Preview" });
  await page.getByRole("textbox", { name: "Name of the function" }).fill("praise");
  await choose(page, "Votes for", "Positive");
  await page.getByRole("textbox", { name: "Words, one a line" }).fill("zebra");
  await expect(preview.getByText("It votes on none of these items.")).toBeVisible();
  await page
    .getByRole("textbox", { name: "Words, one a line" })
    .fill("buy it again\nFIVE stars\nrecommended!\nworth every cent\nsimply works");
  await expect(preview.getByText(/^Measured on all 24 items; the value of \d+ items is known/)).toBeVisible();
  const examples = preview.getByRole("list", { name: "Examples" }).getByRole("listitem");
  await expect(examples.first()).toBeVisible();
  await expect(examples.first().locator("mark")).toHaveText(
    /buy it again|five stars|recommended!|worth every cent|simply works/i,
  );
  await page.getByRole("button", { name: "Add function" }).click();
  await expect(page.getByText("praise is saved.")).toBeVisible();
  const table = page.getByRole("region", { name: "Functions and their votes" });
  await expect(table.getByRole("row", { name: /^praise Positive text has buy it again/ })).toContainText(
    /\d+\.\d %/,
  );

  // A regular expression with a mistake says what is wrong, in its place.
  await page.getByRole("textbox", { name: "Name of the function" }).fill("blame");
  await choose(page, "Votes for", "Negative");
  await choose(page, "Kind of rule", "Regular expression");
  await page.getByRole("textbox", { name: "Pattern" }).fill("(never|sending");
  await expect(page.getByText(/unclosed group/i)).toBeVisible();
  await page
    .getByRole("textbox", { name: "Pattern" })
    .fill("(?i)never again|sending it back|save your money");
  await expect(preview.getByText(/^Measured on/)).toBeVisible();
  await page.getByRole("button", { name: "Add function" }).click();
  await expect(table.getByRole("row", { name: /^blame Negative/ })).toBeVisible();

  // What looks at answers may not vote on them.
  await choose(page, "Kind of rule", "Filter");
  await page.getByRole("textbox", { name: "Filter expression" }).fill("field.sentiment:positive");
  await expect(page.getByText(/field looks at tasks or answers/i).first()).toBeVisible();
  await page.getByRole("textbox", { name: "Filter expression" }).fill('text~"nothing special" or text~okay');
  await choose(page, "Votes for", "Neutral");
  await page.getByRole("textbox", { name: "Name of the function" }).fill("shrug");
  await page.getByRole("button", { name: "Add function" }).click();
  await expect(table.getByRole("row", { name: /^shrug Neutral/ })).toBeVisible();

  const together = page.getByRole("region", { name: "All together" });
  await expect(
    together.getByText(/\d+ items? with a vote and a known value the label model gets \d+ % right/),
  ).toBeVisible();
  await together.getByRole("button", { name: "Make pre-labels" }).click();
  await expect(together.getByText(/\d+ pre-labels made from the votes of 3 functions/)).toBeVisible();

  await table.getByRole("button", { name: "Edit praise" }).click();
  await expect(page.getByRole("textbox", { name: "Name of the function" })).toHaveValue("praise");
  await page.getByRole("textbox", { name: "Name of the function" }).fill("applause");
  await page.getByRole("button", { name: "Save function" }).click();
  await expect(table.getByRole("row", { name: /^applause Positive/ })).toBeVisible();
  const row = table.getByRole("row", { name: /^applause/ });
  await row.getByRole("switch").click({ force: true });
  await expect(row.getByRole("switch")).not.toBeChecked();
  await expect(row).toContainText("–");
  await row.getByRole("button", { name: "Delete applause" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(table.getByRole("row", { name: /^applause/ })).toHaveCount(0);
  await page.reload();
  await expect(table.getByRole("row")).toHaveCount(3);
});

test("reviewers look and change nothing; the page fits and has no violation", async ({ page, server }) => {
  await open(page, server, "Finn", "reviewer");
  await expect(page.getByRole("heading", { name: "Labeling functions" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Add function|Make pre-labels|Edit/ })).toHaveCount(0);
  await open(page, server, "Frida", "manager");
  const found: string[] = [];
  for (const [width, scheme] of [
    [1280, "dark"],
    [320, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.goto(server.address + FUNCTIONS);
    await page.getByRole("textbox", { name: "Words, one a line" }).fill("it");
    await expect(page.getByRole("list", { name: "Examples" })).toBeVisible();
    const over = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(over, `at ${width} px`).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    found.push(...violations.flatMap((one) => one.nodes.map((node) => `${scheme}: ${one.id}: ${node.html}`)));
  }
  expect(found).toEqual([]);
});
