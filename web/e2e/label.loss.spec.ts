// Nothing that a labeler did is ever lost: not with the tab, not with the network, the session, the lease, nor to
// another tab.
import type { Page } from "@playwright/test";
import {
  BOXES,
  click,
  drag,
  enter,
  POLYGONS,
  QUESTIONS,
  regions,
  shownKey,
  test,
  World,
} from "./label.world";
import { expect } from "./server";

const saved = (page: Page) => page.getByTestId("save-state");

/** Ends a tab as the system does when it runs out of memory: no event is fired. */
async function killTab(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  // The page is gone before it could answer.
  session.send("Page.crash").catch(() => {});
  await crashed;
  await page.close();
}

/** Drafts are written within half a second. */
const written = (page: Page) => page.waitForTimeout(700);

test("a killed tab loses neither half a polygon nor half a sentence", async ({ page, server }) => {
  const context = page.context();
  const drawn = await World.of(server);
  await drawn.images(POLYGONS, 1);
  await enter(page, server, "Crash", "labeler");
  await drawn.label(page);
  await click(page, 20, 200);
  await click(page, 90, 220);
  await written(page);
  await killTab(page);
  const again = await context.newPage();
  await drawn.label(again);
  await expect(again.locator("output")).toHaveText("Your unfinished answer is back");
  await click(again, 60, 280);
  await click(again, 20, 200);
  await expect(regions(again)).toHaveCount(1);

  const asked = await World.of(server);
  await asked.texts(QUESTIONS, ["one"]);
  await asked.label(again);
  await again.keyboard.press("2");
  await again.getByRole("textbox", { name: "Note" }).fill("half a sen");
  await written(again);
  await killTab(again);
  const last = await context.newPage();
  await asked.label(last);
  await expect(last.getByRole("radio", { name: /Bad/ })).toBeChecked();
  await expect(last.getByRole("textbox", { name: "Note" })).toHaveValue("half a sen");
});

test("without a network answers queue, and each is stored once when it is back", async ({
  page,
  server,
  context,
}) => {
  const world = await World.of(server);
  await world.images(BOXES, 4);
  await enter(page, server, "Tunnel", "labeler");
  await world.label(page);
  await shownKey(page, "image-1.png");
  // Some tasks lie ready.
  await page.waitForLoadState("networkidle");
  await context.setOffline(true);
  await drag(page, [50, 40], [150, 100]);
  await page.keyboard.press("Enter");
  await shownKey(page, "image-2.png");
  await expect(saved(page)).toHaveText("offline (1 queued)");
  await drag(page, [60, 50], [160, 110]);
  await page.keyboard.press("Enter");
  await shownKey(page, "image-3.png");
  await expect(saved(page)).toHaveText("offline (2 queued)");
  // What waits is on the disk: a tab that is opened again sends it.
  await killTab(page);
  await context.setOffline(false);
  const again = await context.newPage();
  await world.label(again);
  await shownKey(again, "image-3.png");
  await expect(saved(again)).toHaveText("saved");
  for (const key of ["image-1.png", "image-2.png"]) {
    await world.answered(key);
    expect((await world.stored(key)).annotations).toMatchObject([{ revision: 1 }]);
  }
  // And one that stayed open sends by itself.
  await context.setOffline(true);
  await drag(again, [50, 40], [150, 100]);
  await again.keyboard.press("Enter");
  await expect(saved(again)).toHaveText("offline (1 queued)");
  await context.setOffline(false);
  await expect(saved(again)).toHaveText("saved");
  expect((await world.stored("image-3.png")).annotations).toMatchObject([{ revision: 1 }]);
});

test("a submit whose response was lost is stored once", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 2);
  await enter(page, server, "Lossy", "labeler");
  await world.label(page);
  const keys: (string | undefined)[] = [];
  await page.route("**/submit", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await drag(page, [50, 40], [150, 100]);
  await page.keyboard.press("Enter");
  await shownKey(page, "image-2.png");
  await expect(saved(page)).toHaveText("offline (1 queued)");
  await expect(saved(page)).toHaveText("saved");
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  expect((await world.stored("image-1.png")).annotations).toMatchObject([{ revision: 1 }]);
});

