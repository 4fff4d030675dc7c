// Every page can be used with a screen reader and read by weak eyes, in light and in dark.
import { violations } from "./axe";
import { expect, signIn, test } from "./server";

const PAGES = [
  "/",
  "/new",
  "/data",
  "/data/1",
  "/schemas",
  "/schemas/1",
  "/members",
  "/jobs",
  "/webhooks",
  "/audit",
  "/account",
  "/nowhere",
  "/projects/1",
  "/projects/1/tasks",
  "/projects/1/quality",
  "/projects/2/quality",
  "/projects/2/quality?part=suspects",
  "/projects/2/quality?part=labelers",
  "/projects/2/quality?part=drift",
  "/projects/1/guidelines",
  "/projects/1/data",
  "/projects/1/sources",
  "/projects/1/calls/new",
  "/projects/1/members",
  "/projects/1/exports",
  "/projects/1/settings",
];

test("no page before the sign-in has a serious violation", async ({ page, server }) => {
  const found: string[] = [];
  for (const path of ["/sign-in", "/join", "/welcome"]) {
    await page.goto(server.address + path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    found.push(...(await violations(page, path)));
  }
  expect(found).toEqual([]);
});

for (const [number, path] of PAGES.entries()) {
  test(`${path} has no serious violation`, async ({ page, server }) => {
    await signIn(page, server, server.addUser(`axel${number}@example.org`, "Axel", "owner"));
    await page.goto(server.address + path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await page.waitForTimeout(200);
    expect(await violations(page, path)).toEqual([]);
  });
}
