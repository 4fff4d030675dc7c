// More ways to get data: a bucket by a connection of the operator, again and again; a recipe that is tried; a sample.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test as plain } from "@playwright/test";
import { png } from "./app.files";
import { check } from "./axe";
import { Server, signIn } from "./server";

const ROWS = "text,kind\nThe boats came in late,sea\nSoup was made of carrots,food\nSalt and bread,food\n";

let elsewhere: HttpServer;
let home = "";
let server: Server;
let folder = "";
const asked: string[] = [];

plain.beforeAll(async () => {
  elsewhere = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const signed = request.headers.authorization?.includes("Credential=id/") ?? false;
    if (path.startsWith("/own?")) {
      if (!signed) return response.writeHead(403).end();
      const object = `<Contents><Key>rows.csv</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>"e"</ETag><Size>${ROWS.length}</Size></Contents>`;
      response.setHeader("content-type", "application/xml");
      return response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${object}</ListBucketResult>`);
    }
    if (path === "/own/rows.csv") {
      response.writeHead(206, {
        "content-type": "text/csv",
        "content-length": ROWS.length,
        "content-range": `bytes 0-${ROWS.length - 1}/${ROWS.length}`,
        "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
        etag: '"e"',
      });
      return response.end(ROWS);
    }
    if (path === "/shop") {
      response.setHeader("content-type", "text/html");
      return response.end(
        "<ul><li class=p data-id=c1><h2>Chair</h2><b>9</b></li><li class=p data-id=t1><h2>Table</h2></li></ul>",
      );
    }
    return response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  home = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
});

plain.afterAll(() => {
  elsewhere.close();
});

plain.beforeEach(async ({ page }) => {
  folder = mkdtempSync(join(tmpdir(), "labelwright-connections-"));
  const file = join(folder, "connections.toml");
  writeFileSync(
    file,
    `[photos]\nkind = "s3"\nkey_id = "id"\nsecret_key = "hidden-key"\nendpoint = "${home}"\nbucket = "own"\n
[disk]\nkind = "folder"\npath = "${join(folder, "mount")}"\n`,
  );
  mkdirSync(join(folder, "mount"));
  process.env.LABELWRIGHT_ALLOW_NETWORKS = "127.0.0.1";
  process.env.LABELWRIGHT_CONNECTIONS = file;
  server = new Server();
  await server.start("demo");
  delete process.env.LABELWRIGHT_ALLOW_NETWORKS;
  delete process.env.LABELWRIGHT_CONNECTIONS;
  await signIn(page, server, server.addUser("more@example.org", "Mo", "manager"));
  await page.goto(`${server.address}/projects/1/sources`);
  await expect(page.getByRole("heading", { name: "Sources of this project" })).toBeVisible();
});

plain.afterEach(async () => {
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

plain("a bucket is asked again every day, paused, and its secret told to nobody", async ({ page }) => {
  const said: string[] = [];
  page.on("response", (response) => {
    if (response.url().includes("/api/"))
      void response.text().then(
        (text) => said.push(text),
        () => undefined,
      );
  });
  await page.getByText("Bucket", { exact: true }).click();
  await choose(page, "Connection", "photos (own)");
  await expect(page.getByRole("textbox", { name: "Bucket" })).toHaveValue("own");
  await page.getByRole("textbox", { name: "Column with the text" }).fill("text");
  await choose(page, "How often", "Every day");
  await check(page, "sources");
  await page.getByRole("button", { name: "Collect" }).click();
  await expect(page.getByText("3 items added").first()).toBeVisible({ timeout: 30_000 });
  const row = page.getByRole("table", { name: "Repeated sources" }).getByRole("row").nth(1);
  await expect(row).toContainText("s3://own/");
  await expect(row).toContainText("3 items added");
  await row.getByRole("button", { name: "Ask now" }).click();
  await expect(row).toContainText("0 items added", { timeout: 30_000 });
  expect(asked.filter((path) => path === "/own/rows.csv")).toHaveLength(1);
  await row.getByRole("button", { name: "Pause" }).click();
  await expect(row).toContainText("Paused");
  await row.getByRole("button", { name: "Go on" }).click();
  await expect(row.getByRole("button", { name: "Pause" })).toBeVisible();
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("table", { name: "Repeated sources" })).toBeHidden();
  expect(said.join("\n")).not.toContain("hidden-key");
});

plain("pictures of a folder stay there, and are shown as they were", async ({ page }) => {
  const file = join(folder, "mount", "large.png");
  writeFileSync(file, png(4000, 3000, [10, 120, 200]));
  await page.getByText("Bucket", { exact: true }).click();
  await choose(page, "Store", "Folder of the server");
  await choose(page, "Connection", "disk");
  await expect(page.getByRole("textbox", { name: "Bucket" })).toHaveCount(0);
  await page.getByRole("radio", { name: "Leave them there" }).check();
  await check(page, "sources");
  await page.getByRole("button", { name: "Collect" }).click();
  await expect(page.getByText("1 item added").first()).toBeVisible({ timeout: 30_000 });
  const items = async () => {
    const datasets = await page.request.get(`${server.address}/api/v1/projects/1/datasets`);
    const newest = ((await datasets.json()) as { id: number }[]).map(({ id }) => id).sort((a, b) => b - a)[0];
    const listed = await page.request.get(`${server.address}/api/v1/datasets/${newest}/items`);
    return ((await listed.json()) as { items: { key: string; media_url: string }[] }).items;
  };
  const item = (await items()).find(({ key }) => key === "large.png");
  if (!item) throw new Error("the picture did not become an item");
  const shown = await page.request.get(server.address + item.media_url);
  expect([shown.status(), (await shown.body()).length]).toEqual([200, statSync(file).size]);
  writeFileSync(file, png(4000, 2999, [10, 120, 200]));
  const changed = await page.request.get(server.address + item.media_url);
  expect(changed.status()).toBe(409);
  expect(await changed.text()).toContain("it has changed since");
});

plain("a recipe shows its records within a second, of one page fetched once", async ({ page }) => {
  await page.getByRole("textbox", { name: "Addresses" }).fill(`${home}/shop`);
  const recipe = page.getByRole("textbox", { name: "Recipe for records" });
  await recipe.fill('each = "li.p"\nkey = "id"\ncontent = "name"\n[fields]\nid = "@data-id"\nname = "h2"');
  await page.getByRole("button", { name: "Try on the first address" }).click();
  const outcome = page.getByRole("region", { name: "What the recipe makes" });
  await expect(outcome).toContainText("2 records");
  await expect(outcome).toContainText("Chair");
  await recipe.fill('each = "//li[@data-id=\'t1\']"\n[fields]\nname = "./h2/text()"');
  await expect(outcome).toContainText("1 record", { timeout: 1000 });
  await expect(outcome).not.toContainText("Chair");
  await recipe.fill('each = "//li["\n[fields]\nname = "h2"');
  await expect(page.getByText(/each: character 6/i).first()).toBeVisible();
  expect(asked.filter((path) => path === "/shop")).toHaveLength(1);
  await check(page, "sources");
});

plain("a sample of datasets is told before it is drawn", async ({ page }) => {
  const box = page.getByRole("group", { name: "Datasets to draw from" }).getByRole("checkbox").first();
  await box.check();
  await page.getByRole("textbox", { name: "Items to draw" }).fill("5");
  await expect(page.getByText("5 items will be drawn.")).toBeVisible();
  await choose(page, "How", "By a field, as many of each");
  await page.getByRole("textbox", { name: "Metadata field" }).fill("nothing");
  const table = page.getByRole("table", { name: "What will be drawn" });
  await expect(table.getByRole("row")).toHaveCount(2);
  await check(page, "sources");
  await page.getByRole("button", { name: "Draw", exact: true }).click();
  await expect(page.getByText("5 items drawn").first()).toBeVisible({ timeout: 30_000 });
});
