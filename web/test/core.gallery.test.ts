// Templates are found by words, by data and by tags.
import { expect, test } from "vitest";
import { allTags, found, type Template, tagsOf } from "../src/core/schema/gallery";

const template = (
  id: string,
  document: Partial<Template["document"]>,
  more: Partial<Template> = {},
): Template => ({
  id,
  title: id,
  description: "",
  document: { name: id, modality: "image", ...document },
  ...more,
});

const ALL = [
  template("Road", {
    classes: [{ id: "car", title: "Lorry", geometry: ["box", "polygon"], color: "#000000" }],
  }),
  template("Names", {
    modality: "text",
    classes: [{ id: "n", title: "Name", geometry: ["span"], color: "#000000" }],
    relations: [{ id: "r", title: "knows" }],
  }),
  template(
    "Mood",
    { modality: "text", fields: [{ id: "m", title: "How", kind: { type: "rating", max: 5 } }] },
    { tags: ["reviews", "rating"] },
  ),
  template("A road of names", { fields: [{ id: "ok", title: "Good", kind: { type: "boolean" } }] }),
];

const ids = (words = "", modality: string | null = null, tags: string[] = []) =>
  found(ALL, { words, modality, tags }).map((one) => one.id);

test("tags come from the schema and from the template, each once", () => {
  expect(ALL.map(tagsOf)).toEqual([["boxes", "outlines"], ["spans", "relations"], ["rating", "reviews"], []]);
  expect(allTags([...ALL, ALL[2] as Template])[0]).toEqual(["rating", 2]);
});

test("all words must be found, in titles, classes, tags or data; titles that begin with them are first", () => {
  expect(ids()).toEqual(["Road", "Names", "Mood", "A road of names"]);
  expect(ids("ROAD")).toEqual(["Road", "A road of names"]);
  expect(ids("names")).toEqual(["Names", "A road of names"]);
  expect(ids("a road")).toEqual(["A road of names", "Road"]);
  expect(ids("lorry")).toEqual(["Road"]);
  expect(ids("text reviews")).toEqual(["Mood"]);
  expect(ids("text lorry")).toEqual([]);
});

test("filters narrow together", () => {
  expect(ids("", "text")).toEqual(["Names", "Mood"]);
  expect(ids("", "text", ["relations"])).toEqual(["Names"]);
  expect(ids("", "image", ["relations"])).toEqual([]);
  expect(ids("", null, ["spans", "relations"])).toEqual(["Names"]);
});
