// What a frame of the map costs with a hundred thousand items: CPU-ms of the page, and the time that painting takes in it.
import { expect, test } from "@playwright/test";
import { Server, signIn } from "../e2e/server";
import { browserOf, frame, Meter } from "./meter";

const COUNT = 100_000;
const FRAMES = 60;

/** Twelve clusters with soft edges, as the server would send them. */
function points(): Buffer {
  const bytes = Buffer.alloc(8 + COUNT * 22);
  bytes.writeUInt32LE(COUNT, 0);
  bytes.writeUInt32LE(12, 4);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const soft = () => (random() + random() + random() + random() - 2) / 2;
  for (let point = 0; point < COUNT; point += 1) {
    const cluster = point % 12;
    const angle = (cluster / 12) * 2 * Math.PI;
    bytes.writeDoubleLE(point + 1, 8 + 8 * point);
    bytes.writeFloatLE(0.6 * Math.cos(angle) + 0.4 * soft(), 8 + 8 * COUNT + 4 * point);
    bytes.writeFloatLE(0.6 * Math.sin(angle) + 0.4 * soft(), 8 + 12 * COUNT + 4 * point);
    bytes.writeFloatLE(random(), 8 + 16 * COUNT + 4 * point);
    bytes.writeInt16LE(cluster, 8 + 20 * COUNT + 2 * point);
  }
  return bytes;
}

test("a map of 100,000 items is fluid", async () => {
  const server = new Server();
  await server.start("demo");
  const browser = await browserOf();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.route("**/api/v1/projects/3/map", (route) =>
    route.fulfill({
      json: { map: { method: "pca", at: "2026-01-31T12:00:00Z", points: COUNT, clusters: 12 } },
    }),
  );
  await page.route("**/api/v1/projects/3/map/points", (route) =>
    route.fulfill({ body: points(), contentType: "application/octet-stream" }),
  );
  await page.route("**/api/v1/projects/3/map/layer*", (route) =>
    route.fulfill({ json: { names: [], numbers: new Array<number>(COUNT).fill(-1), values: [] } }),
  );
  await signIn(page, server, server.link);
  await page.goto(`${server.address}/projects/3/map?part=map`);
  await page.getByRole("combobox", { name: "Colour by" }).click();
  await page.getByRole("option", { name: "Cluster" }).click();
  const plot = page.getByRole("region", { name: "Map of 100,000 items" });
  await expect(plot.locator("canvas").last()).toHaveAttribute("data-view", /\d/);
  await plot.scrollIntoViewIfNeeded();
  const place = await plot.boundingBox();
  if (!place) throw new Error("the map is not on the page");
  const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
  const meter = await Meter.of(browser);
  const figures: [string, number][] = [];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const pan = await meter.each(FRAMES, async (index) => {
    await page.mouse.move(x + (index % 2 ? 30 : -30), y + (index % 40));
    await frame(page);
  });
  figures.push(["pan", pan]);
  await page.mouse.up();
  const zoom = await meter.each(FRAMES, async (index) => {
    await page.mouse.wheel(0, index % 2 ? 60 : -60);
    await frame(page);
  });
  figures.push(["zoom", zoom]);
  const hover = await meter.each(FRAMES, async (index) => {
    await page.mouse.move(x + (index % 60) * 3, y + (index % 17) * 4);
    await frame(page);
  });
  figures.push(["hover", hover]);
  for (const [what, found] of figures)
    console.log(`map of 100,000 items, ${what.padEnd(6)} ${found.toFixed(2).padStart(8)} CPU-ms a frame`);
  // As many as a frame has at 30 a second on one core: a busy machine measures others as well.
  expect(Math.max(...figures.map(([, found]) => found))).toBeLessThan(100);
  await browser.close();
  await server.remove();
});
