// Bringing files in: whole folders, an upload that is cancelled, one that goes on after a reload.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { file, png } from "./app.files";
import { expect, type Server, signIn, test } from "./server";

/** More than two chunks of 8 MiB, in rows of a kilobyte. */
const ROWS = 17_000;

let folder = "";

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "labelwright-files-"));
});

test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A manager on the page of a new dataset. */
async function begin(page: Page, server: Server, email: string, dataset: string): Promise<void> {
  await signIn(page, server, server.addUser(email, "Uma", "manager"));
  await page.goto(`${server.address}/data`);
  await page.getByRole("textbox", { name: "Name of the new dataset" }).fill(dataset);
  await page.getByRole("button", { name: "Make a dataset" }).click();
  await expect(page.getByRole("heading", { name: dataset })).toBeVisible();
}

/** Pictures in folders in a folder, with system files that nobody means. */
function pictures(): string {
  const top = join(folder, "trip");
  for (const [index, day] of ["monday", "tuesday"].entries()) {
    mkdirSync(join(top, day), { recursive: true });
    writeFileSync(join(top, day, "view.png"), png(40, 30, [200, 30 + 90 * index, 30]));
    writeFileSync(join(top, day, ".DS_Store"), "nobody wants this");
  }
  return top;
}

function longTable(): string {
  const path = join(folder, "long.csv");
  writeFileSync(path, `text\n${`${"word ".repeat(200)}\n`.repeat(ROWS)}`);
  return path;
}

test("a folder is chosen, and its files keep their folders in their keys", async ({ page, server }) => {
  await begin(page, server, "folder@example.org", "Chosen folder");
  await page.getByLabel("Folder").setInputFiles(pictures());
  await expect(page.getByText("2 files")).toBeVisible();
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect(page.getByText("2 items added")).toBeVisible();
  await expect(page.getByRole("img", { name: "Item trip/monday/view.png" })).toBeVisible();
  await expect(page.getByRole("img", { name: "Item trip/tuesday/view.png" })).toBeVisible();
});

test("a folder is dropped, and single files are left out again", async ({ page, server }) => {
  await begin(page, server, "drop@example.org", "Dropped folder");
  const zone = await page.getByText("Drop files or a folder here").boundingBox();
  if (!zone) throw new Error("there is no place to drop");
  const chrome = await page.context().newCDPSession(page);
  const data = { items: [], files: [pictures()], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await chrome.send("Input.dispatchDragEvent", { type, x: zone.x + 5, y: zone.y + 5, data });
  }
  await expect(page.getByText("2 files")).toBeVisible();
  await page.getByRole("button", { name: "Leave trip/monday/view.png out" }).click();
  await expect(page.getByText("1 file,")).toBeVisible();
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect(page.getByText("1 item added")).toBeVisible();
  await expect(page.getByRole("img", { name: "Item trip/tuesday/view.png" })).toBeVisible();
});

test("an upload is cancelled, leaves nothing, and can be begun again", async ({ page, server }) => {
  await begin(page, server, "cancel@example.org", "Cancelled");
  const dropped = page.waitForRequest((request) => request.method() === "DELETE");
  let held = true;
  await page.route("**/api/v1/uploads/*", async (route) => {
    if (route.request().method() === "PATCH" && held) return;
    await route.continue();
  });
  await page.getByTestId("files").setInputFiles(file("few.csv", "text/csv", "text\none\ntwo\n"));
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect(page.getByText("Uploading few.csv")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  expect((await (await dropped).response())?.ok()).toBe(true);
  await expect(page.getByText("Uploading few.csv")).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  held = false;
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect(page.getByText("2 items added")).toBeVisible();
});

test("after a reload the same file goes on where it was", async ({ page, server }) => {
  await begin(page, server, "reload@example.org", "Reloaded");
  const path = longTable();
  const offsets: string[] = [];
  let held = true;
  await page.route("**/api/v1/uploads/*", async (route) => {
    const request = route.request();
    if (request.method() !== "PATCH") return route.continue();
    const offset = request.headers()["upload-offset"] ?? "";
    offsets.push(offset);
    if (offset !== "0" && held) return;
    await route.continue();
  });
  await page.getByTestId("files").setInputFiles(path);
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect.poll(() => offsets, { timeout: 20_000 }).toEqual(["0", "8388608"]);
  held = false;
  await page.reload();
  await page.getByTestId("files").setInputFiles(path);
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect(page.getByText(/17,000 items added/)).toBeVisible({ timeout: 45_000 });
  expect(offsets).toEqual(["0", "8388608", "8388608", "16777216"]);
});

test("who is in two workspaces chooses one, and the choice is remembered", async ({ page, server }) => {
  await signIn(page, server, server.addUser("both@example.org", "Bo", "manager"));
  // A server begins with one workspace and nothing adds another yet: the second one is put into its answers here.
  await page.route("**/api/v1/me", async (route) => {
    const response = await route.fetch();
    const me = (await response.json()) as { workspaces: object[] };
    me.workspaces.push({ id: 2, name: "Night shift", role: "labeler" });
    await route.fulfill({ response, json: me });
  });
  await page.route("**/api/v1/workspaces/2/**", (route) => route.fulfill({ json: [] }));
  await page.goto(`${server.address}/data`);
  await page.getByRole("combobox", { name: "Workspace" }).click();
  await page.getByRole("option", { name: "Night shift" }).click();
  await expect(page).toHaveURL(`${server.address}/`);
  await expect(page.getByRole("heading", { name: "Nothing to label yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Data", exact: true })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Workspace" })).toHaveValue("Night shift");
  await page.getByRole("combobox", { name: "Workspace" }).click();
  await page.getByRole("option", { name: "Demo workspace" }).click();
  await expect(page.getByRole("article", { name: "Street scenes" })).toBeVisible();
});
