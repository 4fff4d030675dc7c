// A picture with its caption: one task, one answer, an editor for each.
import type { Page } from "@playwright/test";
import { png } from "./app.files";
import { check } from "./axe";
import { selectWords } from "./hands";
import { enter, regions, shownKey, test, World } from "./label.world";
import { expect } from "./server";

const CAPTIONS = {
  modality: "image",
  panes: [{ id: "caption", title: "Caption", modality: "text" }],
  fields: [
    {
      id: "fits",
      title: "Does it fit?",
      kind: {
        type: "choice",
        options: [
          { id: "yes", title: "Yes" },
          { id: "no", title: "No" },
        ],
      },
    },
  ],
  classes: [
    { id: "thing", title: "Thing", geometry: ["box"], color: "#0072B2" },
    { id: "phrase", title: "Phrase", geometry: ["span"], color: "#D55E00", pane: "caption" },
  ],
  relations: [{ id: "names", title: "names", from: ["phrase"], to: ["thing"], directed: true }],
};

/** Pictures with a caption each; `undefined` for one that has none. */
async function pictures(world: World, captions: (string | undefined)[], settings = {}): Promise<void> {
  const head = { format: "labelwright", version: 1, project: "", schema: { ...CAPTIONS, name: "captions" } };
  const keys = captions.map((_, index) => `picture-${index + 1}.png`);
  const lines = captions.map((text, index) => ({
    key: keys[index],
    modality: "image",
    hash: "",
    file: keys[index],
    answers: [],
    ...(text === undefined ? {} : { companions: [{ pane: "caption", text }] }),
  }));
  const list = [head, ...lines].map((line) => JSON.stringify(line)).join("\n");
  await world.make(
    CAPTIONS,
    [
      ["items.jsonl", Buffer.from(list)],
      ...keys.map((key, index): [string, Buffer] => [key, png(400, 300, [90, 60 + 40 * index, 120])]),
    ],
    settings,
    { format: "native", tasks: keys.length },
  );
}

const pane = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const said = (page: Page) => page.locator("footer output");
const relations = (page: Page) => page.getByRole("list", { name: "Relations" });
const lists = (page: Page, name: string) => page.getByRole("listbox", { name: new RegExp(`of ${name},`) });

async function spot(page: Page, x: number, y: number): Promise<[number, number]> {
  const canvas = pane(page, "Image").getByTestId("canvas");
  await expect(canvas).toHaveAttribute("data-view", /\d/);
  const view = ((await canvas.getAttribute("data-view")) ?? "").split(" ").map(Number);
  const [scale = 1, left = 0, top = 0] = view;
  const place = await canvas.boundingBox();
  return [(place?.x ?? 0) + left + x * scale, (place?.y ?? 0) + top + y * scale];
}

async function drawBox(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...(await spot(page, ...from)));
  await page.mouse.down();
  await page.mouse.move(...(await spot(page, (from[0] + to[0]) / 2, (from[1] + to[1]) / 2)));
  await page.mouse.move(...(await spot(page, ...to)));
  await page.mouse.up();
}

