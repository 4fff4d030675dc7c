// Places and complaints of a schema in words: people know titles, not pointers.
import type { LabelSchema } from "../types";
import type { Problem } from "./check";
import { partsOf, valueAt } from "./pointer";

const NOUNS: Record<string, string> = {
  classes: "class",
  fields: "question",
  attributes: "attribute",
  options: "option",
  children: "option",
  relations: "relation",
  panes: "pane",
};

/** `class Car, option Red` for a place in a schema; empty for the schema as a whole. */
export function placeWords(schema: LabelSchema, pointer: string): string {
  const parts = partsOf(pointer);
  const found: string[] = [];
  let place = "";
  for (const [index, part] of parts.entries()) {
    place += `/${part}`;
    const noun = NOUNS[parts[index - 1] ?? ""];
    if (!noun || !/^\d+$/.test(part)) continue;
    const title = (valueAt(schema, place) as { title?: unknown } | undefined)?.title;
    found.push(
      typeof title === "string" && title.trim() !== "" ? `${noun} ${title}` : `${noun} ${Number(part) + 1}`,
    );
  }
  return found.join(", ");
}

/** The message with the pointers in it replaced by words. */
export function plain(schema: LabelSchema, problem: Pick<Problem, "message">): string {
  return problem.message.replace(
    /\/(?:fields|classes|relations|panes)\/\d+[/\w]*/g,
    (pointer) => placeWords(schema, pointer) || pointer,
  );
}