test("of two tabs with one task, the second sees both versions and keeps its own on top", async ({
  page,
  server,
  context,
}) => {
  const world = await World.of(server);
  await world.images(BOXES, 2);
  await enter(page, server, "Twice", "labeler");
  await world.label(page);
  await shownKey(page, "image-1.png");
  const second = await context.newPage();
  await world.label(second);
  await shownKey(second, "image-1.png");
  await drag(second, [200, 40], [300, 100]);
  await drag(second, [210, 150], [310, 220]);
  await drag(page, [50, 40], [150, 100]);
  await page.keyboard.press("Enter");
  await world.answered("image-1.png");
  await second.keyboard.press("Enter");
  const merge = second.getByRole("alert", { name: "Two versions of image-1.png" });
  await expect(merge).toContainText("Nothing is lost");
  await expect(merge.getByRole("row", { name: /Regions/ })).toContainText(
    "2, 2 without a match1, 1 without a match",
  );
  // Not even a reload takes it away.
  await second.reload();
  await expect(merge).toContainText("Revision 1");
  await merge.getByRole("button", { name: "Keep mine, as a new revision on top" }).click();
  await expect(merge).toHaveCount(0);
  await expect(saved(second)).toHaveText("saved");
  const [stored] = (await world.stored("image-1.png")).annotations;
  expect(stored?.revision).toBe(2);
  expect(stored?.answer.regions).toHaveLength(2);
});

test("a session that ends in the middle of a task is renewed in place and the answer goes through", async ({
  page,
  server,
  context,
}) => {
  const world = await World.of(server);
  await world.images(BOXES, 2);
  await enter(page, server, "Expired", "labeler");
  await page.goto(`${server.address}/account`);
  await page.getByRole("textbox", { name: "New password" }).fill("expired has a password");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByText("Your password is set.")).toBeVisible();
  await world.label(page);
  await drag(page, [50, 40], [150, 100]);
  await context.clearCookies();
  await page.keyboard.press("Enter");
  const dialogue = page.getByRole("dialog", { name: "Sign in again" });
  await dialogue.getByRole("textbox", { name: "Password" }).fill("expired has a password");
  await dialogue.getByRole("button", { name: "Sign in" }).click();
  await expect(dialogue).toHaveCount(0);
  await expect(saved(page)).toHaveText("saved");
  expect((await world.answered("image-1.png")).regions).toHaveLength(1);
  await shownKey(page, "image-2.png");
});

test("an answer whose lease went to somebody else is kept, and the page says so", async ({
  page,
  server,
  browser,
}) => {
  const world = await World.of(server);
  await world.images(BOXES, 1);
  await enter(page, server, "Slow", "labeler");
  await world.label(page);
  await drag(page, [50, 40], [150, 100]);
  const [task] = await world.tasks();
  const path = `${server.address}/api/v1/tasks/${task?.id}`;
  const { epoch } = (await (await page.request.get(`${path}/assignment`)).json()) as { epoch: number };
  const released = await page.request.post(`${path}/release`, { data: { epoch } });
  expect(released.ok(), await released.text()).toBe(true);
  const other = await (await browser.newContext()).newPage();
  await enter(other, server, "Quick", "labeler");
  await world.label(other);
  await shownKey(other, "image-1.png");

  await page.keyboard.press("Enter");
  const notice = page.getByRole("alert").filter({ hasText: "came too late" });
  await expect(notice).toContainText("Your answer is kept as a draft here.");
  await page.reload();
  await expect(notice).toBeVisible();
  // The other gives it up: now it can be had again, with everything that was done.
  await notice.getByRole("button", { name: "Try to get it again" }).click();
  await expect(notice).toContainText("no open place for you");
  await other.keyboard.press("s");
  await other.getByRole("dialog").getByRole("button", { name: "Skip", exact: true }).click();
  await expect(other.getByRole("heading", { level: 1 }).last()).toContainText("Nothing left");
  await notice.getByRole("button", { name: "Try to get it again" }).click();
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  expect((await world.answered("image-1.png")).regions).toHaveLength(1);
  await other.context().close();
});
