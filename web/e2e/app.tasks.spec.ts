// The table of tasks: long lists, what a filter finds kept under a name, and one change for all with its way back.
import { check } from "./axe";
import { enter, test, World } from "./label.world";
import { expect } from "./server";

const MOOD = {
  modality: "text",
  fields: [
    {
      id: "mood",
      title: "Mood",
      kind: {
        type: "choice",
        options: [
          { id: "good", title: "Good" },
          { id: "bad", title: "Bad" },
        ],
      },
    },
  ],
};

test("a long list is in the page only as far as it is seen", async ({ page, server }) => {
  const world = await World.of(server);
  const lines = Array.from({ length: 700 }, (_, at) => `Text number ${at + 1}`);
  const rows = Buffer.from(["text", ...lines].join("\n"));
  await world.make(MOOD, [["rows.csv", rows]], {}, { mapping: { content: "text" }, tasks: 700 });
  await enter(page, server, "Long", "manager");
  await page.goto(`${server.address}/projects/${world.project}/tasks`);
  const table = page.getByRole("table", { name: "Tasks" });
  await expect(table).toHaveAttribute("aria-rowcount", "701");
  await expect(page.getByText("700 tasks", { exact: true })).toBeVisible();
  const shown = table.getByRole("row");
  expect(await shown.count()).toBeLessThan(80);
  const region = page.getByRole("region", { name: "Tasks", exact: true });
  await region.focus();
  await page.keyboard.press("End");
  await expect(table.getByRole("link").last()).toHaveText(/700/);
  expect(await shown.count()).toBeLessThan(80);
  await check(page, "the table of tasks");
  await page.keyboard.press("Home");
  await expect(table.locator('tr[aria-rowindex="2"]')).toContainText("open");
});

test("what a filter finds is kept, comes first, and goes back", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(
    MOOD,
    Array.from({ length: 30 }, (_, at) => `Text number ${at + 1}`),
  );
  await enter(page, server, "Kept", "manager");
  await page.goto(`${server.address}/projects/${world.project}/tasks`);
  await page.getByRole("textbox", { name: "Filter" }).fill('text~"number 2"');
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByText("All 11 tasks:")).toBeVisible();
  await page.getByRole("button", { name: "Keep as a slice" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("The twos");
  await page.getByRole("button", { name: "Keep", exact: true }).click();

  await page.getByRole("button", { name: "Priority", exact: true }).click();
  const dialogue = page.getByRole("dialog");
  await expect(dialogue.getByText("11 tasks will have it.")).toBeVisible();
  await dialogue.getByRole("textbox", { name: "Priority" }).fill("7");
  await dialogue.getByRole("button", { name: "Set it" }).click();
  await expect(dialogue.getByText("It can be taken back", { exact: false })).toBeVisible();
  await dialogue.getByRole("button", { name: "Close" }).last().click();
  const table = page.getByRole("table", { name: "Tasks" });
  await expect(table.getByRole("textbox").first()).toHaveValue("7");

  await page.getByRole("button", { name: "Take back Priority 7" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
  await expect(table.getByRole("textbox").first()).toHaveValue("0");

  await page.goto(`${server.address}/projects/${world.project}/tasks`);
  await expect(page.getByText("All 30 tasks:")).toBeVisible();
  await page.getByRole("button", { name: "Slices" }).click();
  await page.getByRole("link", { name: "The twos" }).click();
  await expect(page).toHaveURL(/slice/);
  await expect(page.getByText("All 11 tasks:")).toBeVisible();
  await page.getByRole("button", { name: "Slices" }).click();
  await page.getByRole("button", { name: "Take The twos apart" }).click();
  await expect(page.getByRole("link", { name: "The twos" })).toHaveCount(0);
});
