import { describe, expect, it } from "vitest";
import { duplicates } from "../src/core/hotkeys";
import { schemaKeys } from "../src/core/schemakeys";
import {
  type Answer,
  emptyAnswer,
  type GeometryKind,
  type LabelSchema,
  type Region,
} from "../src/core/types";
import { IMAGE_KEYS } from "../src/editor/image/keys";
import { type LoadedPane, Panes } from "../src/editor/panes/panes";
import type { EditorPlugin, ToolView } from "../src/editor/plugin";
import type { EditorSession } from "../src/editor/session";

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

const tool = (id: string): ToolView => ({ id, title: id, command: `tool-${id}` });

const plugin = (kind: "image" | "text", geometries: GeometryKind[], tools: string[]): EditorPlugin => ({
  kind,
  geometries,
  keys: () => [],
  tools: () => tools.map(tool),
  gestures: () => [],
  mount: () => ({ run: () => false, focus() {}, setLayers() {}, destroy() {} }),
  describe: (region, media) => `${media.kind} ${region.id}`,
});

const IMAGE = plugin("image", ["box"], ["select", "box"]);
const TEXT = plugin("text", ["span"], ["select", "span", "relation"]);

const box = (id: string, className: string): Region => ({
  id,
  class: className,
  geometry: { type: "box", x: 0, y: 0, width: 10, height: 10 },
  attributes: {},
});
const span = (id: string): Region => ({
  id,
  class: "phrase",
  geometry: { type: "span", ranges: [[0, 3]] },
  attributes: {},
});

const picture = { kind: "image", width: 10, height: 10, bitmap: {} as ImageBitmap } as const;

/** The second picture is not there. */
function opened(more: { answer?: Answer; suggestions?: Answer; unfinished?: unknown } = {}) {
  const loaded: LoadedPane[] = [
    {
      id: "caption",
      title: "Caption",
      key: "a.txt",
      plugin: TEXT,
      media: { kind: "text", text: "A dog" },
      why: undefined,
    },
    {
      id: "other",
      title: "Other picture",
      key: undefined,
      plugin: IMAGE,
      media: undefined,
      why: "This item has no other picture.",
    },
  ];
  const start = { schema, media: picture, plugin: IMAGE, answer: emptyAnswer(), ...more };
  const views = { Stage: () => null, Lists: () => null };
  const panes = new Panes(start, { title: "Image", key: "a.png" }, loaded, views);
  const [own, caption] = panes.sessions as [EditorSession, EditorSession];
  const said: string[] = [];
  own.announce = (words) => said.push(words);
  return { panes, own, caption, said };
}