test("a phrase of the caption names a thing in the picture; undone, done again, submitted, opened again and judged", async ({
  page,
  server,
  browser,
}) => {
  const world = await World.of(server);
  await pictures(world, ["A dog runs over a lawn.", "A cat."], { review: { type: "all" } });
  await enter(page, server, "Panes", "labeler");
  await world.label(page);
  await shownKey(page, "picture-1.png");
  await expect(pane(page, "Caption")).toContainText("A dog runs over a lawn.");
  await expect(pane(page, "Image")).toHaveAttribute("data-active", "true");
  // The item's own data first, and wider.
  const [own, caption] = [await pane(page, "Image").boundingBox(), await pane(page, "Caption").boundingBox()];
  expect(own?.x).toBeLessThan(caption?.x ?? 0);
  expect(own?.width).toBeGreaterThan(caption?.width ?? 0);

  await drawBox(page, [50, 40], [150, 120]);
  await expect(lists(page, "Image").getByRole("option", { disabled: false })).toHaveCount(1);
  // Words are chosen, and the key of a class marks them.
  await selectWords(page, "dog");
  await expect(pane(page, "Caption")).toHaveAttribute("data-active", "true");
  // The classes of the other pane stand below those of this one, and lead there.
  const palette = page.getByRole("navigation", { name: "Tools and classes" });
  await expect(palette.getByRole("region", { name: "Classes of Image" })).toContainText("Thing");
  await palette.getByRole("button", { name: /^Thing/ }).click();
  await expect(pane(page, "Image")).toHaveAttribute("data-active", "true");
  await expect(palette.getByRole("region", { name: "Classes of Caption" })).toContainText("Phrase");
  await selectWords(page, "dog");
  await page.keyboard.press("2");
  await expect(lists(page, "Caption")).toContainText("dog");
  await expect(regions(page)).toHaveCount(2);
  // The relation goes over to the other pane, and the tool that was put down for it comes back.
  await page.keyboard.press("r");
  await page.mouse.click(...(await spot(page, 100, 80)));
  await expect(said(page)).toHaveText("Relation names created");
  await expect(relations(page)).toContainText("dog");
  await expect(pane(page, "Image")).toHaveAttribute("data-active", "true");
  await check(page, "two panes");

  // One history, in the order of what was done.
  await page.keyboard.press("z");
  await expect(relations(page)).toHaveCount(0);
  await page.keyboard.press("z");
  await expect(lists(page, "Caption")).not.toContainText("dog");
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press("Shift+z");
  await page.keyboard.press("Shift+z");
  await expect(relations(page)).toContainText("names");

  await page.getByRole("radio", { name: "Yes" }).check();
  await page.keyboard.press("Control+Enter");
  await shownKey(page, "picture-2.png");
  const answer = await world.answered("picture-1.png");
  expect(answer.fields).toEqual({ fits: "yes" });
  expect(answer.regions.map((region) => [region.class, region.geometry.type])).toEqual([
    ["thing", "box"],
    ["phrase", "span"],
  ]);
  expect(answer.regions[1]?.geometry).toMatchObject({ ranges: [[2, 5]] });
  const [thing, phrase] = answer.regions;
  expect(answer.relations).toMatchObject([{ relation: "names", from: phrase?.id, to: thing?.id }]);

  // Opened again, everything is in its pane.
  await page.keyboard.press("Backspace");
  await shownKey(page, "picture-1.png");
  await expect(lists(page, "Caption")).toContainText("dog");
  await expect(lists(page, "Image").getByRole("option", { disabled: false })).toHaveCount(1);
  await expect(relations(page)).toContainText("names");
  await relations(page).getByRole("button").first().click();
  await expect(pane(page, "Caption")).toHaveAttribute("data-active", "true");

  const reviewer = await browser.newPage();
  await enter(reviewer, server, "Judge", "reviewer");
  await world.review(reviewer);
  await shownKey(reviewer, "picture-1.png");
  await expect(pane(reviewer, "Caption")).toContainText("A dog runs over a lawn.");
  await expect(lists(reviewer, "Caption")).toContainText("dog");
  await expect(relations(reviewer)).toContainText("names");
  await reviewer.keyboard.press("a");
  await expect.poll(async () => (await world.stored("picture-1.png")).task.state).toBe("done");
  await reviewer.close();
});

test("keys go from pane to pane, and one that has nothing says so", async ({ page, server }) => {
  const world = await World.of(server);
  await pictures(world, ["A dog.", undefined]);
  await enter(page, server, "Walker", "labeler");
  await world.label(page);
  await shownKey(page, "picture-1.png");
  await page.keyboard.press("F6");
  await expect(pane(page, "Caption")).toHaveAttribute("data-active", "true");
  await expect(pane(page, "Caption").getByTestId("canvas")).toBeFocused();
  await page.keyboard.press("Alt+1");
  await expect(pane(page, "Image").getByTestId("canvas")).toBeFocused();
  // The class of another pane takes one there.
  await page.keyboard.press("2");
  await expect(pane(page, "Caption")).toHaveAttribute("data-active", "true");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Go to the pane Caption");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+F6");
  await expect(pane(page, "Image")).toHaveAttribute("data-active", "true");

  // What is half done in either pane is there after the tab was closed.
  await drawBox(page, [50, 40], [150, 120]);
  await selectWords(page, "dog");
  await page.keyboard.press("2");
  await expect(regions(page)).toHaveCount(2);
  await page.waitForTimeout(700);
  await page.reload();
  await expect(regions(page)).toHaveCount(2);
  await expect(lists(page, "Caption")).toContainText("dog");

  await page.keyboard.press("Control+Enter");
  await shownKey(page, "picture-2.png");
  await expect(pane(page, "Caption")).toContainText("This item has no caption.");
  await expect(pane(page, "Caption").getByTestId("canvas")).toHaveCount(0);
  await page.keyboard.press("2");
  await expect(said(page)).toHaveText("This item has no caption.");
  await expect(pane(page, "Image")).toHaveAttribute("data-active", "true");
  await check(page, "an empty pane");
  await drawBox(page, [50, 40], [150, 120]);
  await page.keyboard.press("Control+Enter");
  expect((await world.answered("picture-2.png")).regions.map((region) => region.class)).toEqual(["thing"]);
});

