// From the text of a schema document to something that forms can edit. The server is the judge of a document; this only
// keeps out what a form could not show, with the place of it.
import type { Complaint } from "../fields";
import { CONSTRAINTS } from "../timeline/tiers";
import type { LabelSchema } from "../types";
import { segment } from "./pointer";

type Shape =
  | "text"
  | "truth"
  | "whole"
  | "number"
  | "any"
  | { list: Shape }
  | { of: Record<string, Shape>; needs: readonly string[] }
  | { none: Shape }
  | "choices"
  | "constraint"
  | "kind";

const none = (shape: Shape): Shape => ({ none: shape });

const CHOICE: Shape = {
  of: {
    id: "text",
    title: "text",
    description: "text",
    color: none("text"),
    hotkey: none("text"),
    children: "choices",
  },
  needs: ["id", "title"],
};

const KINDS: Record<string, { of: Record<string, Shape>; needs: readonly string[] }> = {
  choice: {
    of: { options: "choices", multiple: "truth", min: none("whole"), max: none("whole") },
    needs: ["options"],
  },
  tree: { of: { options: "choices", leaves_only: "truth" }, needs: ["options"] },
  text: {
    of: {
      multiline: "truth",
      max_chars: none("whole"),
      pattern: none("text"),
      starts_from: none("text"),
    },
    needs: [],
  },
  number: {
    of: { min: none("number"), max: none("number"), integer: "truth", unit: none("text") },
    needs: [],
  },
  rating: { of: { max: "whole" }, needs: ["max"] },
  boolean: { of: {}, needs: [] },
  ranking: { of: { options: "choices", ties: "truth" }, needs: ["options"] },
  pairwise: { of: { options: "choices" }, needs: ["options"] },
  transcript: { of: { max_chars: none("whole") }, needs: [] },
  concept: { of: { list: "text" }, needs: ["list"] },
};

const FIELD: Shape = {
  of: {
    id: "text",
    title: "text",
    help: "text",
    kind: "kind",
    required: "truth",
    mutable: "truth",
    when: none({ of: { field: "text", any_of: { list: "any" } }, needs: ["field", "any_of"] }),
  },
  needs: ["id", "title", "kind"],
};

const CLASS: Shape = {
  of: {
    id: "text",
    title: "text",
    geometry: { list: "text" },
    color: "text",
    hotkey: none("text"),
    description: "text",
    examples: { of: { positive: { list: "text" }, negative: { list: "text" } }, needs: [] },
    attributes: { list: FIELD },
    skeleton: none({
      of: { points: { list: "text" }, edges: { list: { list: "whole" } } },
      needs: ["points"],
    }),
    pane: none("text"),
    parent: none({ of: { class: "text", constraint: "constraint" }, needs: ["class", "constraint"] }),
  },
  needs: ["id", "title", "geometry", "color"],
};

const RELATION: Shape = {
  of: {
    id: "text",
    title: "text",
    from: { list: "text" },
    to: { list: "text" },
    directed: "truth",
    transitive: "truth",
  },
  needs: ["id", "title"],
};

const PANE: Shape = {
  of: { id: "text", title: "text", modality: "text" },
  needs: ["id", "title", "modality"],
};

const SCHEMA: Shape = {
  of: {
    name: "text",
    description: "text",
    modality: "text",
    panes: { list: PANE },
    fields: { list: FIELD },
    classes: { list: CLASS },
    relations: { list: RELATION },
  },
  needs: ["name", "modality"],
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function members(
  value: unknown,
  { of, needs }: { of: Record<string, Shape>; needs: readonly string[] },
  at: string,
): Complaint | undefined {
  if (!isObject(value)) return { pointer: at, message: "a group of named values is needed here" };
  const lacks = needs.find((name) => value[name] === undefined);
  if (lacks !== undefined) return { pointer: at, message: `${lacks} is missing` };
  for (const [name, inner] of Object.entries(value)) {
    const shape = Object.hasOwn(of, name) ? of[name] : undefined;
    if (shape === undefined)
      return { pointer: `${at}/${segment(name)}`, message: `${name} is not known here` };
    const wrong = misfit(inner, shape, `${at}/${segment(name)}`);
    if (wrong) return wrong;
  }
  return undefined;
}

function kindMisfit(value: unknown, at: string): Complaint | undefined {
  const type = isObject(value) ? value.type : undefined;
  const known = typeof type === "string" && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (!known) return { pointer: `${at}/type`, message: `a kind is one of ${Object.keys(KINDS).join(", ")}` };
  return members(value, { of: { ...known.of, type: "text" }, needs: known.needs }, at);
}

function misfit(value: unknown, shape: Shape, at: string): Complaint | undefined {
  const told = (message: string): Complaint => ({ pointer: at, message });
  if (shape === "any") return undefined;
  if (shape === "text") return typeof value === "string" ? undefined : told("a text is needed here");
  if (shape === "truth") return typeof value === "boolean" ? undefined : told("true or false is needed here");
  if (shape === "number") return typeof value === "number" ? undefined : told("a number is needed here");
  if (shape === "whole") {
    const fits = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
    return fits ? undefined : told("a whole number from 0 is needed here");
  }
  if (shape === "kind") return kindMisfit(value, at);
  if (shape === "constraint") {
    return (CONSTRAINTS as readonly unknown[]).includes(value)
      ? undefined
      : told(`a constraint is one of ${CONSTRAINTS.join(", ")}`);
  }
  if (shape === "choices") return misfit(value, { list: CHOICE }, at);
  if ("none" in shape) return value === null ? undefined : misfit(value, shape.none, at);
  if ("of" in shape) return members(value, shape, at);
  if (!Array.isArray(value)) return told("a list is needed here");
  for (const [index, entry] of value.entries()) {
    const wrong = misfit(entry, shape.list, `${at}/${index}`);
    if (wrong) return wrong;
  }
  return undefined;
}

export const MODALITIES: readonly LabelSchema["modality"][] = [
  "image",
  "video",
  "audio",
  "text",
  "document",
  "time_series",
  "dialogue",
  "table",
  "volume",
];

/** The document, or the first thing that keeps it from being one. */
export function readSchema(text: string): { schema: LabelSchema } | { problem: Complaint } {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    return { problem: { pointer: "", message: error instanceof Error ? error.message : String(error) } };
  }
  const problem = misfit(read, SCHEMA, "");
  if (problem) return { problem };
  const schema = read as LabelSchema;
  const shown = [
    ["", schema.modality],
    ...(schema.panes ?? []).map((one, at) => [`/panes/${at}`, one.modality]),
  ];
  const strange = shown.find(([, one]) => !(MODALITIES as readonly unknown[]).includes(one));
  if (strange) {
    const message = `a modality is one of ${MODALITIES.join(", ")}`;
    return { problem: { pointer: `${strange[0]}/modality`, message } };
  }
  return { schema };
}

export const writeSchema = (schema: LabelSchema): string => JSON.stringify(schema, null, 2);