describe("panes", () => {
  it("have an editor each, with the classes of the pane", () => {
    const { panes, own, caption } = opened();
    expect([own, caption].map((one) => one.usable.map(({ id }) => id))).toEqual([["thing"], ["phrase"]]);
    expect([own.classFor("span"), caption.classFor("span")?.id]).toEqual([undefined, "phrase"]);
    own.pickClass("phrase");
    expect(own.ui.state.activeClass).toBe("thing");
    // What lies elsewhere can be named.
    expect(own.classOf("phrase")?.title).toBe("Phrase");
    expect(own.editors).toEqual([own, caption]);
    expect(panes.slots.map((slot) => slot.session)).toEqual([own, caption, undefined]);
  });

  it("keep the same keys of classes, whatever an item has", () => {
    const { panes, own } = opened();
    const keys = schemaKeys(own.wholeSchema, panes.geometries);
    expect(keys.map((one) => [one.id, one.keys[0]])).toEqual([
      ["class thing", "1"],
      ["class phrase", "2"],
      ["class same", "3"],
    ]);
  });

  it("take one to the pane of a class, and say where there is nothing", () => {
    const { panes, own, caption, said } = opened();
    panes.pickClass("phrase");
    expect([panes.active, own.current, caption.ui.state.activeClass]).toEqual([1, caption, "phrase"]);
    panes.pickClass("same");
    expect([panes.active, said.at(-1)]).toEqual([1, "This item has no other picture."]);
    panes.run("next-pane");
    expect(panes.active).toBe(0);
    panes.run("previous-pane");
    expect(panes.active).toBe(1);
    panes.run("pane-1");
    expect(panes.active).toBe(0);
    expect(panes.activate(2)).toBe(false);
  });

  it("tell of what is made in the words of the pane, once", () => {
    const { caption, said } = opened();
    caption.create(span("").geometry, "phrase");
    expect(said).toEqual(["Span Phrase created, 1 region"]);
  });

  it("join what lies in two of them", () => {
    const { panes, own, caption, said } = opened();
    const thing = own.create(box("", "").geometry, "thing");
    own.ui.select();
    const phrase = caption.create(span("").geometry, "phrase");
    own.ui.set({ tool: "box" });
    caption.startRelation();
    expect([own.ui.state.relationFrom, own.ui.state.tool]).toEqual([phrase.id, "select"]);
    expect(panes.endRelation(own)).toBe(false);
    own.ui.select(thing.id);
    // In its own pane a relation is ended by its own editor.
    expect(panes.endRelation(caption)).toBe(false);
    expect(own.finish()).toBe(true);
    expect(own.whole.relations).toMatchObject([{ relation: "names", from: phrase.id, to: thing.id }]);
    expect([caption.ui.state.relationFrom, own.ui.state.tool]).toEqual([undefined, "box"]);
    expect(said.at(-1)).toBe("Relation Names created");
    expect(own.describe(phrase)).toBe(`text ${phrase.id}`);
    own.undo();
    expect([own.whole.relations.length, own.whole.regions.length]).toEqual([0, 2]);
    own.undo();
    expect(caption.doc.regions).toEqual([]);
  });

  it("select each end of a relation where it lies", () => {
    const answer = { ...emptyAnswer(), regions: [box("a", "thing"), span("p"), box("s", "same")] };
    const { panes, own, caption } = opened({ answer });
    own.reveal("p", "a");
    expect([panes.active, own.ui.state.selection, caption.ui.state.selection]).toEqual([1, ["a"], ["p"]]);
    own.reveal("s");
    expect([panes.active, own.ui.state.selection]).toEqual([1, []]);
    // What cannot be shown stays in the answer.
    expect(own.whole.answer().regions.length).toBe(3);
  });

  it("share out suggestions, with the relations between them", () => {
    const relations = [{ id: "r", relation: "names", from: "p", to: "a", attributes: {} }];
    const suggestions = { fields: { good: true }, regions: [span("p"), box("a", "thing")], relations };
    const { own, caption } = opened({ suggestions });
    expect(own.ui.state.suggestions.map((one) => one.id)).toEqual(["a"]);
    expect(caption.ui.state.suggestions.map((one) => one.id)).toEqual(["p"]);
    expect([own.suggestedFor("good")?.value, caption.suggestedFor("good")]).toEqual([true, undefined]);
    const other = opened({ suggestions });
    expect(other.caption.acceptAll()).toBe(true);
    expect(other.own.whole.regions.map((region) => region.id)).toEqual(["a", "p"]);
    expect([other.own.whole.relations.length, other.own.whole.fields]).toEqual([1, { good: true }]);
    caption.acceptSuggestion();
    expect(own.whole.relations).toEqual([]);
    own.acceptSuggestion();
    expect(own.whole.relations).toEqual(relations);
  });

  it("keep what is half drawn by pane", () => {
    const { own, caption } = opened({ unfinished: { panes: { caption: { growing: "x" } } } });
    expect([own.ui.state.unfinished, caption.ui.state.unfinished]).toEqual([undefined, { growing: "x" }]);
    own.ui.set({ unfinished: { points: [] } });
    expect(own.unfinished).toEqual({ panes: { "": { points: [] }, caption: { growing: "x" } } });
  });

  it("have keys, of which those that change nothing also where one only looks", () => {
    const { panes } = opened();
    const ids = (readOnly: boolean) => panes.keys(readOnly).map((one) => one.id);
    expect(ids(true)).toEqual(["pane-1", "pane-2", "pane-3", "next-pane", "previous-pane"]);
    expect(ids(false)).toContain("relate");
    // The looks of a picture are under the same keys: they are pressed with Shift there.
    const beside = panes.beside(IMAGE_KEYS, false);
    const keysOf = (id: string) => beside.find((one) => one.id === id)?.keys;
    expect([keysOf("view-darker"), keysOf("view-less-gamma"), keysOf("tool-box")]).toEqual([
      ["Alt+Shift+1"],
      ["Alt+5"],
      ["r"],
    ]);
    expect(duplicates([...panes.keys(false), ...beside])).toEqual([]);
  });
});
