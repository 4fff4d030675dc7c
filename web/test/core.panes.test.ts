import { describe, expect, it } from "vitest";
import { AnnotationDoc, type Change } from "../src/core/doc";
import { DocView } from "../src/core/docview";
import { differences } from "../src/core/match";
import { absentWords, joinUnfinished, paneOf, schemaOfPane, unfinishedIn } from "../src/core/panes";
import { emptyAnswer, type LabelSchema, type Region } from "../src/core/types";

const schema: LabelSchema = {
  name: "Captions",
  modality: "image",
  panes: [
    { id: "caption", title: "Caption", modality: "text" },
    { id: "other", title: "Other picture", modality: "image" },
  ],
  fields: [{ id: "good", title: "Good?", kind: { type: "boolean" } }],
  classes: [
    { id: "thing", title: "Thing", geometry: ["box"], color: "#000000" },
    { id: "phrase", title: "Phrase", geometry: ["span"], color: "#000000", pane: "caption" },
    { id: "same", title: "Same", geometry: ["box"], color: "#000000", pane: "other" },
  ],
  relations: [{ id: "names", title: "Names", from: ["phrase"], to: ["thing", "same"], directed: true }],
};

const box = (id: string, className: string, x = 0): Region => ({
  id,
  class: className,
  geometry: { type: "box", x, y: 0, width: 10, height: 10 },
  attributes: {},
});
const span = (id: string): Region => ({
  id,
  class: "phrase",
  geometry: { type: "span", ranges: [[0, 3]] },
  attributes: {},
});

function views() {
  const whole = new AnnotationDoc(emptyAnswer());
  const panes = paneOf(schema);
  const view = (pane: string | undefined) => new DocView(whole, (name) => panes(name) === pane);
  return { whole, own: view(undefined), caption: view("caption"), other: view("other") };
}

const ids = (doc: { regions: readonly Region[] }) => doc.regions.map((region) => region.id);

describe("a schema with panes", () => {
  it("is, for one pane, that of its data with its classes", () => {
    const caption = schemaOfPane(schema, "caption");
    expect([caption.modality, caption.classes?.map((one) => one.id), caption.fields]).toEqual([
      "text",
      ["phrase"],
      [],
    ]);
    const own = schemaOfPane(schema, undefined);
    expect([own.modality, own.classes?.map((one) => one.id), own.fields?.length]).toEqual([
      "image",
      ["thing"],
      1,
    ]);
    // A relation may lead into another pane.
    expect(own.relations).toEqual(schema.relations);
  });

  it("keeps a class that it does not know with the item's own data", () => {
    expect(paneOf(schema)("gone")).toBeUndefined();
    expect(paneOf(schema)("same")).toBe("other");
  });

  it("says in plain words what an item does not have", () => {
    expect(absentWords("Caption")).toBe("This item has no caption.");
    expect(absentWords("OCR text")).toBe("This item has no OCR text.");
  });

  it("tells apart regions of two panes that lie in the same place", () => {
    const answer = (regions: Region[]) => ({ ...emptyAnswer(), regions });
    const both = answer([box("a", "thing", 1), box("b", "same", 0)]);
    const swapped = answer([box("c", "thing", 0), box("d", "same", 1)]);
    const found = differences([both, swapped], 0.5, paneOf(schema));
    expect(found.map((one) => [...one])).toEqual([[], []]);
  });
});

describe("what is half drawn", () => {
  it("goes into one draft and back into its pane", () => {
    const joined = joinUnfinished([
      [undefined, { points: [1] }],
      ["caption", undefined],
      ["other", { begun: 3 }],
    ]);
    const read: unknown = JSON.parse(JSON.stringify(joined));
    expect(unfinishedIn(read, undefined)).toEqual({ points: [1] });
    expect(unfinishedIn(read, "other")).toEqual({ begun: 3 });
    expect(unfinishedIn(read, "caption")).toBeUndefined();
    expect(joinUnfinished([["caption", undefined]])).toBeUndefined();
    // A draft from before the schema had panes.
    expect(unfinishedIn({ points: [1] }, undefined)).toBeUndefined();
    expect(unfinishedIn(undefined, undefined)).toBeUndefined();
  });
});

