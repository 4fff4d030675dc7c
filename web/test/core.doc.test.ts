import { describe, expect, it } from "vitest";
import { AnnotationDoc } from "../src/core/doc";
import { type Answer, emptyAnswer, type Region } from "../src/core/types";

const box = (id: string, x = 0): Region => ({
  id,
  class: "car",
  geometry: { type: "box", x, y: 0, width: 10, height: 10 },
  attributes: {},
});

/** The same numbers for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomStep(doc: AnnotationDoc, next: (below: number) => number, number: number): void {
  const ids = doc.regions.map((region) => region.id);
  const some = ids[next(Math.max(1, ids.length))] ?? "none";
  const other = ids[next(Math.max(1, ids.length))] ?? "none";
  switch (next(8)) {
    case 0:
    case 1:
      doc.addRegion("draw", box(`n${number}`, number));
      break;
    case 2:
      doc.removeRegions("delete", [some, other]);
      break;
    case 3:
      doc.changeRegion(
        "move",
        some,
        { geometry: box("", next(90)).geometry },
        next(2) === 0 ? "drag" : undefined,
      );
      break;
    case 4:
      if (ids.length > 1) {
        const relation = { id: `r${number}`, relation: "on", from: some, to: other, attributes: {} };
        doc.addRelation("relate", relation);
      }
      break;
    case 5:
      doc.removeRelation("delete", doc.relations[next(Math.max(1, doc.relations.length))]?.id ?? "");
      break;
    case 6: {
      const values = { note: next(2) === 0 ? undefined : `words ${number}`, kind: ["a", "b"].slice(next(3)) };
      doc.setFields("answer", values, next(2) === 0 ? "typing" : undefined);
      break;
    }
    default:
      doc.replace("start again", {
        fields: { note: "x" },
        regions: doc.regions.slice(next(3)).map((region) => ({ ...region })),
        relations: [],
      });
  }
}

describe("AnnotationDoc", () => {
  it("comes back to its start when everything is undone, and forward again", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = dice(seed);
      const start: Answer = {
        fields: { note: "first" },
        regions: [box("a"), box("b", 5)],
        relations: [{ id: "r", relation: "on", from: "a", to: "b", attributes: {} }],
      };
      const doc = new AnnotationDoc(start);
      for (let step = 0; step < 120; step += 1) {
        if (next(6) === 0) doc.undo();
        else if (next(9) === 0) doc.redo();
        else randomStep(doc, next, step);
      }
      while (doc.canRedo) doc.redo();
      const end = JSON.stringify(doc.answer());
      while (doc.canUndo) doc.undo();
      expect(doc.answer()).toEqual(start);
      while (doc.canRedo) doc.redo();
      expect(JSON.stringify(sorted(doc.answer()))).toBe(JSON.stringify(sorted(JSON.parse(end))));
    }
  });

  it("makes one step of a drag and no more", () => {
    const doc = new AnnotationDoc({ ...emptyAnswer(), regions: [box("a")] });
    for (const x of [1, 2, 3]) doc.changeRegion("move", "a", { geometry: box("", x).geometry }, "drag a");
    doc.changeRegion("move", "a", { geometry: box("", 9).geometry }, "drag a again");
    doc.undo();
    expect(doc.region("a")?.geometry).toMatchObject({ x: 3 });
    doc.undo();
    expect(doc.region("a")?.geometry).toMatchObject({ x: 0 });
    expect(doc.canUndo).toBe(false);
  });

  it("takes the relations of a region away with it, and brings them back", () => {
    const doc = new AnnotationDoc({
      ...emptyAnswer(),
      regions: [box("a"), box("b"), box("c")],
      relations: [
        { id: "ab", relation: "on", from: "a", to: "b", attributes: {} },
        { id: "bc", relation: "on", from: "b", to: "c", attributes: {} },
      ],
    });
    doc.removeRegions("delete", ["a"]);
    expect(doc.relations.map((one) => one.id)).toEqual(["bc"]);
    doc.undo();
    expect(doc.relations.map((one) => one.id)).toEqual(["ab", "bc"]);
    expect(doc.regions.map((one) => one.id)).toEqual(["a", "b", "c"]);
  });

  it("tells watchers the inverse when something is undone", () => {
    const doc = new AnnotationDoc(emptyAnswer());
    doc.addRegion("draw", box("a"));
    const told: string[] = [];
    doc.watch((changes) => {
      for (const one of changes) told.push(`${one.id} ${one.before ? "was" : ""}${one.after ? "is" : ""}`);
    });
    doc.undo();
    doc.redo();
    expect(told).toEqual(["a was", "a is"]);
  });
});

function sorted(answer: Answer): unknown {
  return { ...answer, fields: Object.fromEntries(Object.entries(answer.fields).sort()) };
}
