// Words of the filter language for tasks, made by the page instead of by a person.

const BARE = /^[\p{L}\p{N}_-]+$/u;
const JOINS = new Set(["and", "or", "not"]);

/** A value as the language reads it: in quotes where it is more than a word. */
export function quoted(value: string): string {
  if (BARE.test(value) && !JOINS.has(value.toLowerCase())) return value;
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

export const usesClass = (id: string): string => `class:${quoted(id)}`;
export const answeredBy = (name: string): string => `labeler:${quoted(name)}`;
export const answered = (field: string, value: string): string => `field.${field}:${quoted(value)}`;