describe("DocView", () => {
  it("has the regions of its pane, and the same list until one of them changes", () => {
    const { whole, own, caption } = views();
    own.addRegion("draw", box("a", "thing"));
    const [before, version] = [own.regions, own.version];
    caption.addRegion("mark", span("p"));
    expect([ids(own), ids(caption), ids(whole)]).toEqual([["a"], ["p"], ["a", "p"]]);
    expect(own.regions).toBe(before);
    expect(own.version).toBe(version);
    own.changeRegion("move", "a", { geometry: box("", "", 5).geometry });
    expect(own.regions).not.toBe(before);
    expect(own.regions[0]?.geometry).toMatchObject({ x: 5 });
  });

  it("hears of its own regions, and of relations and fields", () => {
    const { whole, own, caption } = views();
    const heard: Change[][] = [];
    own.watch((changes) => heard.push([...changes]));
    caption.addRegion("mark", span("p"));
    expect(heard).toEqual([]);
    whole.addRegions("both", [box("a", "thing"), span("q")]);
    expect(heard.at(-1)?.map((change) => change.id)).toEqual(["a"]);
    caption.addRelation("relate", { id: "r", relation: "names", from: "p", to: "a", attributes: {} });
    whole.setFields("answer", { good: true });
    expect(heard.length).toBe(3);
    // The phrase goes with its relation: of that the picture hears, not of the phrase.
    caption.removeRegions("delete", ["p"]);
    expect(heard.at(-1)?.map((change) => change.kind)).toEqual(["relation"]);
  });

  it("is one history, in the order of what was done", () => {
    const { whole, own, caption } = views();
    own.addRegion("draw a box", box("a", "thing"));
    caption.addRegion("mark a phrase", span("p"));
    own.addRegion("draw another", box("b", "thing"));
    expect([own.undo(), own.undo()]).toEqual(["draw another", "mark a phrase"]);
    expect([ids(own), ids(caption)]).toEqual([["a"], []]);
    expect(caption.redo()).toBe("mark a phrase");
    expect(ids(whole)).toEqual(["a", "p"]);
    expect([own.canUndo, caption.canRedo]).toEqual([true, true]);
  });

  it("aims new regions where its own pane looks", () => {
    const { own, other } = views();
    own.target = { frames: [3, 3] };
    other.addRegion("draw", box("a", "same"));
    own.addRegion("draw", box("b", "thing"));
    own.addRegions("draw", [box("c", "thing")]);
    own.rework("slice", { added: [box("d", "thing")] });
    own.run({ name: "e", changes: [{ kind: "region", id: "e", at: 4, after: box("e", "thing") }] });
    expect(other.regions.map((region) => region.target)).toEqual([undefined]);
    expect(own.regions.map((region) => region.target)).toEqual(Array(4).fill({ frames: [3, 3] }));
  });

  it("puts back what is removed among others in its place", () => {
    const { whole, own, caption } = views();
    whole.addRegions("all", [span("p"), box("a", "thing"), span("q"), box("b", "thing")]);
    own.rework("join", { removed: ["a"], added: [box("c", "thing")] });
    caption.removeRegions("delete", ["p"]);
    expect(ids(whole)).toEqual(["q", "b", "c"]);
    whole.undo();
    whole.undo();
    expect(ids(whole)).toEqual(["p", "a", "q", "b"]);
    expect([ids(own), ids(caption)]).toEqual([
      ["a", "b"],
      ["p", "q"],
    ]);
  });

  it("loses a region whose class becomes one of another pane, and gets it back", () => {
    const { own, other } = views();
    own.addRegion("draw", box("a", "thing"));
    const heard: Change[] = [];
    own.watch((changes) => heard.push(...changes));
    own.changeRegion("make it the same", "a", { class: "same" });
    expect([ids(own), ids(other)]).toEqual([[], ["a"]]);
    expect(heard.map((one) => [one.before !== undefined, one.after !== undefined])).toEqual([[true, false]]);
    own.undo();
    expect([ids(own), ids(other)]).toEqual([["a"], []]);
  });
});
