// The map of a project: made by a job, looked at, cut with a lasso, and labeled by clusters, with a way back.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, type Role, type Server, signIn, test } from "./server";

/** "Review sentiment" (texts) and "Surface inspection" (pictures) of the demo, 24 items each. */
const SENTIMENT = "/projects/3";
const SURFACE = "/projects/2";

async function open(page: Page, server: Server, name: string, role: Role, path: string): Promise<void> {
  await signIn(page, server, server.addUser(`${name.toLowerCase()}@example.org`, name, role));
  await page.goto(server.address + path);
}

async function made(page: Page): Promise<void> {
  const make = page.getByRole("button", { name: /^Make the map/ });
  await expect(make).toBeVisible();
  if ((await make.textContent()) === "Make the map") await make.click();
  await expect(page.getByRole("heading", { name: /^24 items in \d+ clusters?$/ })).toBeVisible({
    timeout: 60_000,
  });
}

test("a map is made, coloured, looked at and cut into a slice", async ({ page, server }) => {
  await open(page, server, "Mara", "manager", `${SENTIMENT}/map`);
  await made(page);
  await expect(page).toHaveURL(/part=map/);
  const plot = page.getByRole("region", { name: "Map of 24 items" });
  await expect(plot.locator("canvas").last()).toHaveAttribute("data-view", /\d/);
  const legend = page.getByRole("list", { name: "Colours of the map" });
  await expect(legend).toContainText("Positive");
  await page.getByText("Numbers of the map").first().click();
  const numbers = page.getByRole("region", { name: "Numbers of the map" });
  const counted = async () =>
    (
      await numbers.getByRole("row").filter({ hasText: "%" }).locator("td:nth-child(2)").allTextContents()
    ).reduce((sum, cell) => sum + Number(cell), 0);
  expect(await counted()).toBe(24);
  for (const by of ["Cluster", "Labeler", "Disagreement", "Probability of an error"]) {
    await page.getByRole("combobox", { name: "Colour by" }).click();
    await page.getByRole("option", { name: by, exact: true }).click();
    await expect.poll(counted, by).toBe(24);
    await expect(legend).not.toContainText("loading");
  }
  // By keyboard it is moved, and shown whole again.
  const view = () => plot.locator("canvas").last().getAttribute("data-view");
  const whole = await view();
  await plot.focus();
  await page.keyboard.press("+");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(view).not.toBe(whole);
  await page.keyboard.press("0");
  await expect.poll(view).toBe(whole);
  // A lasso around the whole map catches all of it.
  await page.getByText("Lasso", { exact: true }).click();
  const place = await plot.boundingBox();
  if (!place) throw new Error("the map is not on the page");
  const { x, y, width, height } = place;
  await page.mouse.move(x + 2, y + 2);
  await page.mouse.down();
  for (const [right, down] of [
    [width - 3, 3],
    [width - 3, height - 3],
    [3, height - 3],
  ] as const)
    await page.mouse.move(x + right, y + down, { steps: 8 });
  await page.mouse.up();
  await expect(page.getByText("24 items caught.")).toBeVisible();
  await page.getByRole("button", { name: "Show as tasks" }).click();
  await expect(page.getByRole("textbox", { name: "Filter" })).toHaveValue(/^slice:\d+$/);
  await expect(page.getByRole("status").filter({ hasText: "24 tasks" })).toBeVisible();
});

test("a cluster is labeled with an exception, and the label is taken back", async ({ page, server }) => {
  await open(page, server, "Mika", "manager", `${SENTIMENT}/map`);
  await made(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  const card = page.getByRole("region", { name: "Cluster 1", exact: true });
  await expect(card.getByText(/^Words:/)).toBeVisible();
  const items = card.getByRole("list", { name: "Items of Cluster 1" }).getByRole("listitem");
  await expect(items.first()).toBeVisible();
  await items.first().getByRole("checkbox").uncheck();
  const size = Number.parseInt((await card.getByText(/^\d+ items?$/).textContent()) ?? "", 10);
  await card.getByRole("button", { name: "Label this cluster without 1 exception" }).click();
  const dialogue = page.getByRole("dialog");
  await expect(dialogue.getByText(`${size - 1} task`)).not.toHaveCount(0);
  await dialogue.getByRole("combobox", { name: "Sentiment" }).click();
  await page.getByRole("option", { name: "Neutral" }).click();
  await dialogue.getByRole("button", { name: "Suggest it" }).click();
  await expect(dialogue.getByText(new RegExp(`${size - 1} tasks? of ${size - 1} labeled`))).toBeVisible();
  await dialogue.getByRole("button", { name: "Close", exact: true }).last().click();
  const history = page.getByRole("region", { name: "Done to many tasks at once" });
  await history.getByRole("button", { name: "Take back Sentiment: Neutral" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
  await expect(history.getByRole("cell", { name: "undone" })).toBeVisible();
});

test("pictures have neighbours, and what stands out is listed", async ({ page, server }) => {
  await open(page, server, "Mio", "manager", `${SURFACE}/map`);
  await made(page);
  await page.getByRole("link", { name: "Duplicates and oddities" }).click();
  const strange = page.getByRole("region", { name: "Like no other" });
  await expect(strange.getByRole("listitem").first()).toContainText(/times as far as usual/);
  await strange
    .getByRole("link", { name: /^Items similar to/ })
    .first()
    .click();
  const similar = page.getByRole("region", { name: /^Similar to / });
  await expect(similar.getByRole("listitem")).toHaveCount(10);
  await expect(similar.locator("img").first()).toBeVisible();
  await similar.getByRole("listitem").first().getByRole("link").first().click();
  await expect(page).toHaveURL(/\/review\/\d+$/);
  await page.getByRole("link", { name: "Similar items" }).click();
  await expect(page.getByRole("region", { name: /^Similar to / }).getByRole("listitem")).toHaveCount(10);
});

test("every part fits a narrow screen and has no violation", async ({ page, server }) => {
  test.slow();
  await open(page, server, "Max", "manager", `${SENTIMENT}/map`);
  await made(page);
  const found: string[] = [];
  for (const part of ["map", "clusters", "oddities"]) {
    for (const [width, scheme] of [
      [1280, "dark"],
      [320, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.goto(`${server.address}${SENTIMENT}/map?part=${part}`);
      await expect(page.getByRole("navigation", { name: "Map" })).toBeVisible();
      await page.waitForLoadState("networkidle");
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
