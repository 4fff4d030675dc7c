// JSON pointers (RFC 6901) into a schema: forms edit by them, complaints point with them.
import type { LabelSchema } from "../types";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export const segment = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

export const partsOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

export const parentOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf("/"));
export const lastOf = (pointer: string): string => partsOf(pointer).at(-1) ?? "";

/** What is at the place; undefined where there is nothing. */
export function valueAt(schema: LabelSchema, pointer: string): unknown {
  let node: unknown = schema;
  for (const part of partsOf(pointer)) {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, part)) return undefined;
    node = (node as Record<string, unknown>)[part];
  }
  return node;
}

export function listAt<Entry>(schema: LabelSchema, pointer: string): readonly Entry[] {
  const found = valueAt(schema, pointer);
  return Array.isArray(found) ? (found as Entry[]) : [];
}

function changed(node: unknown, parts: readonly string[], change: (old: unknown) => unknown): unknown {
  const [first, ...rest] = parts;
  if (first === undefined) return change(node);
  if (Array.isArray(node)) {
    const index = Number(first);
    return index in node ? node.map((one, at) => (at === index ? changed(one, rest, change) : one)) : node;
  }
  const object = (node ?? {}) as Record<string, unknown>;
  const next = changed(Object.hasOwn(object, first) ? object[first] : undefined, rest, change);
  if (next !== undefined) return { ...object, [first]: next };
  const { [first]: _, ...others } = object;
  return others;
}

/** The same schema with another value at the place; undefined takes the value away. Lists keep their length. */
export function put(schema: LabelSchema, pointer: string, value: unknown): LabelSchema {
  return changed(schema, partsOf(pointer), () => value) as LabelSchema;
}

export function changeList(
  schema: LabelSchema,
  pointer: string,
  change: (list: readonly unknown[]) => unknown[],
): LabelSchema {
  return changed(schema, partsOf(pointer), (old) => change(Array.isArray(old) ? old : [])) as LabelSchema;
}
