// The sources of a project: a web site on loopback is collected, its items say where they come from, mistakes and private
// networks are told.
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test as plain } from "@playwright/test";
import { png } from "./app.files";
import { Server, signIn } from "./server";

const WORDS = [
  "The first page is about boats, and about what the wind does to them when nobody looks at the sails for a while",
  "On another page a cook says how soup is made out of what was left over from the day before, with salt and patience",
  "A third one tells of a mountain that somebody climbed in winter, of the snow there, and of the way back down again",
];

let site: HttpServer;
let home = "";
let server: Server;
const asked: string[] = [];

plain.beforeAll(async () => {
  site = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url === "/robots.txt") {
      response.setHeader("content-type", "text/plain").end("User-agent: *\nDisallow: /private");
    } else if (request.url === "/view.png") {
      response.setHeader("content-type", "image/png").end(png(80, 60, [200, 30, 30]));
    } else if (/^\/[012]?$/.test(request.url ?? "")) {
      const number = Number(request.url?.slice(1) || 0);
      const links =
        '<a href="/1">1</a><a href="/2">2</a><a href="/private">3</a><img src="/view.png" alt="A view">';
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(
        `<html lang="en"><title>Page ${number}</title><main><p>${WORDS[number]}.</p>${links}</main>`,
      );
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  home = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
});

plain.afterAll(() => {
  site.close();
});

plain.afterEach(async () => {
  await server.remove();
});

async function begin(page: Page, networks: string): Promise<void> {
  process.env.LABELWRIGHT_ALLOW_NETWORKS = networks;
  server = new Server();
  await server.start("demo");
  delete process.env.LABELWRIGHT_ALLOW_NETWORKS;
  await signIn(page, server, server.addUser("sources@example.org", "Sue", "manager"));
  await page.goto(`${server.address}/projects/1/sources`);
  await expect(page.getByRole("heading", { name: "Sources of this project" })).toBeVisible();
}

plain("a site becomes items that say where they come from", async ({ page }) => {
  await begin(page, "127.0.0.1");
  await page.getByRole("textbox", { name: "Addresses" }).fill("no address");
  await page.getByRole("button", { name: "Collect" }).click();
  await expect(page.getByText("is no http or https address")).toBeVisible();
  await page.getByRole("textbox", { name: "Addresses" }).fill(home);
  await page.getByRole("textbox", { name: "Pictures" }).fill("5");
  await page.getByRole("textbox", { name: "Requests a second" }).fill("0");
  await page.getByRole("button", { name: "Collect" }).click();
  await expect(page.getByText("4 items added")).toBeVisible({ timeout: 30_000 });
  const row = page.getByRole("table", { name: "Sources" }).getByRole("row").filter({ hasText: home });
  await expect(row).toContainText("Web site");
  await expect(row).toContainText("4");
  await expect(row).toContainText("done");
  await row.getByRole("link").click();
  await expect(page.getByText(WORDS[1] ?? "")).toBeVisible();
  await expect(page.getByText("From", { exact: false }).first()).toBeVisible();
  const origins = page.getByRole("list", { name: "Items" }).getByRole("link", { name: new URL(home).host });
  await expect(origins).toHaveCount(4);
  await expect(page.getByTitle(/robots\.txt allows it/).first()).toBeVisible();
  expect(asked).not.toContain("/private");
});

plain("what leads inside is told, and nothing is fetched", async ({ page }) => {
  const before = asked.length;
  await begin(page, "");
  await page.getByText("Address of a file").click();
  await page.getByRole("textbox", { name: "Addresses" }).fill(`${home}rows.csv`);
  await page.getByRole("button", { name: "Collect" }).click();
  await expect(page.getByText(/leads into a private network/)).toBeVisible({ timeout: 30_000 });
  expect(asked.length).toBe(before);
});
