// Conversations: responses are compared without the names of their models, turns are labeled, rankings have ties, a
// response is edited; review shows what differs, and the board ranks the models.
import type { Page } from "@playwright/test";
import { check } from "./axe";
import { regions, selectWords, shownKey } from "./hands";
import { enter, test, World } from "./label.world";
import { expect } from "./server";

const PREFERENCE = {
  name: "Better",
  modality: "dialogue",
  fields: [
    {
      id: "better",
      title: "Better answer",
      required: true,
      kind: {
        type: "pairwise",
        options: [
          { id: "first", title: "First", hotkey: "1" },
          { id: "second", title: "Second", hotkey: "2" },
          { id: "equal", title: "Equal", hotkey: "3" },
        ],
      },
    },
  ],
};

const ALL = {
  name: "All",
  modality: "dialogue",
  fields: [
    {
      id: "order",
      title: "Order",
      required: true,
      kind: {
        type: "ranking",
        ties: true,
        options: [
          { id: "a", title: "One", hotkey: "q" },
          { id: "b", title: "Two", hotkey: "w" },
          { id: "c", title: "Three", hotkey: "e" },
        ],
      },
    },
    {
      id: "edited",
      title: "Edited answer",
      kind: { type: "text", multiline: true, starts_from: "response" },
    },
  ],
  classes: [
    { id: "problem", title: "Problem", geometry: ["span"], color: "#0072B2", hotkey: "1" },
    {
      id: "solution",
      title: "Solution",
      geometry: ["span"],
      color: "#E69F00",
      hotkey: "2",
      attributes: [{ id: "clear", title: "Clear", kind: { type: "boolean" } }],
    },
  ],
};

const HOSTILE = '<img src=x onerror="window.ran=1"> **bold** [x](javascript:window.ran=1)';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

const pair = (index: number): [string, Buffer] => [
  `pair-${index}.json`,
  json({
    messages: [{ role: "user", content: `Question ${index}? ${HOSTILE}` }],
    responses: [
      { model: "secret-alpha", content: `A good answer to ${index}` },
      { model: "secret-beta", content: `A bad answer to ${index}` },
    ],
  }),
];

const trace: [string, Buffer] = [
  "trace.json",
  json({
    messages: [
      { role: "user", content: "My parcel 👩‍🚀 has not arrived" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", function: { name: "find_parcel", arguments: '{"id":7}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: "lost ".repeat(200) },
    ],
    responses: ["It is lost, sorry.", "It comes on Friday.", "I do not know."].map((content) => ({
      content,
    })),
  }),
];

const turns = (page: Page) => page.locator("[data-turn]");
const response = (page: Page, letter: string) => page.getByRole("region", { name: `Response ${letter}` });

test("two answers are compared by keyboard, without the names of their models", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(PREFERENCE, [1, 2, 3, 4].map(pair));
  await enter(page, server, "Newcomer", "labeler");
  await world.label(page);
  await shownKey(page, "pair-1.json");
  await expect(turns(page)).toHaveCount(3);
  await check(page, "a comparison");
  expect(await page.content()).not.toContain("secret-");
  expect(await page.evaluate(() => (window as { ran?: number }).ran)).toBeUndefined();
  await expect(turns(page).first().locator("strong")).toHaveText("bold");
  await expect(turns(page).first().locator("img")).toHaveCount(0);

  // The arrows walk the turns.
  await page.keyboard.press("ArrowDown");
  await expect(turns(page).nth(1)).toHaveAttribute("aria-current", "true");
  for (let index = 1; index <= 4; index += 1) {
    await shownKey(page, `pair-${index}.json`);
    // Whatever stands where: the good one is picked, by the key of its place.
    const isA = (await response(page, "A").innerText()).includes("A good answer");
    await page.keyboard.press(isA ? (index === 1 ? "a" : "1") : index === 1 ? "b" : "2");
    await expect(response(page, isA ? "A" : "B").getByRole("button", { name: "Preferred" })).toBeVisible();
    await page.keyboard.press("Enter");
  }
  await expect.poll(async () => (await world.stored("pair-4.json")).annotations.length).toBe(1);
  for (let index = 1; index <= 4; index += 1) {
    expect((await world.answered(`pair-${index}.json`)).fields).toEqual({ better: "first" });
  }

  const token = await world.api.get(`/api/v1/projects/${world.project}/board`);
  const [board] = await token.json();
  expect(board.standings.map((one: { model: string; wins: number }) => [one.model, one.wins])).toEqual([
    ["secret-alpha", 4],
    ["secret-beta", 0],
  ]);
  const shown = board.positions.map((one: { shown: number }) => one.shown);
  expect(shown).toEqual([4, 4]);
});

