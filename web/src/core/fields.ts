// Which questions are asked, and what is wrong with the values: the server's own rules, told before the submit.
import { placesOf } from "./ranking";
import { checkTiers } from "./timeline/complaints";
import type { Answer, Choice, Field, LabelSchema, Value, Values } from "./types";

/** Where and what, as the server would say it. */
export interface Complaint {
  pointer: string;
  message: string;
}

function holds(when: NonNullable<Field["when"]>, values: Readonly<Values>): boolean {
  const value = values[when.field];
  if (value === undefined) return false;
  return when.any_of.some((wanted) =>
    Array.isArray(value) && typeof wanted === "string"
      ? value.includes(wanted)
      : JSON.stringify(value) === JSON.stringify(wanted),
  );
}

export function asked(field: Field, values: Readonly<Values>): boolean {
  return !field.when || holds(field.when, values);
}

/** What has to change with the new values: questions that are no longer asked lose their value, one after another. */
export function withDropped(
  fields: readonly Field[],
  values: Readonly<Values>,
  changed: Record<string, Value | undefined>,
): Record<string, Value | undefined> {
  const all: Record<string, Value | undefined> = { ...values, ...changed };
  const result = { ...changed };
  for (const field of fields) {
    if (all[field.id] === undefined || asked(field, all as Values)) continue;
    all[field.id] = undefined;
    result[field.id] = undefined;
  }
  return result;
}

const segment = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

export function checkFields(fields: readonly Field[], values: Readonly<Values>, at: string): Complaint[] {
  const complaints: Complaint[] = [];
  for (const field of fields) {
    if (!asked(field, values)) continue;
    const value = values[field.id];
    const message = value === undefined ? missing(field) : wrong(field, value);
    if (message) complaints.push({ pointer: `${at}/${segment(field.id)}`, message });
  }
  return complaints;
}

function missing(field: Field): string | undefined {
  return field.required ? `${field.title} is required` : undefined;
}

function wrong(field: Field, value: Value): string | undefined {
  const { kind, title } = field;
  switch (kind.type) {
    case "choice": {
      if (!kind.multiple || !Array.isArray(value)) return undefined;
      const [least, most] = [kind.min ?? (field.required ? 1 : 0), kind.max ?? Infinity];
      if (value.length < least) return `${title} needs at least ${least}`;
      return value.length > most ? `${title} takes at most ${most}` : undefined;
    }
    case "tree":
      return kind.leaves_only && Array.isArray(value) && childrenOf(kind.options, value).length > 0
        ? `${title}: go on to an option without children`
        : undefined;
    case "ranking":
      return placesOf(value).flat().length !== kind.options.length
        ? `${title}: all ${kind.options.length} options are to be ranked`
        : undefined;
    case "number":
      return numberComplaint(title, kind, value);
    case "text":
      return textComplaint(title, kind.max_chars, kind.pattern, value);
    case "transcript":
      return textComplaint(title, kind.max_chars, undefined, value);
    default:
      return undefined;
  }
}

function numberComplaint(
  title: string,
  kind: { min?: number | null; max?: number | null; integer?: boolean },
  value: Value,
): string | undefined {
  if (typeof value !== "number") return `${title} is a number`;
  if (kind.integer && !Number.isInteger(value)) return `${title} is a whole number`;
  if (value < (kind.min ?? -Infinity) || value > (kind.max ?? Infinity)) {
    return `${title}: ${value} is not within ${kind.min ?? "…"} to ${kind.max ?? "…"}`;
  }
  return undefined;
}

function textComplaint(
  title: string,
  limit: number | null | undefined,
  pattern: string | null | undefined,
  value: Value,
): string | undefined {
  if (typeof value !== "string") return undefined;
  const length = [...value].length;
  if (limit != null && length > limit) return `${title}: ${length} characters, the limit is ${limit}`;
  if (pattern) {
    try {
      if (!new RegExp(`^(?:${pattern})$`, "u").test(value)) return `${title} does not have the wanted form`;
    } catch {
      // Written for the server's expressions; the server will say.
    }
  }
  return undefined;
}

/** The options below a path in a tree. */
export function childrenOf(options: readonly Choice[], path: readonly string[]): readonly Choice[] {
  let level = options;
  for (const id of path) level = level.find((option) => option.id === id)?.children ?? [];
  return level;
}

/** Everything that keeps an answer from being submitted. */
export function checkAnswer(schema: LabelSchema, answer: Answer): Complaint[] {
  const complaints = checkFields(schema.fields ?? [], answer.fields, "/fields");
  answer.regions.forEach((region, index) => {
    const attributes = schema.classes?.find((one) => one.id === region.class)?.attributes ?? [];
    complaints.push(...checkFields(attributes, region.attributes, `/regions/${index}/attributes`));
  });
  complaints.push(...checkTiers(schema.classes ?? [], answer.regions));
  return complaints;
}

/** The region or the field that a pointer of the server leads to. */
export function placeOf(
  pointer: string,
  answer: Answer,
): { region?: string; relation?: string; field?: string } {
  const parts = pointer
    .replace(/^\/answer/, "")
    .split("/")
    .slice(1);
  const name = parts[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
  if (parts[0] === "regions") return { region: answer.regions[Number(name)]?.id };
  if (parts[0] === "relations") return { relation: answer.relations[Number(name)]?.id };
  if (parts[0] === "fields") return { field: name };
  return {};
}
