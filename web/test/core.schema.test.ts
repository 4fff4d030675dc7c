// The builder's edits: any sequence of them leaves a document that can be read, valid or with every error named.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { modalityOf } from "../src/core/panes";
import { checkSchema, geometriesOf, isId } from "../src/core/schema/check";
import {
  addClass,
  addField,
  addOption,
  addRelation,
  kindOf,
  move,
  publishedIds,
  reidentify,
  removeAt,
  retitle,
  slug,
  withGeometry,
  withJoints,
  withModality,
} from "../src/core/schema/edit";
import { begin, redo, step, undo } from "../src/core/schema/history";
import { addPane, lyingIn, withPaneModality } from "../src/core/schema/panes";
import { listAt, put, valueAt } from "../src/core/schema/pointer";
import { MODALITIES, readSchema, writeSchema } from "../src/core/schema/read";
import { placeWords, plain } from "../src/core/schema/words";
import type { Choice, Field, FieldKind, LabelClass, LabelSchema } from "../src/core/types";
import { seeded } from "./random";

const TEMPLATES = "../crates/core/src/schema/templates";
const templates: [name: string, schema: LabelSchema][] = readdirSync(TEMPLATES, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".json"))
  .map((name) => {
    const read = readSchema(readFileSync(`${TEMPLATES}/${name}`, "utf8"));
    if ("problem" in read) throw new Error(`${name}: ${JSON.stringify(read.problem)}`);
    return [name, read.schema];
  });

const street = (): LabelSchema => ({
  name: "Street",
  modality: "image",
  fields: [
    {
      id: "weather",
      title: "Weather",
      kind: {
        type: "choice",
        options: [
          { id: "dry", title: "Dry", hotkey: "q" },
          { id: "wet", title: "Wet" },
        ],
      },
    },
    {
      id: "depth",
      title: "Depth",
      kind: { type: "number" },
      when: { field: "weather", any_of: ["wet"] },
    },
  ],
  classes: [
    { id: "car", title: "Car", geometry: ["box"], color: "#0072B2", hotkey: "1" },
    { id: "person", title: "Person", geometry: ["box"], color: "#E69F00", hotkey: "2" },
  ],
  relations: [{ id: "drives", title: "drives", from: ["person"], to: ["car"], directed: true }],
});

const NONE: ReadonlySet<string> = new Set();
const KINDS: FieldKind["type"][] = [
  "choice",
  "tree",
  "boolean",
  "rating",
  "number",
  "text",
  "transcript",
  "ranking",
  "pairwise",
];
const TITLES = ["Car", "car", "Zürich", "日本", "  x  ", "A/B~c", "🚗", "Very long ".repeat(12), "1st", "-"];

type Random = () => number;
const pick = <One>(random: Random, list: readonly One[]): One | undefined =>
  list[Math.floor(random() * list.length)];

/** Places of all entries of the schema, with their lists. */
function places(schema: LabelSchema): string[] {
  const found: string[] = [];
  const walk = (list: string) => {
    listAt<unknown>(schema, list).forEach((_, index) => {
      const at = `${list}/${index}`;
      found.push(at);
      for (const inner of ["attributes", "kind/options", "children"]) walk(`${at}/${inner}`);
    });
  };
  for (const list of ["fields", "classes", "relations", "panes"]) walk(`/${list}`);
  return found;
}

const parent = (at: string) => at.slice(0, at.lastIndexOf("/"));

