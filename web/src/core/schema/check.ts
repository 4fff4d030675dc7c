// What the server will refuse in a schema, told while it is written: the same places, codes and words as the server's
// own check. What only the server can judge (a regular expression) is left to it.
import { modalityOf } from "../panes";
import type { Choice, Field, FieldKind, GeometryKind, LabelClass, LabelSchema } from "../types";

export interface Problem {
  pointer: string;
  code: string;
  message: string;
}

const ENTRIES_MAXIMUM = 5_000;
const DEPTH_MAXIMUM = 16;
const TITLE_CHARS_MAXIMUM = 200;

type Add = (pointer: string, code: string, message: string) => void;

/** Key to the place that has it. */
type Hotkeys = Map<string, string>;

const quoted = (text: string) => JSON.stringify(text);

function title(add: Add, pointer: string, text: string): void {
  if (text.trim() === "") add(pointer, "required", "a title is needed");
  else if ([...text].length > TITLE_CHARS_MAXIMUM) {
    add(pointer, "too_long", `a title has at most ${TITLE_CHARS_MAXIMUM} characters`);
  }
}

export const isId = (id: string) => /^[a-z0-9][a-z0-9_.-]{0,63}$/.test(id);

function id(add: Add, at: string, name: string, seen: Set<string>): void {
  if (!isId(name)) {
    add(
      `${at}/id`,
      "bad_id",
      `${quoted(name)} is no id: 1 to 64 of a-z, 0-9, _ . -, beginning with a letter or digit`,
    );
  } else if (seen.has(name)) add(`${at}/id`, "duplicate_id", `${quoted(name)} is used twice`);
  else seen.add(name);
}

function hotkey(add: Add, at: string, key: string | null | undefined, seen: Hotkeys): void {
  if (key == null) return;
  const pointer = `${at}/hotkey`;
  if ([...key].length !== 1 || /[\s\p{Cc}]/u.test(key)) {
    add(pointer, "bad_hotkey", "a hotkey is a single character");
    return;
  }
  const first = seen.get(key.toLowerCase());
  seen.set(key.toLowerCase(), pointer);
  if (first) add(pointer, "duplicate_hotkey", `${quoted(key)} is the hotkey of ${first} already`);
}

function color(add: Add, at: string, text: string): void {
  if (!/^#[0-9a-f]{6}$/i.test(text)) {
    add(`${at}/color`, "bad_color", `${quoted(text)} is no colour like #1A73E8`);
  }
}

function entries(add: Add, pointer: string, count: number): void {
  if (count > ENTRIES_MAXIMUM) add(pointer, "too_many", `${count} entries, the limit is ${ENTRIES_MAXIMUM}`);
}

function choices(add: Add, kindAt: string, options: Choice[], nested: boolean, hotkeys: Hotkeys): void {
  const pointer = `${kindAt}/options`;
  if (options.length === 0) add(pointer, "empty", "at least one option is needed");
  entries(add, pointer, options.length);
  const seen = new Set<string>();
  options.forEach((option, index) => {
    const at = `${pointer}/${index}`;
    id(add, at, option.id, seen);
    title(add, `${at}/title`, option.title);
    hotkey(add, at, option.hotkey, hotkeys);
    if (option.color != null) color(add, at, option.color);
    const children = option.children ?? [];
    if (children.length === 0) return;
    if (nested) branch(add, at, children, hotkeys, 1);
    else add(`${at}/children`, "not_a_tree", "only the options of a tree have children");
  });
}

function branch(add: Add, parent: string, children: Choice[], hotkeys: Hotkeys, depth: number): void {
  const pointer = `${parent}/children`;
  if (depth >= DEPTH_MAXIMUM) {
    add(pointer, "too_deep", `a tree has at most ${DEPTH_MAXIMUM} levels`);
    return;
  }
  const seen = new Set<string>();
  children.forEach((option, index) => {
    const at = `${pointer}/${index}`;
    id(add, at, option.id, seen);
    title(add, `${at}/title`, option.title);
    hotkey(add, at, option.hotkey, hotkeys);
    if ((option.children ?? []).length > 0) branch(add, at, option.children ?? [], hotkeys, depth + 1);
  });
}

