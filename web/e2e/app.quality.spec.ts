// Can the labels be trusted? The parts of the quality page, their links and files, and the settings behind them.
import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { file } from "./app.files";
import { expect, type Role, type Server, signIn, test } from "./server";

/** "Surface inspection" and "Review sentiment" of the demo ask questions, with three people a task. */
const SURFACE = "/projects/2";
const SENTIMENT = "/projects/3";

async function open(page: Page, server: Server, name: string, role: Role, path: string): Promise<void> {
  await signIn(page, server, server.addUser(`${name.toLowerCase()}@example.org`, name, role));
  await page.goto(server.address + path);
}

test("agreement has an interval and its rule, or says why it has no value", async ({ page, server }) => {
  await open(page, server, "Quirin", "reviewer", `${SURFACE}/quality`);
  await expect(page).toHaveURL(/part=agreement/);
  await expect(page.getByRole("link", { name: "Agreement", exact: true })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await expect(page.getByRole("link", { name: "Drift" })).not.toHaveAttribute("aria-current");
  const table = page.getByRole("region", { name: "Questions" });
  await expect(table.getByRole("row", { name: /^Defect \d+ % / })).toContainText(
    /\d\.\d\d \(-?\d\.\d\d to \d/,
  );
  await expect(table.getByRole("row", { name: /^Note/ })).toContainText("undefined: no item was answered");
  await table.getByRole("button", { name: "Krippendorff's alpha" }).first().focus();
  await expect(page.getByRole("tooltip")).toContainText("Rule: nominal distance");
  const items = table.getByRole("link", { name: /\d+ items with two answers or more/ });
  const number = Number(await items.textContent());
  await items.click();
  await expect(page.getByRole("status").filter({ hasText: `${number} tasks` })).toBeVisible();
});

test("numbers of a class and of two labelers lead to their tasks", async ({ page, server }) => {
  await open(page, server, "Qian", "reviewer", "/projects/1/quality");
  await page.getByRole("link", { name: /regions? of Car: show the tasks/ }).click();
  await expect(page).toHaveURL(/filter=class/);
  await expect(page.getByRole("textbox", { name: "Filter" })).toHaveValue("class:car");
  await expect(page.getByRole("status").filter({ hasText: /^[1-9]\d* tasks?$/ })).toBeVisible();
  await page.goBack();
  const shared = page.getByRole("link", { name: /Ada and \w+: .* on \d+ shared items?/ }).first();
  const number = /on (\d+) shared/.exec((await shared.getAttribute("aria-label")) ?? "")?.[1];
  await shared.click();
  await expect(page.getByRole("status").filter({ hasText: `${number} task` })).toBeVisible();
});

test("a value of a question has its agreement, with an interval and its tasks", async ({ page, server }) => {
  await open(page, server, "Quentin", "reviewer", `${SURFACE}/quality`);
  const row = page.getByRole("region", { name: "Classes" }).getByRole("row", { name: /^Defect: None/ });
  await expect(row).toContainText(/\d+ % \(\d+ % to \d+ %\)/);
  await row.getByRole("button", { name: /\d+ % to \d+ %/ }).focus();
  await expect(page.getByRole("tooltip")).toContainText(/Wilson with \d+\.\d effective items/);
  await row.getByRole("link", { name: /answers? of None: show the tasks/ }).click();
  await expect(page.getByRole("textbox", { name: "Filter" })).toHaveValue("field.defect:none");
  await expect(page.getByRole("status").filter({ hasText: /^[1-9]\d* tasks?$/ })).toBeVisible();
});

test("likely mistakes are chosen and sent to review", async ({ page, server }) => {
  await open(page, server, "Queenie", "manager", `${SURFACE}/quality?part=suspects`);
  const table = page.getByRole("region", { name: "Suspicious answers" });
  await expect(page.getByRole("button", { name: "Send 0 to review" })).toBeDisabled();
  const tasks = await table.getByRole("link", { name: /^Task \d+$/ }).allTextContents();
  expect(tasks.length).toBeGreaterThan(0);
  await table.getByRole("checkbox", { name: "Select all" }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", { name: `Send ${new Set(tasks).size} to review` })).toBeEnabled();
  await table.getByRole("checkbox", { name: "Select all" }).uncheck();
  await table
    .getByRole("checkbox", { name: /^Select task/ })
    .first()
    .check();
  await page.getByRole("button", { name: "Send 1 to review" }).click();
  await expect(page.getByText("1 task was sent to review.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send 0 to review" })).toBeDisabled();
  // Once more: it is in review already.
  await table
    .getByRole("checkbox", { name: /^Select task/ })
    .first()
    .check();
  await page.getByRole("button", { name: "Send 1 to review" }).click();
  await expect(page.getByText(/0 tasks were sent to review. 1 of 1 stayed/)).toBeVisible();
  await table
    .getByRole("link", { name: tasks[0] ?? "" })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`/review/${tasks[0]?.replace("Task ", "")}$`));
});

