// Edits of a schema, each from one schema to the next. Ids follow titles until they are published or chosen by hand, and
// what names something by its id goes along. An edit never drops a reference: a dangling one is told by the check.

import { modalityOf } from "../panes";
import type { Choice, Field, FieldKind, GeometryKind, LabelClass, LabelSchema, RelationType } from "../types";
import { geometriesOf } from "./check";
import { changeList, lastOf, listAt, parentOf, partsOf, put, valueAt } from "./pointer";

/** Okabe and Ito's colours first, which colour-blind people tell apart. */
export const PALETTE = [
  "#0072B2",
  "#E69F00",
  "#009E73",
  "#CC79A7",
  "#D55E00",
  "#56B4E9",
  "#8C6D31",
  "#7B5EA7",
  "#4C9A9A",
  "#B22234",
  "#999999",
  "#5B7F3A",
] as const;

/** A title as an id; empty where nothing of it can be one. */
export function slug(title: string): string {
  return title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 56)
    .replace(/_+$/, "");
}

export function freeId(wanted: string, taken: Iterable<string>): string {
  const all = new Set(taken);
  if (!all.has(wanted)) return wanted;
  let number = 2;
  while (all.has(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}

const NOUNS: Record<string, string> = {
  classes: "class",
  fields: "field",
  attributes: "attribute",
  options: "option",
  children: "option",
  relations: "relation",
  panes: "pane",
};

const nounOf = (listAt: string) => NOUNS[lastOf(listAt)] ?? "entry";

interface Named {
  id: string;
  title: string;
}

function follows(entry: Named, noun: string): boolean {
  const base = slug(entry.title) || noun;
  return entry.id === "" || entry.id === base || entry.id.replace(/_\d+$/, "") === base;
}

/** Another id, and everything that named the old one by it. */
export function reidentify(schema: LabelSchema, at: string, id: string): LabelSchema {
  const listPlace = parentOf(at);
  const old = (valueAt(schema, at) as Named).id;
  const next = put(schema, `${at}/id`, id);
  // Of two with one id nobody knows who is meant: references stay.
  if (old === "" || listAt<Named>(next, listPlace).some((other) => other.id === old)) return next;
  const swap = (name: string) => (name === old ? id : name);
  const kind = lastOf(listPlace);
  if (kind === "classes") {
    const classes = next.classes?.map((one) =>
      one.parent?.class === old ? { ...one, parent: { ...one.parent, class: id } } : one,
    );
    const relations = next.relations?.map((one) => ({
      ...one,
      ...(one.from ? { from: one.from.map(swap) } : {}),
      ...(one.to ? { to: one.to.map(swap) } : {}),
    }));
    return { ...next, ...(classes ? { classes } : {}), ...(relations ? { relations } : {}) };
  }
  if (kind === "panes") {
    const classes = next.classes?.map((one) => (one.pane === old ? { ...one, pane: id } : one));
    return { ...next, ...(classes ? { classes } : {}) };
  }
  if (kind === "fields" || kind === "attributes") {
    return changeList(next, listPlace, (list) =>
      (list as Field[]).map((field) =>
        field.when?.field === old ? { ...field, when: { ...field.when, field: id } } : field,
      ),
    );
  }
  if (kind === "options") {
    const fieldPlace = parentOf(parentOf(listPlace));
    const asked = (valueAt(next, fieldPlace) as Field).id;
    return changeList(next, parentOf(fieldPlace), (list) =>
      (list as Field[]).map((field) =>
        field.when?.field === asked
          ? {
              ...field,
              when: {
                ...field.when,
                any_of: field.when.any_of.map((value) => (typeof value === "string" ? swap(value) : value)),
              },
            }
          : field,
      ),
    );
  }
  return next;
}

/** Another title; the id goes along unless it is fixed or was chosen by hand. */
export function retitle(
  schema: LabelSchema,
  at: string,
  title: string,
  fixed: ReadonlySet<string>,
): LabelSchema {
  const entry = valueAt(schema, at) as Named;
  const listPlace = parentOf(at);
  const noun = nounOf(listPlace);
  const next = put(schema, `${at}/title`, title);
  if (fixed.has(idPath(schema, at)) || !follows(entry, noun)) return next;
  const others = listAt<Named>(schema, listPlace).filter((other) => other !== entry);
  const id = freeId(
    slug(title) || noun,
    others.map((other) => other.id),
  );
  return id === entry.id ? next : reidentify(next, at, id);
}

/** A place told by ids instead of positions: the same in two versions of a schema. */
export function idPath(schema: LabelSchema, at: string): string {
  let place = "";
  return partsOf(at)
    .map((part) => {
      place += `/${part}`;
      const here = valueAt(schema, place);
      return /^\d+$/.test(part) && here !== null && typeof here === "object" && "id" in here
        ? String(here.id)
        : part;
    })
    .join("/");
}

/** The id paths of everything that a published version names: labels lie under these ids. */
export function publishedIds(schema: LabelSchema | undefined): Set<string> {
  const found = new Set<string>();
  const walk = (node: unknown, path: string) => {
    if (Array.isArray(node)) {
      for (const one of node) {
        if (one === null || typeof one !== "object" || !("id" in one)) continue;
        const here = path === "" ? String(one.id) : `${path}/${one.id}`;
        found.add(here);
        walk(one, here);
      }
    } else if (node !== null && typeof node === "object") {
      for (const [name, inner] of Object.entries(node)) walk(inner, path === "" ? name : `${path}/${name}`);
    }
  };
  if (schema) walk(schema, "");
  return found;
}

export function removeAt(schema: LabelSchema, at: string): LabelSchema {
  const index = Number(lastOf(at));
  return changeList(schema, parentOf(at), (list) => list.filter((_, position) => position !== index));
}

/** Moves an entry of a list; a place beyond an end is that end. */
export function move(schema: LabelSchema, list: string, from: number, to: number): LabelSchema {
  return changeList(schema, list, (old) => {
    const next = [...old];
    const [moved] = next.splice(from, 1);
    if (moved === undefined) return next;
    next.splice(Math.max(0, Math.min(to, next.length)), 0, moved);
    return next;
  });
}

function usedKeys(schema: LabelSchema): Set<string> {
  const used = new Set<string>();
  const note = (options: readonly Choice[]) => {
    for (const option of options) {
      if (option.hotkey) used.add(option.hotkey.toLowerCase());
      note(option.children ?? []);
    }
  };
  for (const field of schema.fields ?? []) if ("options" in field.kind) note(field.kind.options);
  for (const one of schema.classes ?? []) if (one.hotkey) used.add(one.hotkey.toLowerCase());
  return used;
}

export function addClass(schema: LabelSchema, title = "New class"): LabelSchema {
  const classes = schema.classes ?? [];
  const before = classes.at(-1);
  const used = usedKeys(schema);
  const colours = new Set(classes.map((one) => one.color.toUpperCase()));
  const hotkey = [..."1234567890"].find((key) => !used.has(key));
  const [usual = "box"] = geometriesOf(modalityOf(schema, before?.pane));
  const made: LabelClass = {
    id: freeId(
      slug(title) || "class",
      classes.map((one) => one.id),
    ),
    title,
    geometry: before && before.geometry.length > 0 ? [...before.geometry] : [usual],
    color:
      PALETTE.find((colour) => !colours.has(colour)) ??
      PALETTE[classes.length % PALETTE.length] ??
      PALETTE[0],
    ...(hotkey ? { hotkey } : {}),
    ...(before?.pane ? { pane: before.pane } : {}),
    ...(before?.skeleton ? { skeleton: before.skeleton } : {}),
  };
  return { ...schema, classes: [...classes, made] };
}

const option = (title: string): Choice => ({ id: slug(title), title });

const another = (options: readonly Choice[]): Choice => ({
  id: freeId(
    "another",
    options.map((one) => one.id),
  ),
  title: "Another",
});

/** A kind with what it needs, keeping options where both have them. */
export function kindOf(type: FieldKind["type"], before?: FieldKind): FieldKind {
  const kept = before && "options" in before ? before.options : [option("First"), option("Second")];
  const flat = kept.map(({ children: _, ...rest }) => rest);
  switch (type) {
    case "choice":
      return { type, options: flat, multiple: false };
    case "tree":
      return { type, options: kept, leaves_only: true };
    case "ranking":
    case "pairwise":
      return { type, options: flat.length === 1 ? [...flat, another(flat)] : flat };
    case "rating":
      return { type, max: 5 };
    case "concept":
      return { type, list: "concepts" };
    case "text":
    case "number":
    case "boolean":
    case "transcript":
      return { type };
  }
}

export function addField(schema: LabelSchema, list: string, title = "New question"): LabelSchema {
  const taken = listAt<Field>(schema, list).map((field) => field.id);
  const made: Field = { id: freeId(slug(title) || "field", taken), title, kind: kindOf("choice") };
  return changeList(schema, list, (old) => [...old, made]);
}

export function addOption(schema: LabelSchema, list: string, title = "New option"): LabelSchema {
  const taken = listAt<Choice>(schema, list).map((one) => one.id);
  const made: Choice = { id: freeId(slug(title) || "option", taken), title };
  return changeList(schema, list, (old) => [...old, made]);
}

export function addRelation(schema: LabelSchema, title = "New relation"): LabelSchema {
  const taken = (schema.relations ?? []).map((one) => one.id);
  const made: RelationType = { id: freeId(slug(title) || "relation", taken), title, directed: true };
  return { ...schema, relations: [...(schema.relations ?? []), made] };
}

/** A class on another kind of data: it keeps the geometries that fit it, or gets its usual one. */
export function refitted(one: LabelClass, modality: LabelSchema["modality"]): LabelClass {
  const fitting = geometriesOf(modality);
  const [usual = "box"] = fitting;
  const kept = one.geometry.filter((kind) => fitting.includes(kind));
  return withGeometry(one, kept.length > 0 ? kept : [usual]);
}

/** Another kind of data; what lies in a pane stays as it is. */
export function withModality(schema: LabelSchema, modality: LabelSchema["modality"]): LabelSchema {
  const classes = schema.classes?.map((one) => (one.pane == null ? refitted(one, modality) : one));
  const fields = schema.fields?.map((field) => {
    // Only a conversation has responses to start from.
    if (field.kind.type !== "text" || field.kind.starts_from == null || modality === "dialogue") return field;
    const { starts_from: _, ...kind } = field.kind;
    return { ...field, kind };
  });
  return { ...schema, modality, ...(fields ? { fields } : {}), ...(classes ? { classes } : {}) };
}

/** Other geometries; a skeleton comes and goes with keypoints, a parent tier goes with intervals. */
export function withGeometry(before: LabelClass, geometry: GeometryKind[]): LabelClass {
  const { parent, ...others } = before;
  const one: LabelClass = parent && geometry.includes("interval") ? before : others;
  if (geometry.includes("keypoints")) {
    return { ...one, geometry, skeleton: one.skeleton ?? { points: ["First", "Second"], edges: [[0, 1]] } };
  }
  const { skeleton: _, ...rest } = one;
  return { ...rest, geometry };
}

/** Other joints; bones between joints that are still there stay where they were. */
export function withJoints(one: LabelClass, points: string[]): LabelClass {
  const before = one.skeleton?.points ?? [];
  const renamed = points.length === before.length;
  const edges = (one.skeleton?.edges ?? []).flatMap((edge) => {
    const ends = edge.map((end) => (renamed ? end : points.indexOf(before[end] ?? "")));
    return ends.every((end) => end >= 0) ? [ends] : [];
  });
  return { ...one, skeleton: { points, edges } };
}
