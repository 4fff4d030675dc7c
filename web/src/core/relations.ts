// Which relations may join two regions, and why another may not.
import type { LabelClass, RelationType } from "./types";

const allows = (classes: readonly string[] | undefined, one: string): boolean =>
  (classes ?? []).length === 0 || classes?.includes(one) === true;

export const startsAt = (type: RelationType, from: string): boolean => allows(type.from, from);

export const joins = (type: RelationType, from: string, to: string): boolean =>
  allows(type.from, from) && allows(type.to, to);

/** Which way round a type may join two classes; undefined when it may not. Without direction both are the same. */
export function wayOf(type: RelationType, from: string, to: string): "forward" | "back" | undefined {
  if (joins(type, from, to)) return "forward";
  return joins(type, to, from) ? "back" : undefined;
}

/** Can a relation of this type have an end at this class? */
export const touches = (type: RelationType, one: string): boolean =>
  allows(type.from, one) || allows(type.to, one);

/** From what to what it goes, in the words of the schema. */
export function reachOf(type: RelationType, classes: readonly LabelClass[]): string {
  const named = (ids: readonly string[] | undefined) =>
    (ids ?? []).length === 0
      ? "any class"
      : (ids ?? []).map((id) => classes.find((one) => one.id === id)?.title ?? id).join(" or ");
  return `${type.title} goes from ${named(type.from)} to ${named(type.to)}`;
}