test("what differs is shown in the pane where it lies, and is settled there", async ({ page, server }) => {
  const world = await World.of(server);
  await pictures(world, ["A dog runs."], { review: { type: "all" }, overlap: 2 });
  const thing = { id: "a", class: "thing", geometry: { type: "box", x: 10, y: 10, width: 90, height: 60 } };
  const phrase = (end: number) => ({
    id: "b",
    class: "phrase",
    geometry: { type: "span", ranges: [[2, end]] },
  });
  await world.labelAll("Ann", () => ({ regions: [thing, phrase(5)] }));
  await world.labelAll("Ben", () => ({ regions: [thing, phrase(10)] }));
  await enter(page, server, "Judge", "reviewer");
  await world.review(page);
  await expect(lists(page, "Caption")).toContainText("differs");
  await expect(lists(page, "Image")).not.toContainText("differs");
  await page.keyboard.press("d");
  // What all agree on is the box.
  await expect(lists(page, "Image").getByRole("option", { disabled: false })).toHaveCount(1);
  await expect(lists(page, "Caption")).toContainText("No regions yet");
  await selectWords(page, "runs");
  await page.keyboard.press("2");
  await expect(lists(page, "Caption")).toContainText("runs");
  await page.getByRole("button", { name: "Settle with this" }).click();
  const settled = async () => {
    const { consensus } = await world.stored("picture-1.png");
    return consensus?.answer.regions.map((region) => [region.class, region.geometry.ranges]);
  };
  await expect.poll(settled).toEqual([
    ["thing", undefined],
    ["phrase", [[6, 10]]],
  ]);
});

test("on a narrow screen panes stand above each other", async ({ page, server }) => {
  const world = await World.of(server);
  await pictures(world, ["A dog."]);
  await enter(page, server, "Narrow", "labeler");
  await page.setViewportSize({ width: 800, height: 900 });
  await world.label(page);
  const [own, caption] = [await pane(page, "Image").boundingBox(), await pane(page, "Caption").boundingBox()];
  expect(own?.x).toBe(caption?.x);
  expect(own?.y).toBeLessThan(caption?.y ?? 0);
  expect(Math.min(own?.height ?? 0, caption?.height ?? 0)).toBeGreaterThan(200);
  const side = await page.getByRole("complementary", { name: "Answer" }).boundingBox();
  expect(side?.y).toBeGreaterThanOrEqual((caption?.y ?? 0) + (caption?.height ?? 0) - 1);
  await selectWords(page, "dog");
  await page.keyboard.press("2");
  await expect(lists(page, "Caption")).toContainText("dog");
});

test("data that does not come fails its pane alone", async ({ page, server }) => {
  const world = await World.of(server);
  const schema = {
    ...CAPTIONS,
    panes: [...CAPTIONS.panes, { id: "other", title: "Other picture", modality: "image" }],
  };
  const head = { format: "labelwright", version: 1, project: "", schema: { ...schema, name: "two" } };
  const line = {
    key: "one.png",
    modality: "image",
    hash: "",
    file: "one.png",
    answers: [],
    companions: [
      { pane: "caption", text: "A dog." },
      { pane: "other", file: "two.png" },
    ],
  };
  await world.make(
    schema,
    [
      ["items.jsonl", Buffer.from([head, line].map((one) => JSON.stringify(one)).join("\n"))],
      ["one.png", png(400, 300, [90, 60, 120])],
      ["two.png", png(200, 200, [20, 160, 120])],
    ],
    {},
    { format: "native", tasks: 1 },
  );
  await enter(page, server, "Unlucky", "labeler");
  const other = (await world.stored("one.png")).companions.find((one) => one.pane === "other");
  await page.route(`**${other?.item.media_url}`, (route) => route.abort());
  await world.label(page);
  await expect(pane(page, "Other picture")).toContainText("could not be loaded");
  await expect(pane(page, "Caption")).toContainText("A dog.");
  await drawBox(page, [50, 40], [150, 120]);
  await expect(regions(page)).toHaveCount(1);
});
