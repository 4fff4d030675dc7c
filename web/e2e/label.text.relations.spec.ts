// Relations with arcs and coreference chains.
import type { Page } from "@playwright/test";
import { check } from "./axe";
import { selectWords } from "./hands";
import { clickOn, FULL, placeOf, tagOf } from "./label.text.tools";
import { enter, regions, shownKey, test, World } from "./label.world";
import { expect } from "./server";

const said = (page: Page) => page.locator("footer output");

async function marked(page: Page, ...spans: [name: string, words: string][]): Promise<void> {
  for (const [name, words] of spans) {
    await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
    await selectWords(page, words);
    await page.keyboard.press("Escape");
  }
  await expect(regions(page)).toHaveCount(spans.length);
}

test("a tag is dragged to another span; what is not allowed is refused with the reason", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.texts(FULL, ["Ann runs Acme and Beta in Oslo", "second"]);
  await enter(page, server, "Drawer", "labeler");
  await world.label(page);
  await marked(page, ["Person", "Ann"], ["Company", "Acme"], ["Company", "Beta"], ["Place", "Oslo"]);
  const from = await tagOf(page, "Ann");
  const to = await placeOf(page, "Acme");
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.left + 4, to.y);
  await page.mouse.move((to.left + to.right) / 2, to.y);
  await page.mouse.up();
  const list = page.getByRole("list", { name: "Relations" });
  await expect(list).toContainText("works for");
  await expect(page.locator("[data-arc]")).toHaveCount(1);
  // Another type, from company to company.
  const beta = await tagOf(page, "Beta");
  await page.mouse.move(beta.x, beta.y);
  await page.mouse.down();
  const acme = await placeOf(page, "Acme");
  await page.mouse.move((acme.left + acme.right) / 2, acme.y);
  await page.mouse.up();
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expect(list).toContainText("owns");
  // From a place nothing may go out, and the panel says why.
  await page.keyboard.press("Escape");
  await clickOn(page, "Oslo");
  await page.keyboard.press("r");
  await expect(page.getByText("works for goes from Person to Company")).toBeVisible();
  await check(page, "text editor while a relation is drawn");
  await clickOn(page, "Acme");
  await expect(said(page)).toHaveText("No relation of this schema joins Place and Company");
  // By keys, with a type that was chosen and does not fit.
  await clickOn(page, "Ann");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Shift+r");
  await expect(said(page)).toHaveText("Relation: works for");
  await page.keyboard.press("r");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(said(page)).toHaveText(
    "works for goes from Person to Company: it cannot join Person and Place",
  );
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  const answer = await world.answered("text-1.txt");
  const id = (index: number) => answer.regions[index]?.id;
  expect(answer.relations).toMatchObject([
    { relation: "works_for", from: id(0), to: id(1) },
    { relation: "owns", from: id(2), to: id(1) },
  ]);
});

test("mentions make chains: added, jumped through, split, left and joined by keys", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.texts(FULL, ["Ann came. She sat. Bob saw her. He left.", "second"]);
  await enter(page, server, "Chainer", "labeler");
  await world.label(page);
  const names = ["Ann", "She", "Bob", "her", "He"];
  await marked(page, ...names.map((name): [string, string] => ["Person", name]));
  const add = async (...words: string[]) => {
    for (const one of words) {
      await clickOn(page, one);
      await page.keyboard.press("k");
    }
  };
  const chain = (number: number) =>
    page.locator(`[data-paragraph] > [data-marks]:has(> [data-chain="${number}"])`).allTextContents();
  await add("Ann", "her", "She");
  await expect.poll(() => chain(1)).toEqual(["Ann", "She", "her"]);
  await page.keyboard.press("Shift+k");
  await add("Bob", "He");
  await expect.poll(() => chain(2)).toEqual(["Bob", "He"]);
  await expect(page.getByRole("list", { name: "Chains, 2" })).toContainText("Ann · 3 mentions");
  await check(page, "text editor with chains");
  // Round through the mentions.
  await page.keyboard.press("m");
  await expect(said(page)).toHaveText("Chain 2, mention 1 of 2");
  await page.keyboard.press("Shift+m");
  await expect(said(page)).toHaveText("Chain 2, mention 2 of 2");
  // Joined: the chain in hand is that of Bob.
  await add("Ann");
  await expect.poll(() => chain(1)).toEqual(["Ann", "She", "Bob", "her", "He"]);
  await page.keyboard.press("z");
  await expect.poll(() => chain(2)).toEqual(["Bob", "He"]);
  // Split before "her" and taken out again.
  await clickOn(page, "She");
  await page.keyboard.press("j");
  await expect.poll(() => chain(2)).toEqual(["Bob", "He"]);
  await expect.poll(() => chain(3)).toEqual([]);
  await expect.poll(() => chain(1)).toEqual(["She", "her"]);
  await clickOn(page, "her");
  await page.keyboard.press("Shift+j");
  await expect(page.getByRole("list", { name: "Chains, 1" })).toBeVisible();
  await page.keyboard.press("z");
  await page.keyboard.press("z");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  const answer = await world.answered("text-1.txt");
  const name = (id: string) => names[answer.regions.findIndex((one) => one.id === id)];
  expect(answer.relations.map((one) => `${one.relation} ${name(one.from)} ${name(one.to)}`).sort()).toEqual([
    "same_as Ann She",
    "same_as Bob He",
    "same_as She her",
  ]);
});