test("where nothing is suspicious, it is said why; reviewers send nothing", async ({ page, server }) => {
  await open(page, server, "Quinn", "reviewer", `${SENTIMENT}/quality?part=suspects`);
  await expect(page.getByRole("link", { name: /^Task \d+$/ }).first()).toBeVisible();
  await expect(page.getByRole("checkbox")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /to review/ })).toHaveCount(0);
  await page.goto(`${server.address}/projects/4/quality?part=suspects`);
  await page.getByRole("combobox", { name: "Least probability of being wrong" }).click();
  await page.getByRole("option", { name: "99 %" }).click();
  await expect(page).toHaveURL(/least=0.99/);
  await expect(page.getByRole("heading", { name: "Nothing is suspicious" })).toBeVisible();
  await expect(
    page.getByText(/\d+ items with two answers or predictions or more were compared/),
  ).toBeVisible();
});

test("a labeler's card shows skill and confusions", async ({ page, server }) => {
  await open(page, server, "Quasi", "reviewer", `${SENTIMENT}/quality?part=labelers`);
  const card = page.getByRole("article", { name: "Ada" });
  await expect(card).toContainText(/skill \d+ % from \d+ answers/);
  await expect(card).toContainText(/Gold: (no task with a known answer yet|\d+ of \d+ right)/);
  await card.getByText("Confusions in Sentiment").focus();
  await page.keyboard.press("Enter");
  const confusion = card.getByRole("region", { name: "Confusions of Ada in Sentiment" });
  await expect(confusion.getByRole("columnheader")).toHaveText([/True/, "Positive", "Neutral", "Negative"]);
  for (const row of await confusion.getByRole("row").filter({ hasText: "%" }).all()) {
    const shares = await row.getByRole("cell").allTextContents();
    const sum = shares.reduce((total, share) => total + Number.parseFloat(share), 0);
    expect(Math.abs(sum - 100)).toBeLessThanOrEqual(2);
  }
  await card.getByRole("link", { name: /answers of Ada/ }).click();
  await expect(page.getByRole("textbox", { name: "Filter" })).toHaveValue("labeler:Ada");
});

test("drift is drawn, stands in a table, and is asked for around another moment", async ({
  page,
  server,
}) => {
  await open(page, server, "Quade", "reviewer", `${SENTIMENT}/quality?part=drift`);
  const chart = page.getByRole("img", { name: /^Sentiment, shares from .* in all: / });
  await expect(chart).toBeVisible();
  const said = (await chart.getAttribute("aria-label")) ?? "";
  const drawn = [...said.matchAll(/(?:Positive|Neutral|Negative) (\d+)/g)].map((found) => Number(found[1]));
  await page.getByText("Numbers of Sentiment over time").click();
  const numbers = page.getByRole("region", { name: "Numbers of Sentiment over time" });
  const cells = await numbers.getByRole("cell").allTextContents();
  const counted = cells.reduce((sum, cell) => sum + Number.parseInt(cell, 10), 0);
  expect(counted).toBe(drawn.reduce((sum, one) => sum + one, 0));
  const columns = page.getByRole("region", { name: "Drift of columns" });
  await expect(columns.getByRole("row", { name: /^Sentiment [1-9]\d* [1-9]\d* / })).toBeVisible();
  await page.getByLabel("Compare before and after").fill("2020-01-31T12:00");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page).toHaveURL(/split=2020-01-31/);
  await expect(columns.getByRole("row", { name: /^Sentiment 0 [1-9]\d* / })).toBeVisible();
  await page.getByRole("button", { name: "Middle of all answers" }).click();
  await expect(columns.getByRole("row", { name: /^Sentiment [1-9]\d* [1-9]\d* / })).toBeVisible();
});

