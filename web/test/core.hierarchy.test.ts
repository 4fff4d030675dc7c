// Tiers that lie within others: where regions go, and what edits do to what lies within and beside them.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AnnotationDoc } from "../src/core/doc";
import { checkSchema } from "../src/core/schema/check";
import { reidentify, withModality } from "../src/core/schema/edit";
import { put } from "../src/core/schema/pointer";
import { readSchema, writeSchema } from "../src/core/schema/read";
import { checkTiers } from "../src/core/timeline/complaints";
import { Hierarchy, type Work } from "../src/core/timeline/hierarchy";
import { rowsOf, stretchOf, treeOf } from "../src/core/timeline/tiers";
import type { LabelClass, LabelSchema, Region } from "../src/core/types";

type Constraint = NonNullable<LabelClass["parent"]>["constraint"];

const tier = (id: string, parent?: string, constraint: Constraint = "included_in"): LabelClass => ({
  id,
  title: id,
  geometry: ["interval"],
  color: "#000000",
  ...(parent ? { parent: { class: parent, constraint } } : {}),
});

const CLASSES = [
  tier("gloss", "word", "symbolic_association"),
  tier("word", "utterance", "time_subdivision"),
  tier("noise"),
  tier("turn"),
  tier("utterance", "turn"),
];

const region = (id: string, className: string, start: number, end: number): Region => ({
  id,
  class: className,
  geometry: { type: "interval", start, end },
  attributes: {},
});

/** A turn of 0 to 100 with an utterance of 10 to 70 in three words, the second glossed, and another one. */
const REGIONS = [
  region("t", "turn", 0, 100),
  region("u", "utterance", 10, 70),
  region("w1", "word", 10, 30),
  region("w2", "word", 30, 50),
  region("w3", "word", 50, 70),
  region("g", "gloss", 30, 50),
  region("v", "utterance", 80, 90),
  region("n", "noise", 0, 40),
];

const hierarchy = (regions = REGIONS) => new Hierarchy(CLASSES, regions);

/** The answer behind an edit as `id start-end`, in the order of ids; or why there is none. */
function answered(work: Work, regions = REGIONS): string[] | string {
  if ("refused" in work) return work.refused;
  const doc = new AnnotationDoc({ fields: {}, regions, relations: [] });
  doc.rework("edit", work);
  const lines = doc.regions.map((one) => `${one.id} ${stretchOf(one)?.start}-${stretchOf(one)?.end}`).sort();
  doc.undo();
  expect(doc.regions).toEqual(regions);
  return lines;
}

/** What is otherwise than before. */
const changes = (work: Work) => {
  const lines = answered(work);
  if (typeof lines === "string") return lines;
  return lines.filter(
    (line) => !REGIONS.some((one) => line === `${one.id} ${stretchOf(one)?.start}-${stretchOf(one)?.end}`),
  );
};

let made = 0;
const newId = () => {
  made += 1;
  return `new${made}`;
};

describe("the tree", () => {
  it("puts each tier below the one that it lies within", () => {
    expect(treeOf(CLASSES)).toEqual([
      { id: "noise", depth: 0 },
      { id: "turn", depth: 0 },
      { id: "utterance", depth: 1 },
      { id: "word", depth: 2 },
      { id: "gloss", depth: 3 },
    ]);
    expect(treeOf([tier("a", "b"), tier("b", "a"), tier("c", "gone")]).map(({ id }) => id)).toEqual([
      "c",
      "a",
      "b",
    ]);
  });

  it("has rows for all that a used tier lies within, where there are too many", () => {
    const many = Array.from({ length: 12 }, (_, at) => tier(`x${at}`));
    expect(rowsOf([...CLASSES, ...many], [region("w", "word", 0, 1)], "x3")).toEqual([
      "turn",
      "utterance",
      "word",
      "x3",
    ]);
  });

  it("has no rows for what lies within a folded tier", () => {
    expect(rowsOf(CLASSES, [], undefined, new Set(["utterance"]))).toEqual(["noise", "turn", "utterance"]);
  });

  it("finds parents and children by their times", () => {
    const tree = hierarchy();
    expect(["u", "w2", "g", "v", "n", "t"].map((id) => tree.parentOf(id)?.id)).toEqual([
      "t",
      "u",
      "w2",
      "t",
      undefined,
      undefined,
    ]);
    expect(tree.childrenOf("u", "word").map((one) => one.id)).toEqual(["w1", "w2", "w3"]);
  });

  it("lets the parts of turns that overlap go on where their neighbours ended", () => {
    const classes = [tier("turn"), tier("word", "turn", "time_subdivision")];
    const tree = new Hierarchy(classes, [
      region("a", "turn", 0, 10),
      region("b", "turn", 5, 15),
      region("a1", "word", 0, 5),
      region("a2", "word", 5, 10),
      region("b1", "word", 5, 10),
      region("b2", "word", 10, 15),
    ]);
    expect(tree.childrenOf("a").map((one) => one.id)).toEqual(["a1", "a2"]);
    expect(tree.childrenOf("b").map((one) => one.id)).toEqual(["b1", "b2"]);
  });
});

