// The palette of commands, and a person's own keys.
import { check } from "./axe";
import { email, enter, QUESTIONS, shownKey, test, World } from "./label.world";
import { expect, signIn } from "./server";

test("pages, projects and tasks are reached by a few words", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a", "b"]);
  await signIn(page, server, server.addUser(email("pia"), "Pia", "owner"));
  await page.goto(server.address);
  await page.getByRole("button", { name: /^Go to/ }).click();
  const words = page.getByRole("combobox", { name: "Page, project, task number or command" });
  const chosen = page.getByRole("option", { selected: true });
  await words.fill("audit");
  await expect(chosen).toContainText("Audit log");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/audit$/);
  await page.keyboard.press("Control+k");
  await words.fill("zzz");
  await expect(page.getByText("Nothing is called so.")).toBeVisible();
  await words.fill("");
  // The arrows go through the list, and stay in it.
  const first = (await chosen.textContent()) ?? "";
  await page.keyboard.press("ArrowDown");
  await expect(chosen).not.toHaveText(first);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(chosen).toHaveText(first);
  await check(page, "the palette");
  await page.keyboard.press("Escape");
  await expect(words).toHaveCount(0);
  // A task by its number, within a project.
  await page.goto(`${server.address}/projects/${world.project}/tasks`);
  const task = (await world.tasks())[1]?.id;
  await expect(page.getByRole("link", { name: "text-1.txt" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await words.fill(`#${task}`);
  await expect(chosen).toContainText(`Task ${task} of`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/review/${task}$`));
});

test("what a key does can be done from the palette", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a", "b"]);
  await enter(page, server, "Commander", "labeler");
  await world.label(page);
  await page.keyboard.press("1");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("submit and go");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  await world.answered("text-1.txt");
  // A labeler sees no page that is not theirs.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("settings");
  await expect(page.getByText("Nothing is called so.")).toBeVisible();
});

test("keys are changed to one's own, and stay", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a", "b", "c"]);
  await enter(page, server, "Lefty", "labeler");
  await world.label(page);
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  await sheet.getByRole("button", { name: "Change keys" }).click();
  await sheet.getByRole("button", { name: /: Submit and go on$/ }).click();
  // Escape ends the wait and leaves the sheet open.
  await page.keyboard.press("Escape");
  await sheet.getByRole("button", { name: "Change Enter: Submit and go on" }).click();
  await page.keyboard.press("s");
  await expect(sheet.getByRole("status")).toContainText("Skip, with a reason, is now on Enter");
  await sheet.getByRole("button", { name: "Change Enter: Skip, with a reason" }).click();
  await page.keyboard.press("1");
  await expect(sheet.getByRole("status")).toContainText("by the schema of this project");
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await page.keyboard.press("1");
  await page.keyboard.press("s");
  await shownKey(page, "text-2.txt");
  await page.reload();
  await shownKey(page, "text-2.txt");
  await page.keyboard.press("1");
  await page.keyboard.press("s");
  await shownKey(page, "text-3.txt");
  await page.keyboard.press("?");
  await sheet.getByRole("button", { name: "Back to the first keys" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await world.answered("text-3.txt");
});

test("without a network the palette says so, and the work goes on", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a", "b"]);
  await enter(page, server, "Offline", "labeler");
  await world.label(page);
  await page.route(/PaletteDialog/, (route) => route.abort());
  await page.keyboard.press("Control+k");
  await expect(page.getByText("The palette cannot be loaded")).toBeVisible();
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
});