test("tables are downloaded as CSV", async ({ page, server }) => {
  await open(page, server, "Quill", "reviewer", `${SURFACE}/quality`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download CSV: agreement per question" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("agreement.csv");
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\n");
  expect(lines[0]).toMatch(/^field,percent,metric,value,low,high/);
  expect(lines.some((line) => line.startsWith("defect,"))).toBe(true);
});

test("a question's methods and the gold threshold are set, and used", async ({ page, server }) => {
  await open(page, server, "Quentina", "manager", `${SURFACE}/settings`);
  const question = page.getByRole("group", { name: "Defect" });
  const choose = async (label: string, option: RegExp) => {
    await question.getByRole("combobox", { name: label }).click();
    await page.getByRole("option", { name: option }).click();
  };
  await choose("Agreement coefficient", /^Gwet's AC1/);
  await expect(question.getByText("Gwet 2008")).toBeVisible();
  await choose("Consensus method", /^Dawid-Skene/);
  const gold = page.getByRole("textbox", { name: "Gold threshold" });
  await gold.fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("the share is above 0 and at most 1")).toBeVisible();
  await gold.fill("92.5");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The settings are saved.")).toBeVisible();
  await page.reload();
  await expect(question.getByRole("combobox", { name: "Consensus method" })).toHaveValue(/^Dawid-Skene/);
  await expect(gold).toHaveValue("92.5 %");
  await page.goto(`${server.address}${SURFACE}/quality`);
  await expect(page.getByRole("row", { name: /^Defect .*Gwet's AC1/ })).toBeVisible();
  await page.goto(`${server.address}${SURFACE}/settings`);
  await choose("Agreement coefficient", /default/);
  await choose("Consensus method", /default/);
  await gold.fill("80");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The settings are saved.")).toBeVisible();
});

test("a project without answers says in every part what is missing", async ({ page, server }) => {
  await open(page, server, "Quiet", "manager", "/new");
  await page.getByTestId("files").setInputFiles(file("few.csv", "text/csv", "text\none\ntwo\n"));
  await page.getByRole("radio", { name: "Text classification" }).check();
  await page.getByRole("textbox", { name: "Name of the project" }).fill("Unanswered");
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("2 items added")).toBeVisible({ timeout: 20_000 });
  await page.getByRole("link", { name: "Quality" }).click();
  await expect(page.getByRole("heading", { name: "Nothing to compare yet" })).toBeVisible();
  const parts = page.getByRole("navigation", { name: "Quality" });
  await parts.getByRole("link", { name: "Likely mistakes" }).click();
  await expect(page.getByText(/No item has two answers, or an answer and a prediction, yet/)).toBeVisible();
  await parts.getByRole("link", { name: "Labelers" }).click();
  await expect(page.getByRole("heading", { name: "Nobody has labeled yet" })).toBeVisible();
  await parts.getByRole("link", { name: "Drift" }).click();
  await expect(page.getByRole("heading", { name: "No answers yet" })).toBeVisible();
  await parts.getByRole("link", { name: "Agreement" }).click();
  await page.getByRole("link", { name: "Overlap in the settings" }).click();
  await expect(page.getByRole("heading", { name: "How answers are measured and settled" })).toBeVisible();
});

test("every part fits a narrow screen and has no violation, with all that folds open", async ({
  page,
  server,
}) => {
  test.slow();
  await open(page, server, "Quax", "manager", `${SENTIMENT}/quality`);
  const found: string[] = [];
  for (const part of ["agreement", "suspects", "labelers", "drift"]) {
    for (const [width, scheme] of [
      [1280, "dark"],
      [320, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.goto(`${server.address}${SENTIMENT}/quality?part=${part}`);
      await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
      await page.locator("details").evaluateAll((all) => {
        for (const one of all as HTMLDetailsElement[]) one.open = true;
      });
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, `${part} at ${width} px`).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      found.push(
        ...violations.flatMap((one) =>
          one.nodes.map((node) => `${part} in ${scheme}: ${one.id}: ${node.html.slice(0, 160)}`),
        ),
      );
    }
  }
  expect(found).toEqual([]);
});