test("turns are labeled, a ranking has a tie, a response is edited, and all of it comes back", async ({
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.make(ALL, [trace]);
  await enter(page, server, "Careful", "labeler");
  await world.label(page);
  await shownKey(page, "trace.json");
  // The first turn by its key, words in it by a selection.
  await page.keyboard.press("1");
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("turn 1, user");
  await selectWords(page, "has not arrived", "[data-text]");
  await page.keyboard.press("2");
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).nth(1)).toContainText("has not arrived");
  // Calls and long results are folded.
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByText('"id": 7')).toHaveCount(0);
  await page.keyboard.press("o");
  await expect(page.getByText('"id": 7')).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  // A response is labeled as a turn; the same key takes it back, another one makes it that.
  await page.keyboard.press("1");
  await page.keyboard.press("2");
  await expect(regions(page)).toHaveCount(3);
  // The keys are those of the places on the screen.
  await page.keyboard.press("q");
  await page.keyboard.press("w");
  await page.keyboard.press("=");
  await page.keyboard.press("e");
  const order = page.getByRole("group", { name: "Order, in order" });
  await expect(order).toHaveText(/[AB]\s*=\s*[AB]\s*>\s*C/);
  const text = page.getByRole("textbox", { name: "Edited answer" });
  await page.getByRole("button", { name: "Start from B" }).click();
  await text.fill(`${await text.inputValue()} Truly so.`);
  await expect(page.getByTestId("distance")).toHaveText("2 words changed from B, the nearest response");
  await check(page, "a labeled conversation");

  await page.waitForTimeout(1500);
  await page.reload();
  await expect(regions(page)).toHaveCount(3);
  await expect(order).toHaveText(/[AB]\s*=\s*[AB]\s*>\s*C/);
  await expect(text).toHaveValue(/Truly so\.$/);
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Enter");
  const answer = await world.answered("trace.json");
  expect(answer.regions.map((one) => [one.class, (one as { target?: unknown }).target])).toEqual([
    ["problem", { turn: 0 }],
    ["solution", { turn: 0 }],
    ["solution", { turn: expect.any(Number) }],
  ]);
  const ranking = answer.fields.order as string[];
  expect(ranking).toHaveLength(2);
  expect(ranking[0]).toMatch(/^[abc]=[abc]$/);
});

test("a reviewer sees which labels of turns and which values differ", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(ALL, [trace], { overlap: 2, review: { type: "all" } });
  const label = (turn: number, name: string) => ({
    id: `r${turn}`,
    target: { turn },
    class: name,
    geometry: { type: "span", ranges: [[0, 5]] },
    attributes: {},
  });
  await world.labelAll("One", () => ({
    fields: { order: ["a=b", "c"] },
    regions: [label(0, "problem")],
    relations: [],
  }));
  await world.labelAll("Two", () => ({
    fields: { order: ["c", "a", "b"] },
    regions: [label(3, "problem")],
    relations: [],
  }));
  await enter(page, server, "Judge", "reviewer");
  await world.review(page);
  const table = page.getByRole("region", { name: "Answers compared" });
  await expect(table).toContainText("A = B, C");
  await expect(table).toContainText("C, A, B");
  await expect(table.getByText("differs").first()).toBeVisible();
  await expect(turns(page).first()).toContainText("differs");
  expect(await page.content()).not.toContain("secret-");
  await check(page, "review of a conversation");
});