describe("the server's rule", () => {
  interface Case {
    what: string;
    constraint: Constraint;
    parents: [id: string, start: number, end: number][];
    children: [id: string, start: number, end: number, parent: string | null][];
  }
  const cases: Case[] = JSON.parse(readFileSync("../crates/core/tests/tiers.json", "utf8"));
  it.each(cases)("$what", ({ constraint, parents, children }) => {
    const tree = new Hierarchy(
      [tier("turn"), tier("word", "turn", constraint)],
      [
        ...parents.map(([id, start, end]) => region(id, "turn", start, end)),
        ...children.map(([id, start, end]) => region(id, "word", start, end)),
      ],
    );
    const found = children.map(([id]) => tree.parentOf(id)?.id ?? null);
    expect(found).toEqual(children.map((child) => child[3]));
  });
});

describe("before an answer is sent", () => {
  const complaints = (regions: Region[]) =>
    checkTiers(CLASSES, regions).map((one) => [one.pointer, one.message]);

  it("nothing is said of what keeps to its parents", () => {
    expect(complaints(REGIONS)).toEqual([]);
  });

  it("each region that does not is named", () => {
    const bad = [
      region("t", "turn", 0, 100),
      region("u", "utterance", 90, 110),
      region("v", "utterance", 0, 50),
      region("w", "word", 5, 20),
      region("x", "word", 20, 40),
      region("g", "gloss", 20, 30),
    ];
    expect(complaints(bad)).toEqual([
      ["/regions/1/geometry", "utterance lies within no turn"],
      ["/regions/3/geometry", "word does not begin where the one before it ends"],
      ["/regions/4/geometry", "word does not end where its utterance ends"],
      ["/regions/5/geometry", "gloss has not the times of one word"],
    ]);
  });
});

describe("a new region", () => {
  it("is clipped to the parent in which the drag began", () => {
    expect(hierarchy().placed("utterance", { start: 95, end: 140 }, 95)).toEqual({ start: 95, end: 100 });
    expect(hierarchy().placed("noise", { start: 95, end: 140 }, 95)).toEqual({ start: 95, end: 140 });
  });

  it("says that there is no parent, or that it is taken", () => {
    expect(hierarchy().placed("utterance", { start: 120, end: 140 }, 120)).toEqual({
      refused: "There is no turn here: each utterance lies within one",
    });
    expect(hierarchy().placed("word", { start: 20, end: 25 }, 20)).toEqual({
      refused: "This utterance is divided already: cut one word of it",
    });
    expect(hierarchy().placed("gloss", { start: 32, end: 35 }, 32)).toEqual({
      refused: "This word has its gloss already",
    });
  });

  it("fills what it divides and has the times of what it is associated with", () => {
    expect(hierarchy().placed("word", { start: 82, end: 85 }, 82)).toEqual({ start: 80, end: 90 });
    expect(hierarchy().placed("gloss", { start: 12, end: 15 }, 12)).toEqual({ start: 10, end: 30 });
  });
});

describe("an edge", () => {
  it("stops at the parent", () => {
    expect(changes(hierarchy().withEdge("v", "end", 130))).toEqual(["v 80-100"]);
    expect(changes(hierarchy().withEdge("v", "end", 20))).toEqual(["v 80-81"]);
  });

  it("between two parts moves both, and what lies in them", () => {
    expect(changes(hierarchy().withEdge("w2", "end", 60))).toEqual(["g 30-60", "w2 30-60", "w3 60-70"]);
    expect(changes(hierarchy().withEdge("w3", "start", 5))).toEqual(["g 30-31", "w2 30-31", "w3 31-70"]);
    expect(changes(hierarchy().withEdge("w1", "start", 15))).toBe("It starts where its utterance starts");
  });

  it("takes along what lies within, and goes no further than something is left of it", () => {
    expect(changes(hierarchy().withEdge("u", "start", 20))).toEqual(["u 20-70", "w1 20-30"]);
    expect(changes(hierarchy().withEdge("u", "end", 75))).toEqual(["u 10-75", "w3 50-75"]);
    expect(changes(hierarchy().withEdge("t", "end", 85))).toEqual(["t 0-85", "v 80-85"]);
    expect(changes(hierarchy().withEdge("t", "end", 60))).toBe(
      "Some utterance in it would be left without time: delete it first",
    );
  });

  it("of what has its parent's times is its parent's", () => {
    expect(changes(hierarchy().withEdge("g", "end", 45))).toBe("It has the times of its word: change those");
  });
});

describe("a move", () => {
  it("takes all along that lies within, as far as the parent goes", () => {
    expect(changes(hierarchy().moved("u", 50, 1000))).toEqual([
      "g 60-80",
      "u 40-100",
      "w1 40-60",
      "w2 60-80",
      "w3 80-100",
    ]);
    expect(changes(hierarchy().moved("t", -5, 1000))).toEqual([]);
    expect(changes(hierarchy().moved("w2", 5, 1000))).toBe(
      "It has its place in its utterance: move its edges",
    );
  });
});