function kind(add: Add, pointer: string, asked: FieldKind, hotkeys: Hotkeys): void {
  switch (asked.type) {
    case "choice": {
      choices(add, pointer, asked.options, false, hotkeys);
      const { min, max } = asked;
      if (!asked.multiple && (min != null || max != null)) {
        add(pointer, "needs_multiple", "min and max are for multiple choices");
      }
      if (min != null && max != null && min > max) add(`${pointer}/min`, "out_of_range", "min is above max");
      if (min != null && min > asked.options.length) {
        add(`${pointer}/min`, "out_of_range", "min is above the number of options");
      }
      return;
    }
    case "tree":
      choices(add, pointer, asked.options, true, hotkeys);
      return;
    case "ranking":
    case "pairwise":
      choices(add, pointer, asked.options, false, hotkeys);
      if (asked.options.length === 1) {
        add(`${pointer}/options`, "too_few", "there is nothing to compare with one option");
      }
      return;
    case "number":
      if (asked.min != null && asked.max != null && asked.min > asked.max) {
        add(`${pointer}/min`, "out_of_range", "min is above max");
      }
      return;
    case "rating":
      if (asked.max < 2 || asked.max > 100) {
        add(`${pointer}/max`, "out_of_range", "a rating goes up to 2 to 100");
      }
      return;
    case "concept":
      if (!/^[a-z0-9_-]{1,64}$/.test(asked.list)) {
        add(
          `${pointer}/list`,
          "bad_name",
          "a list of concepts is named by 1 to 64 small letters, digits, _ or -",
        );
      }
      return;
    case "text":
    case "boolean":
    case "transcript":
      return;
  }
}

function fields(add: Add, pointer: string, list: Field[], hotkeys: Hotkeys): void {
  entries(add, pointer, list.length);
  const seen = new Set<string>();
  list.forEach((field, index) => {
    const at = `${pointer}/${index}`;
    id(add, at, field.id, seen);
    title(add, `${at}/title`, field.title);
    kind(add, `${at}/kind`, field.kind, hotkeys);
    const { when } = field;
    if (!when) return;
    if (!list.slice(0, index).some((other) => other.id === when.field)) {
      add(`${at}/when/field`, "unknown_field", `${quoted(when.field)} is not a field before this one`);
    }
    if (when.any_of.length === 0) {
      add(`${at}/when/any_of`, "empty", "a condition names at least one value");
    }
  });
}

const DRAWN = [
  "box",
  "rotated_box",
  "ellipse",
  "polygon",
  "polyline",
  "points",
  "keypoints",
  "mask",
  "cuboid",
] as const;

const GEOMETRIES: Record<LabelSchema["modality"], readonly GeometryKind[]> = {
  image: DRAWN,
  video: [...DRAWN, "interval", "track"],
  audio: ["interval", "points"],
  time_series: ["interval"],
  text: ["span"],
  dialogue: ["span"],
  document: ["span", ...DRAWN.filter((kind) => kind !== "mask"), "cells"],
  table: ["cells", "span"],
  volume: DRAWN.filter((kind) => kind !== "cuboid"),
};

/** The geometries that make sense on a modality, the usual one first. */
export const geometriesOf = (modality: LabelSchema["modality"]): readonly GeometryKind[] =>
  GEOMETRIES[modality];

function skeleton(add: Add, at: string, one: LabelClass): void {
  if (!one.skeleton) {
    if (one.geometry.includes("keypoints")) {
      add(`${at}/skeleton`, "required", "a class with keypoints needs a skeleton");
    }
    return;
  }
  const { points, edges = [] } = one.skeleton;
  if (points.length === 0) add(`${at}/skeleton/points`, "empty", "a skeleton has at least one point");
  edges.forEach((edge, index) => {
    if (edge.some((end) => end >= points.length)) {
      const last = Math.max(points.length - 1, 0);
      add(`${at}/skeleton/edges/${index}`, "out_of_range", `points are numbered 0 to ${last}`);
    }
  });
}

/** Most panes beside the item's own data. */
export const PANES_MAXIMUM = 8;

function panes(add: Add, schema: LabelSchema): void {
  const list = schema.panes ?? [];
  if (list.length > PANES_MAXIMUM) {
    add("/panes", "too_many", `${list.length} panes, the limit is ${PANES_MAXIMUM}`);
  }
  const seen = new Set<string>();
  list.forEach((pane, index) => {
    id(add, `/panes/${index}`, pane.id, seen);
    title(add, `/panes/${index}/title`, pane.title);
  });
  (schema.classes ?? []).forEach((one, index) => {
    if (one.pane == null || list.some((pane) => pane.id === one.pane)) return;
    add(`/classes/${index}/pane`, "unknown_pane", `${quoted(one.pane)} is not a pane of this schema`);
  });
}

