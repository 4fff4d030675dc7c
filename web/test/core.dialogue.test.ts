import { describe, expect, test } from "vitest";
import {
  comparedOf,
  finalText,
  letterOf,
  readConversation,
  schemaFor,
  walkOrder,
} from "../src/core/dialogue/conversation";
import { editDistance, nearest } from "../src/core/dialogue/distance";
import { checkFields } from "../src/core/fields";
import { differences } from "../src/core/match";
import { joined, parted, placesOf, rankingWords, toggleRanked, toggleTie } from "../src/core/ranking";
import { schemaKeys } from "../src/core/schemakeys";
import { type Answer, emptyAnswer, type Field, type LabelSchema, type Region } from "../src/core/types";
import { isWhole, piecesOf } from "../src/editor/dialogue/labels";
import type { Shown } from "../src/editor/shown";

const VIEW = JSON.stringify({
  turns: [
    { role: "user", text: "Hi" },
    { role: "assistant", text: "one", response: 0 },
    {
      role: "assistant",
      text: "find({})",
      calls: [{ name: "find", arguments: "{}" }],
      silent: true,
      response: 1,
    },
    { role: "tool", text: "7", response: 1 },
    { role: "assistant", text: "two", response: 1 },
  ],
  responses: 2,
  order: [1, 0],
});

const SCHEMA: LabelSchema = {
  name: "s",
  modality: "dialogue",
  fields: [
    {
      id: "better",
      title: "Better",
      kind: {
        type: "pairwise",
        options: [
          { id: "first", title: "First", hotkey: "1" },
          { id: "second", title: "Second", hotkey: "2" },
          { id: "third", title: "Third", hotkey: "3" },
          { id: "equal", title: "Equal", hotkey: "0" },
        ],
      },
    },
  ],
};

describe("a conversation", () => {
  const conversation = readConversation(VIEW);

  test("is walked as it stands on the screen", () => {
    expect(walkOrder(conversation)).toEqual([0, 2, 3, 4, 1]);
    expect(finalText(conversation, 1)).toBe("two");
    expect(letterOf(1)).toBe("B");
  });

  test("gives options the letters and keys of their places, and their own ids", () => {
    const fitted = schemaFor(SCHEMA, conversation);
    const kind = fitted.fields?.[0]?.kind;
    const options = kind?.type === "pairwise" ? kind.options : [];
    expect(options.map((one) => [one.id, one.title, one.hotkey])).toEqual([
      ["second", "A", "1"],
      ["first", "B", "2"],
      ["equal", "Equal", "0"],
    ]);
    expect(schemaFor(fitted, conversation)).toBe(fitted);
    expect(schemaKeys(fitted, []).map((one) => one.keys)).toEqual([["1", "a"], ["2", "b"], ["0"]]);
    expect(comparedOf(SCHEMA.fields?.[0] as Field)).toHaveLength(3);
  });
});

describe("a ranking", () => {
  test("grows, ties and comes apart again", () => {
    let order = toggleRanked(undefined, "c");
    order = toggleRanked(order, "a");
    expect(order).toEqual(["c", "a"]);
    order = toggleTie(order);
    expect(order).toEqual(["a=c"]);
    order = toggleRanked(order, "b");
    expect(order).toEqual(["a=c", "b"]);
    expect(joined(order, 1)).toEqual(["a=b=c"]);
    expect(parted([["a", "c"], ["b"]], 0, 1)).toEqual(["a", "c", "b"]);
    expect(toggleTie(["a", "b=c"])).toEqual(["a", "b", "c"]);
    expect(toggleRanked(["a=c"], "c")).toEqual(["a"]);
    expect(toggleRanked(["a"], "a")).toBeUndefined();
    expect(placesOf(["a=c", "b"])).toEqual([["a", "c"], ["b"]]);
    expect(rankingWords(["a=c", "b"], (id) => id.toUpperCase())).toBe("A = C, B");
  });

  test("is complete when every option has a place", () => {
    const options = ["a", "b", "c"].map((id) => ({ id, title: id }));
    const field: Field = { id: "f", title: "F", kind: { type: "ranking", ties: true, options } };
    expect(checkFields([field], { f: ["a=b", "c"] }, "")).toEqual([]);
    expect(checkFields([field], { f: ["a=b"] }, "")).toHaveLength(1);
  });
});

describe("an edited text", () => {
  // The same cases as in the server.
  test.each([
    ["", "", 0],
    ["a  b\nc", "a b c", 0],
    ["a b c", "a x c", 1],
    ["a b c", "c b a", 2],
    ["", "a b", 2],
    ["the cat sat on the mat", "the dog sat the mat quietly", 3],
    ["a a a", "a a", 1],
  ])("%j to %j is %i words", (one, two, words) => {
    expect(editDistance(one, two)).toBe(words);
    expect(editDistance(two, one)).toBe(words);
  });

  test("is told from the response that it is nearest to", () => {
    const origins = [
      { title: "A", text: "no idea" },
      { title: "B", text: "the answer is seven" },
    ];
    expect(nearest("the answer is eight", origins)).toEqual({ title: "B", words: 1 });
    expect(editDistance("a ".repeat(3000), "b ".repeat(3000))).toBeUndefined();
  });
});

describe("labels of turns", () => {
  const turn = { index: 3, role: "user", text: "Zoë 👍🏽 left", calls: [], silent: false };
  const region = (range: number[], more: Partial<Region> = {}): Region => ({
    id: "r",
    target: { turn: 3 },
    geometry: { type: "span", ranges: [range] },
    class: "c",
    attributes: {},
    ...more,
  });

  test("cover the turn or a part of it, counted in Unicode scalar values", () => {
    expect(isWhole(region([0, 11]), turn)).toBe(true);
    const part = region([4, 6]);
    expect(isWhole(part, turn)).toBe(false);
    const pieces = piecesOf(turn, [{ region: part } as Shown]);
    expect(pieces.map((one) => [one.text, one.over.length])).toEqual([
      ["Zoë ", 0],
      ["👍🏽", 1],
      [" left", 0],
    ]);
  });

  test("differ where the turn, the class or the reward does", () => {
    const answer = (one: Region): Answer => ({ ...emptyAnswer(), regions: [one] });
    const differ = (one: Region, two: Region) =>
      differences([answer(one), answer(two)], 0.5).map((found) => found.size);
    expect(differ(region([0, 11]), region([0, 11]))).toEqual([0, 0]);
    expect(differ(region([0, 11]), region([0, 11], { target: { turn: 4 } }))).toEqual([1, 1]);
    expect(differ(region([0, 11]), region([0, 11], { class: "d" }))).toEqual([1, 1]);
    expect(differ(region([0, 11]), region([0, 11], { attributes: { reward: 1 } }))).toEqual([1, 1]);
  });
});