describe("deleting", () => {
  it("takes what lies within along", () => {
    expect(answered(hierarchy().without(["u"]))).toEqual(["n 0-40", "t 0-100", "v 80-90"]);
  });

  it("gives the room of a part to its neighbour", () => {
    expect(changes(hierarchy().without(["w2"]))).toEqual(["w1 10-50"]);
    expect(changes(hierarchy().without(["w1"]))).toEqual(["w2 10-50", "g 10-50"].sort());
    expect(answered(hierarchy().without(["w1", "w2", "w3"]))).toEqual([
      "n 0-40",
      "t 0-100",
      "u 10-70",
      "v 80-90",
    ]);
  });
});

describe("cutting", () => {
  it("cuts what lies there too, and leaves what has the parent's times with the first part", () => {
    made = 0;
    expect(changes(hierarchy().cut("u", 40, newId))).toEqual([
      "g 30-40",
      "new1 40-70",
      "new2 40-50",
      "u 10-40",
      "w2 30-40",
    ]);
    expect(changes(hierarchy().cut("u", 10, newId))).toBe("Put the playhead into the region first");
    expect(changes(hierarchy().cut("g", 40, newId))).toBe("It has the times of its word: cut that");
  });
});

describe("dividing into words", () => {
  it("gives each word the time of its letters, without gaps", () => {
    made = 0;
    const work = hierarchy().divided("v", ["a", "bcd", "e"], "text", newId);
    expect(changes(work)).toEqual(["new1 80-82", "new2 82-88", "new3 88-90"]);
    if ("refused" in work) throw new Error(work.refused);
    expect(work.added.map((one) => one.attributes.text)).toEqual(["a", "bcd", "e"]);
    expect(hierarchy([...REGIONS, ...work.added]).childrenOf("v")).toHaveLength(3);
  });

  it("says why it cannot be done", () => {
    expect(changes(hierarchy().divided("u", ["a"], undefined, newId))).toBe(
      "This utterance is divided already",
    );
    expect(changes(hierarchy().divided("v", [], undefined, newId))).toBe("Write its text first");
    expect(changes(hierarchy().divided("n", ["a"], undefined, newId))).toBe("No tier lies within this one");
    const words = Array.from({ length: 11 }, () => "a");
    expect(changes(hierarchy().divided("v", words, undefined, newId))).toBe(
      "It is too short for so many words",
    );
  });
});

const speech = (): LabelSchema => ({
  name: "Speech",
  modality: "audio",
  classes: [
    { id: "turn", title: "Turn", geometry: ["interval"], color: "#0072B2" },
    {
      id: "word",
      title: "Word",
      geometry: ["interval"],
      color: "#E69F00",
      parent: { class: "turn", constraint: "time_subdivision" },
    },
  ],
});

describe("the schema", () => {
  it("a parent tier goes along with another id and leaves with intervals", () => {
    const renamed = reidentify(speech(), "/classes/0", "speaker_turn");
    expect(renamed.classes?.[1]?.parent?.class).toBe("speaker_turn");
    expect(checkSchema(renamed)).toEqual([]);
    const pictures = withModality(speech(), "image");
    expect(pictures.classes?.map((one) => one.parent)).toEqual([undefined, undefined]);
    expect(readSchema(writeSchema(speech()))).toEqual({ schema: speech() });
    const unknown = JSON.stringify(put(speech(), "/classes/1/parent/constraint", "inside"));
    expect(readSchema(unknown)).toMatchObject({ problem: { pointer: "/classes/1/parent/constraint" } });
  });

  it("a tier lies within another one of intervals, and none within itself", () => {
    const wrong = (schema: LabelSchema) => checkSchema(schema).map((one) => [one.pointer, one.code]);
    const at = "/classes/1/parent";
    expect(wrong(speech())).toEqual([]);
    expect(wrong(put(speech(), `${at}/class`, "gone"))).toEqual([[`${at}/class`, "unknown_class"]]);
    expect(wrong(put(speech(), `${at}/class`, "word"))).toEqual([[`${at}/class`, "cycle"]]);
    expect(wrong(put(speech(), "/classes/0/geometry", ["points"]))).toEqual([
      [`${at}/class`, "wrong_geometry"],
    ]);
    expect(wrong(put(speech(), "/classes/1/geometry", ["points"]))).toEqual([[at, "wrong_geometry"]]);
    const gloss = { ...tier("gloss", "word"), title: "Gloss" };
    const three = { ...speech(), classes: [...(speech().classes ?? []), gloss] };
    expect(wrong(put(three, `${at}/constraint`, "symbolic_association"))).toEqual([
      ["/classes/2/parent/constraint", "conflict"],
    ]);
  });
});
