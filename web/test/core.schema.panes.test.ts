// The builder's edits of panes, and what is told of them.
import { expect, test } from "vitest";
import { checkSchema } from "../src/core/schema/check";
import { addClass, removeAt, retitle, withModality } from "../src/core/schema/edit";
import { addPane, lyingIn, withPaneModality } from "../src/core/schema/panes";
import { readSchema } from "../src/core/schema/read";
import { placeWords } from "../src/core/schema/words";
import type { LabelSchema } from "../src/core/types";

const NONE: ReadonlySet<string> = new Set();

const street = (): LabelSchema => ({
  name: "Street",
  modality: "image",
  fields: [],
  classes: [
    { id: "car", title: "Car", geometry: ["box"], color: "#0072B2", hotkey: "1" },
    { id: "person", title: "Person", geometry: ["box"], color: "#E69F00", hotkey: "2" },
  ],
  relations: [{ id: "drives", title: "drives", from: ["person"], to: ["car"], directed: true }],
});

test("a pane that is renamed keeps its classes, and one that goes is told at the classes that lay in it", () => {
  let schema = addPane(street(), "Caption");
  schema = lyingIn(schema, "/classes/1", "caption");
  expect(schema.classes?.[1]).toMatchObject({ pane: "caption", geometry: ["span"] });
  schema = retitle(schema, "/panes/0", "Alt text", NONE);
  expect([schema.panes?.[0]?.id, schema.classes?.[1]?.pane]).toEqual(["alt_text", "alt_text"]);
  expect(checkSchema(schema)).toEqual([]);
  const sound = withPaneModality(schema, "/panes/0", "audio");
  expect(sound.classes?.map((one) => one.geometry)).toEqual([["box"], ["interval"]]);
  // A new class begins where the last one lies; the kind of the item itself is not that of a pane.
  expect(addClass(sound).classes?.[2]).toMatchObject({ pane: "alt_text", geometry: ["interval"] });
  expect(withModality(sound, "video").classes?.[1]?.geometry).toEqual(["interval"]);
  const without = removeAt(schema, "/panes/0");
  expect(checkSchema(without).map((one) => [one.pointer, one.code])).toEqual([
    ["/classes/1/pane", "unknown_pane"],
    ["/classes/1/geometry/0", "wrong_geometry"],
  ]);
  expect(lyingIn(without, "/classes/1", undefined).classes?.[1]).toEqual({
    ...street().classes?.[1],
    geometry: ["box"],
  });
});

test("problems of panes are told as the server tells them", () => {
  const pane = (id: string, title = "P") => ({ id, title, modality: "text" as const });
  const wrong = (panes: NonNullable<LabelSchema["panes"]>) =>
    checkSchema({ ...street(), panes }).map((one) => [one.pointer, one.code]);
  expect(wrong([pane("a"), pane("a"), pane("B"), pane("c", " ")])).toEqual([
    ["/panes/1/id", "duplicate_id"],
    ["/panes/2/id", "bad_id"],
    ["/panes/3/title", "required"],
  ]);
  const many = Array.from({ length: 9 }, (_, at) => pane(`p${at}`));
  expect(wrong(many)).toEqual([["/panes", "too_many"]]);
  const read = (panes: unknown) => readSchema(JSON.stringify({ ...street(), panes }));
  expect(read([pane("a")])).toEqual({ schema: { ...street(), panes: [pane("a")] } });
  expect(read([{ ...pane("a"), modality: "smell" }])).toMatchObject({
    problem: { pointer: "/panes/0/modality" },
  });
  expect(placeWords({ ...street(), panes: [pane("a", "Caption")] }, "/panes/0/title")).toBe("pane Caption");
});