function classes(add: Add, schema: LabelSchema, hotkeys: Hotkeys): void {
  const list = schema.classes ?? [];
  entries(add, "/classes", list.length);
  const seen = new Set<string>();
  list.forEach((one, index) => {
    const at = `/classes/${index}`;
    id(add, at, one.id, seen);
    title(add, `${at}/title`, one.title);
    color(add, at, one.color);
    hotkey(add, at, one.hotkey, hotkeys);
    if (one.geometry.length === 0) add(`${at}/geometry`, "empty", "a class names at least one geometry");
    const modality = modalityOf(schema, one.pane);
    one.geometry.forEach((shape, position) => {
      if (GEOMETRIES[modality].includes(shape)) return;
      add(`${at}/geometry/${position}`, "wrong_geometry", `${shape} cannot be drawn on ${modality}`);
    });
    // Keys of attributes work only while the region is selected: they may repeat those of classes.
    fields(add, `${at}/attributes`, one.attributes ?? [], new Map());
    skeleton(add, at, one);
  });
  parents(add, list);
}

const TIERS_MAXIMUM = 16;

/** A tier lies within another one, and none within itself. */
function parents(add: Add, list: readonly LabelClass[]): void {
  const known = new Map(list.map((one) => [one.id, one]));
  list.forEach((one, index) => {
    const found = parentProblem(known, one);
    if (found) add(`/classes/${index}/parent${found[0]}`, found[1], found[2]);
  });
}

function parentProblem(
  known: ReadonlyMap<string, LabelClass>,
  one: LabelClass,
): [pointer: string, code: string, message: string] | undefined {
  const tier = one.parent;
  if (!tier) return undefined;
  const noIntervals = (name: string) => `tiers are made of intervals, which ${quoted(name)} does not take`;
  if (!one.geometry.includes("interval")) return ["", "wrong_geometry", noIntervals(one.id)];
  const parent = known.get(tier.class);
  if (!parent) return ["/class", "unknown_class", `${quoted(tier.class)} is not a class of this schema`];
  if ((parent.pane ?? undefined) !== (one.pane ?? undefined))
    return ["/class", "other_pane", `${quoted(tier.class)} lies in another pane`];
  if (!parent.geometry.includes("interval")) return ["/class", "wrong_geometry", noIntervals(parent.id)];
  let depth = 1;
  for (let above: LabelClass | undefined = parent; above; above = known.get(above.parent?.class ?? "")) {
    if (above.id === one.id) return ["/class", "cycle", `${quoted(one.id)} lies within itself`];
    depth += 1;
    if (depth > TIERS_MAXIMUM) {
      return ["/class", "too_deep", `at most ${TIERS_MAXIMUM} tiers lie above each other`];
    }
  }
  const [own, theirs] = [tier.constraint, parent.parent?.constraint];
  if (theirs !== "symbolic_association" || own === "symbolic_association") return undefined;
  const message = `${quoted(parent.id)} has no times of its own to divide: only symbolic_association`;
  return ["/constraint", "conflict", message];
}

function relations(add: Add, schema: LabelSchema): void {
  const list = schema.relations ?? [];
  entries(add, "/relations", list.length);
  const seen = new Set<string>();
  list.forEach((one, index) => {
    const at = `/relations/${index}`;
    id(add, at, one.id, seen);
    title(add, `${at}/title`, one.title);
    const set = (classes: readonly string[] | undefined) =>
      JSON.stringify([...new Set(classes ?? [])].sort());
    if (one.transitive && one.directed) {
      add(`${at}/transitive`, "conflict", "what joins into chains has no direction: set directed to false");
    } else if (one.transitive && set(one.from) !== set(one.to)) {
      add(
        `${at}/transitive`,
        "conflict",
        "in a chain every mention may stand beside every other: from and to need the same classes",
      );
    }
    for (const side of ["from", "to"] as const) {
      (one[side] ?? []).forEach((name, position) => {
        if (schema.classes?.some((other) => other.id === name)) return;
        add(`${at}/${side}/${position}`, "unknown_class", `${quoted(name)} is not a class of this schema`);
      });
    }
  });
}

/** What is wrong with the schema; empty when it can be published. */
export function checkSchema(schema: LabelSchema): Problem[] {
  const problems: Problem[] = [];
  const add: Add = (pointer, code, message) => problems.push({ pointer, code, message });
  title(add, "/name", schema.name);
  if ((schema.fields ?? []).length === 0 && (schema.classes ?? []).length === 0) {
    add("", "empty", "a schema needs at least one field or one class");
  }
  const hotkeys: Hotkeys = new Map();
  fields(add, "/fields", schema.fields ?? [], hotkeys);
  (schema.fields ?? []).forEach((field, index) => {
    const starts = field.kind.type === "text" && field.kind.starts_from != null;
    if (!starts || schema.modality === "dialogue") return;
    add(
      `/fields/${index}/kind/starts_from`,
      "wrong_modality",
      "only a conversation has responses to start from",
    );
  });
  panes(add, schema);
  classes(add, schema, hotkeys);
  relations(add, schema);
  return problems;
}
