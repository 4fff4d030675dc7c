// A webhook from its making to its end, with a real program that listens.
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { check } from "./axe";
import { expect, Server, signIn, test } from "./server";

interface Told {
  headers: IncomingHttpHeaders;
  body: string;
}

test("a program is told of what happens, and can check who speaks", async ({ page }) => {
  const told: Told[] = [];
  const listener = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      told.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((ready) => listener.listen(0, "127.0.0.1", ready));
  const address = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/labels`;
  const server = new Server();
  await server.start("serve", ["--allow-networks", "127.0.0.1"]);
  await signIn(page, server, server.addUser("owner@example.org", "Olga", "owner"));
  await page.getByRole("link", { name: "Webhooks" }).click();
  await expect(page.getByRole("heading", { name: "Nobody is told yet" })).toBeVisible();
  await page.getByRole("textbox", { name: "Address" }).fill("labels");
  await page.getByRole("button", { name: "Make a webhook" }).click();
  await expect(page.getByText("give an address that begins with https://")).toBeVisible();
  await page.getByRole("textbox", { name: "Address" }).fill(address);
  await page.getByRole("button", { name: "Make a webhook" }).click();
  const secret = await page.getByRole("textbox", { name: "Signing secret" }).inputValue();
  await page.getByRole("button", { name: "Try" }).click();
  await expect(page.getByText("Taken: status 204")).toBeVisible();
  await check(page, "webhooks");
  const [one] = told;
  if (!one) throw new Error("nothing was told");
  const said = `${one.headers["webhook-id"]}.${one.headers["webhook-timestamp"]}.${one.body}`;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = `v1,${createHmac("sha256", key).update(said).digest("base64")}`;
  expect(one.headers["webhook-signature"]).toBe(signature);
  expect(JSON.parse(one.body)).toMatchObject({ type: "ping" });

  // What happens in the app comes by itself.
  const made = await page.request.post(`${server.address}/api/v1/workspaces/1/datasets`, {
    data: { name: "Told" },
  });
  const dataset = ((await made.json()) as { id: number }).id;
  const upload = await page.request.post(`${server.address}/api/v1/workspaces/1/uploads`, {
    data: { name: "a.txt", bytes: 5 },
  });
  const id = ((await upload.json()) as { id: number }).id;
  await page.request.patch(`${server.address}/api/v1/uploads/${id}`, {
    data: Buffer.from("hello"),
    headers: { "Upload-Offset": "0", "Content-Type": "application/octet-stream" },
  });
  await page.request.post(`${server.address}/api/v1/datasets/${dataset}/imports`, {
    data: { uploads: [id], format: "auto" },
  });
  await expect
    .poll(() => told.map(({ body }) => (JSON.parse(body) as { type: string }).type), { timeout: 15_000 })
    .toContain("job.ended");
  await page.getByRole("button", { name: `Delete ${address}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByRole("heading", { name: "Nobody is told yet" })).toBeVisible();
  listener.close();
  await server.remove();
});
