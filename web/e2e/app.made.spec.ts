// Data from everywhere in one project: a web site, a dataset hub, pictures by a recipe, changed copies of all of them; what
// all of it is like, and a balanced sample. As somebody does it who has read no manual.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { png } from "./app.files";
import { check } from "./axe";
import { BOXES, enter, test, World } from "./label.world";
import { binary, expect, Server } from "./server";

let site: HttpServer;
let home = "";

/** Four pictures with a label each, as the Parquet shard that the hub's viewer hands out. */
function shard(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "labelwright-hub-"));
  try {
    const lines: unknown[] = [
      { format: "labelwright", version: 1, project: "", schema: { ...BOXES, name: "hub" } },
    ];
    for (let at = 0; at < 4; at += 1) {
      const key = `hub${at}.png`;
      writeFileSync(join(folder, key), png(200, 150, [20, 60 * at, 250 - 60 * at]));
      lines.push({
        key,
        modality: "image",
        hash: "",
        file: key,
        answers: [{ source: "hub", answer: region(10 * at) }],
      });
    }
    writeFileSync(join(folder, "labelwright.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
    const to = join(folder, "made");
    execFileSync(binary, ["convert", "--from", "native", "--to", "hugging-face", folder, to]);
    const [found] = readdirSync(join(to, "data")).filter((name) => name.endsWith(".parquet"));
    return readFileSync(join(to, "data", found ?? ""));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.beforeAll(async () => {
  const parquet = shard();
  site = createServer((request, response) => {
    const path = request.url ?? "";
    if (/^\/view\d\.png$/.test(path)) {
      response.setHeader("content-type", "image/png");
      response.end(png(320, 240, [30 + 40 * Number(path[5]), 200 - 50 * Number(path[5]), 90]));
    } else if (path === "/") {
      const pictures = [1, 2, 3].map((at) => `<img src="/view${at}.png" alt="View ${at}">`).join("");
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(`<html lang="en"><title>Views</title><main><p>Some views.</p>${pictures}</main>`);
    } else if (path === "/parquet?dataset=acme%2Fcars") {
      const url = `${home}resolve/train/0000.parquet`;
      const file = { dataset: "acme/cars", config: "default", split: "train", url, size: parquet.length };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ parquet_files: [file], pending: [], failed: [], partial: false }));
    } else if (path === "/resolve/train/0000.parquet") {
      response.setHeader("content-type", "application/octet-stream");
      response.end(parquet);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  home = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
});

test.afterAll(() => {
  site.close();
});

const kind = (page: Page, name: string) =>
  page.getByRole("radiogroup", { name: "Kind of source" }).getByText(name, { exact: true }).click();

const ended = (page: Page, words: string | RegExp) =>
  expect(page.getByText(words).first()).toBeVisible({ timeout: 60_000 });

const region = (x: number) => ({
  regions: [{ id: "r", class: "car", geometry: { type: "box", x, y: 40, width: 60, height: 30 } }],
});

test("pictures are collected, made and changed, looked at, and drawn into a balanced set", async ({
  page,
}) => {
  process.env.LABELWRIGHT_ALLOW_NETWORKS = "127.0.0.1";
  const server = new Server();
  await server.start("serve");
  delete process.env.LABELWRIGHT_ALLOW_NETWORKS;
  try {
    const world = await World.of(server);
    await world.prelabeled(BOXES, [
      { key: "a.png", answer: region(20) },
      { key: "b.png", answer: region(200) },
    ]);
    await enter(page, server, "Newcomer", "manager");
    await page.goto(`${server.address}/projects/${world.project}/sources`);
    // What lies on a web site.
    await page.getByRole("textbox", { name: "Addresses" }).fill(home);
    await page.getByRole("textbox", { name: "Pictures" }).fill("10");
    await page.getByRole("textbox", { name: "Requests a second" }).fill("0");
    await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("Site");
    await page.getByRole("button", { name: "Collect" }).click();
    await ended(page, /[34] items added/);
    // What a hub has.
    await kind(page, "Dataset hub");
    await page.getByRole("textbox", { name: "Dataset", exact: true }).fill("acme/cars");
    await page.getByRole("textbox", { name: "Viewer of a mirror" }).fill(home);
    await choose(page, "Into the dataset", "A new one");
    await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("Hub");
    await page.getByRole("button", { name: "Collect" }).click();
    await ended(page, "4 items added");
    // Changed copies of all that is there; a mistake in the recipe is told beside it.
    await kind(page, "Change copies");
    const recipe = page.getByRole("textbox", { name: "Recipe" });
    await expect(recipe).toHaveValue(/flip_horizontal/);
    await recipe.fill('[[operation]]\nop = "flipp"\n');
    await page.getByRole("button", { name: "Make", exact: true }).click();
    await expect(page.getByText(/flip_horizontal/)).toBeVisible();
    await recipe.fill('[[operation]]\nop = "flip_horizontal"\n');
    await page.getByRole("button", { name: "Show what comes of the first items" }).click();
    await expect(page.getByRole("img", { name: /before on the left and after/ })).toBeVisible({
      timeout: 60_000,
    });
    await check(page, "sources, changed copies");
    await choose(page, "Into the dataset", "A new one");
    await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("Copies");
    await page.getByRole("textbox", { name: "Copies of each item" }).fill("1");
    await page.getByRole("button", { name: "Make", exact: true }).click();
    await ended(page, "9 items added");
    // Pictures by a recipe that speaks of the classes of the project.
    await kind(page, "Make by a recipe");
    await expect(recipe).toHaveValue(/class = "car"/);
    await page.getByRole("textbox", { name: "Items", exact: true }).fill("12");
    await choose(page, "Into the dataset", "A new one");
    await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("Scenes");
    await page.getByRole("button", { name: "Make", exact: true }).click();
    await ended(page, "12 items added");
    const sources = page.getByRole("table", { name: "Sources" });
    await expect(sources.getByRole("row").filter({ hasText: "Made by a recipe" })).toContainText("12");
    await expect(sources.getByRole("row").filter({ hasText: "Changed copies" })).toContainText("9");
    // The label of a copy has moved with its pixels.
    const copy = (await world.tasks()).find((task) => task.key.startsWith("a-aug"));
    const view = await (await world.api.get(`/api/v1/tasks/${copy?.id}/assignment`)).json();
    const { prelabels, item } = view as {
      prelabels: { answer: { regions: { geometry: { x: number } }[] } }[];
      item: { metadata: Record<string, unknown> };
    };
    expect(prelabels[0]?.answer.regions[0]?.geometry.x).toBe(400 - 20 - 60);
    expect(item.metadata.parent).toBe("a.png");
    // What all of it is like.
    await page.getByRole("button", { name: "Look at the data" }).click();
    const told = page.getByRole("table", { name: "Sources" }).nth(1);
    await expect(told.getByRole("row").filter({ hasText: "Made by a recipe" })).toContainText("12", {
      timeout: 60_000,
    });
    await expect(told.getByRole("row").filter({ hasText: "Changed copies" })).toContainText("9");
    await expect(page.getByRole("table", { name: "Labels" })).toContainText("car");
    await check(page, "sources with a report");
    // As much of one as of the other.
    const group = page.getByRole("group", { name: "Datasets to draw from" });
    for (const name of ["Site", "Hub", "Copies", "Scenes"])
      await group.getByLabel(name, { exact: true }).check();
    await page.getByRole("textbox", { name: "Items to draw" }).fill("12");
    const drawn = page.getByRole("table", { name: "What will be drawn" });
    for (const name of ["Site", "Hub", "Copies", "Scenes"])
      await expect(drawn.getByRole("row").filter({ hasText: name })).toContainText("3");
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    await ended(page, "12 items drawn");
  } finally {
    await server.remove();
  }
});

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}