/** Edits after which a valid schema is valid again. */
function harmless(schema: LabelSchema, random: Random): LabelSchema {
  const at = pick(random, places(schema));
  // A tier that loses its intervals leaves the tiers within it: that is told, and not mended.
  const tiers = schema.classes?.some((one) => one.parent);
  switch (Math.floor(random() * 9)) {
    case 0:
      return addClass(schema, pick(random, TITLES));
    case 1:
      return addField(schema, "/fields", pick(random, TITLES));
    case 2:
      return addRelation(schema, pick(random, TITLES));
    case 3:
      return withModality(schema, pick(random, MODALITIES) ?? "image");
    case 4:
      return at ? retitle(schema, at, pick(random, TITLES) ?? "", NONE) : schema;
    case 5: {
      const list = at?.match(/options\/\d+$/) ? parent(at) : "/classes";
      const length = listAt(schema, list).length;
      return move(schema, list, Math.floor(random() * length), Math.floor(random() * length));
    }
    case 6:
      return listAt(schema, "/panes").length < 8 ? addPane(schema, pick(random, TITLES)) : schema;
    case 7: {
      if (tiers) return schema;
      if (at?.match(/^\/panes\/\d+$/))
        return withPaneModality(schema, at, pick(random, MODALITIES) ?? "image");
      const pane = pick(random, [undefined, ...(schema.panes ?? [])]);
      return at?.match(/^\/classes\/\d+$/) ? lyingIn(schema, at, pane?.id) : schema;
    }
    default: {
      const one = at?.match(/^\/classes\/\d+$/) ? (valueAt(schema, at) as LabelClass) : undefined;
      const kind = pick(random, geometriesOf(modalityOf(schema, one?.pane)));
      return at && one && kind && !tiers ? put(schema, at, withGeometry(one, [kind])) : schema;
    }
  }
}

/** Edits of which many leave something wrong. */
function wild(schema: LabelSchema, random: Random): LabelSchema {
  const at = pick(random, places(schema));
  if (at === undefined) return harmless(schema, random);
  const bad = pick(random, ["", " ", "ab", "x".repeat(300), "#12", "Ä b"]) ?? "";
  switch (Math.floor(random() * 8)) {
    case 0:
      return removeAt(schema, at);
    case 1:
      return reidentify(schema, at, bad);
    case 2:
      return retitle(schema, at, bad, NONE);
    case 3:
      return /^\/classes\/\d+$/.test(at) ? put(schema, `${at}/hotkey`, bad) : schema;
    case 4: {
      const field = valueAt(schema, at) as Field;
      return field.kind
        ? put(schema, `${at}/kind`, kindOf(pick(random, KINDS) ?? "text", field.kind))
        : schema;
    }
    case 5: {
      const list = parent(at);
      return move(schema, list, Math.floor(random() * listAt(schema, list).length), 0);
    }
    case 6:
      return /options\/\d+$/.test(at) ? addOption(schema, parent(at)) : schema;
    default: {
      const one = valueAt(schema, at) as LabelClass;
      return one.skeleton ? put(schema, at, withJoints(one, one.skeleton.points.slice(1))) : schema;
    }
  }
}

test("every template can be edited and has nothing wrong", () => {
  expect(templates.length).toBeGreaterThanOrEqual(40);
  for (const [name, schema] of templates) expect([name, checkSchema(schema)]).toEqual([name, []]);
});

test("additions, titles, moves and other data keep a valid schema valid", () => {
  templates.forEach(([name, first], seed) => {
    const random = seeded(seed + 1);
    let schema = first;
    for (let count = 0; count < 60; count += 1) {
      const before = schema;
      schema = harmless(schema, random);
      expect([name, count, checkSchema(schema), before === schema ? "" : writeSchema(schema)]).toEqual([
        name,
        count,
        [],
        before === schema ? "" : writeSchema(schema),
      ]);
    }
  });
});

test("after any edits the document can be read, and what is wrong has a place and words", () => {
  let named = 0;
  templates.forEach(([name, first], seed) => {
    const random = seeded(1000 + seed);
    let schema = first;
    for (let count = 0; count < 60; count += 1) {
      schema = random() < 0.4 ? harmless(schema, random) : wild(schema, random);
      const read = readSchema(writeSchema(schema));
      expect([name, count, "problem" in read ? read.problem : undefined]).toEqual([name, count, undefined]);
      if ("schema" in read) expect(checkSchema(read.schema)).toEqual(checkSchema(schema));
      for (const problem of checkSchema(schema)) {
        named += 1;
        expect(plain(schema, problem)).not.toMatch(/\/(fields|classes)\/\d/);
        // What is missing has the place where it would be.
        const there = valueAt(schema, problem.pointer) ?? valueAt(schema, parent(problem.pointer));
        expect([problem.pointer, there === undefined]).toEqual([problem.pointer, false]);
      }
    }
  });
  expect(named).toBeGreaterThan(1000);
});

test("undo goes back through all that was done, redo forward again", () => {
  templates.forEach(([, first], seed) => {
    const random = seeded(seed);
    const states = [writeSchema(first)];
    let history = begin(writeSchema(first));
    let schema = first;
    for (let count = 0; count < 25; count += 1) {
      schema = wild(schema, random);
      const text = writeSchema(schema);
      if (text !== states.at(-1)) states.push(text);
      history = step(history, text);
    }
    for (const text of [...states].reverse()) {
      expect(history.now).toBe(text);
      history = undo(history);
    }
    for (const text of states) {
      expect(history.now).toBe(text);
      history = redo(history);
    }
  });
});

test("typing into one input is one step of undo, and a change after undo cuts what was ahead", () => {
  let history = begin("a");
  for (const text of ["ab", "abc"]) history = step(history, text, "title");
  history = step(history, "other", "colour");
  expect(undo(history).now).toBe("abc");
  expect(undo(undo(history)).now).toBe("a");
  // The same input after an undo begins a step of its own.
  const again = step(undo(history), "abcd", "colour");
  expect([again.future, undo(again).now]).toEqual([[], "abc"]);
});

test("an id follows its title until somebody chose it or it is published", () => {
  const made = addClass(street(), "New class");
  expect(made.classes?.at(-1)?.id).toBe("new_class");
  const named = retitle(made, "/classes/2", "Stop sign", NONE);
  expect(named.classes?.at(-1)).toMatchObject({ id: "stop_sign", title: "Stop sign", hotkey: "3" });
  const twice = retitle(named, "/classes/2", "Car", NONE);
  expect(twice.classes?.at(-1)?.id).toBe("car_2");
  const own = retitle(reidentify(named, "/classes/2", "s1"), "/classes/2", "Sign", NONE);
  expect(own.classes?.at(-1)?.id).toBe("s1");
  const published = publishedIds(street());
  expect(retitle(street(), "/classes/0", "Vehicle", published).classes?.[0]).toMatchObject({
    id: "car",
    title: "Vehicle",
  });
  const option = retitle(street(), "/fields/0/kind/options/1", "Soaked", published);
  expect(valueAt(option, "/fields/0/kind/options/1/id")).toBe("wet");
  expect(valueAt(retitle(named, "/classes/2", "Sign", published), "/classes/2/id")).toBe("sign");
});

test("relations and conditions go along with an id, and stay where two have it", () => {
  const renamed = retitle(street(), "/classes/1", "Driver", NONE);
  expect(renamed.relations?.[0]?.from).toEqual(["driver"]);
  expect(retitle(street(), "/fields/0", "Sky", NONE).fields?.[1]?.when?.field).toBe("sky");
  const option = retitle(street(), "/fields/0/kind/options/1", "Rain", NONE);
  expect(option.fields?.[1]?.when?.any_of).toEqual(["rain"]);
  const twice = reidentify(street(), "/classes/0", "person");
  expect(reidentify(twice, "/classes/0", "bus").relations?.[0]).toMatchObject({
    from: ["person"],
    to: ["person"],
  });
});

test("what is deleted leaves its references, and the check names them", () => {
  const problems = checkSchema(removeAt(street(), "/classes/1"));
  expect(problems.map((one) => [one.pointer, one.code])).toEqual([["/relations/0/from/0", "unknown_class"]]);
  expect(checkSchema(removeAt(street(), "/fields/0"))).toMatchObject([
    { pointer: "/fields/0/when/field", code: "unknown_field" },
  ]);
  expect(checkSchema(move(street(), "/fields", 1, 0))).toMatchObject([
    { pointer: "/fields/0/when/field", code: "unknown_field" },
  ]);
});

test("a move keeps all entries and stops at the ends", () => {
  const ids = (schema: LabelSchema) => schema.classes?.map((one) => one.id);
  const three = addClass(street(), "Bus");
  expect(ids(move(three, "/classes", 0, 2))).toEqual(["person", "bus", "car"]);
  expect(ids(move(three, "/classes", 2, -5))).toEqual(["bus", "car", "person"]);
  expect(ids(move(three, "/classes", 0, 99))).toEqual(["person", "bus", "car"]);
  expect(ids(move(three, "/classes", 9, 0))).toEqual(["car", "person", "bus"]);
});

test("ids of titles in any script are ids", () => {
  expect(["Zürich Straße", "Stop sign!", "日本", "__a__", "3 D"].map(slug)).toEqual([
    "zurich_strasse",
    "stop_sign",
    "",
    "a",
    "3_d",
  ]);
  for (const title of TITLES) {
    const made = addClass({ name: "n", modality: "text" }, title);
    expect([title, isId(made.classes?.[0]?.id ?? "")]).toEqual([title, true]);
  }
});

test("another kind of question keeps the options, another kind of data the geometries that fit", () => {
  const options: Choice[] = [{ id: "a", title: "A", children: [{ id: "b", title: "B" }] }];
  const tree: FieldKind = { type: "tree", options };
  expect(kindOf("choice", tree)).toEqual({
    type: "choice",
    options: [{ id: "a", title: "A" }],
    multiple: false,
  });
  expect(kindOf("pairwise", tree)).toMatchObject({ options: [{ id: "a" }, { id: "another" }] });
  expect(kindOf("rating", tree)).toEqual({ type: "rating", max: 5 });
  expect(withModality(street(), "text").classes?.map((one) => one.geometry)).toEqual([["span"], ["span"]]);
  expect(withModality(street(), "video").classes?.map((one) => one.geometry)).toEqual([["box"], ["box"]]);
});

test("bones stay between their joints", () => {
  const one: LabelClass = {
    id: "p",
    title: "P",
    geometry: ["keypoints"],
    color: "#000000",
    skeleton: {
      points: ["head", "neck", "hip"],
      edges: [
        [0, 1],
        [1, 2],
      ],
    },
  };
  expect(withJoints(one, ["neck", "hip"]).skeleton?.edges).toEqual([[0, 1]]);
  expect(withJoints(one, ["top", "neck", "hip"]).skeleton?.edges).toEqual(one.skeleton?.edges);
  expect(withGeometry(one, ["box"]).skeleton).toBeUndefined();
  expect(withGeometry(withGeometry(one, ["box"]), ["keypoints"]).skeleton?.points).toHaveLength(2);
});

test("what forms could not show is told with its place", () => {
  const place = (text: string) => {
    const read = readSchema(text);
    return "problem" in read ? read.problem.pointer : "read";
  };
  const bad = (change: [string, unknown]) => place(JSON.stringify(put(street(), ...change)));
  expect(place("{")).toBe("");
  expect(place("[]")).toBe("");
  expect(place("{}")).toBe("");
  expect(place(writeSchema(street()))).toBe("read");
  expect(bad(["/modality", "smell"])).toBe("/modality");
  expect(bad(["/classes/1/colour", "#fff"])).toBe("/classes/1/colour");
  expect(bad(["/classes/1/geometry", "box"])).toBe("/classes/1/geometry");
  expect(bad(["/fields/0/kind/type", "toString"])).toBe("/fields/0/kind/type");
  expect(bad(["/fields/0/kind/min", -1])).toBe("/fields/0/kind/min");
  expect(bad(["/fields/0/kind/min", null])).toBe("read");
  expect(bad(["/fields/0/kind/options/0/title", 3])).toBe("/fields/0/kind/options/0/title");
  expect(bad(["/relations/0/from", ["a", 1]])).toBe("/relations/0/from/1");
});

test("places are told in words", () => {
  expect(placeWords(street(), "/fields/0/kind/options/1/hotkey")).toBe("question Weather, option Wet");
  expect(placeWords(street(), "/name")).toBe("");
  const twice = put(street(), "/classes/1/hotkey", "Q");
  const [problem] = checkSchema(twice);
  expect(problem?.pointer).toBe("/classes/1/hotkey");
  expect(plain(twice, problem ?? { message: "" })).toBe(
    '"Q" is the hotkey of question Weather, option Dry already',
  );
});
