// Values as people read them.
import { rankingWords } from "../../core/ranking";
import type { Field, Value } from "../../core/types";

/** Options by their titles. */
export function valueWords({ kind }: Field, value: Value): string {
  if (typeof value === "object" && !Array.isArray(value)) return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  const titles = new Map("options" in kind ? kind.options.map((one) => [one.id, one.title]) : []);
  const titleOf = (id: string) => titles.get(id) ?? id;
  if (kind.type === "ranking") return rankingWords(value, titleOf);
  return [value]
    .flat()
    .map((one) => titleOf(String(one)))
    .join(", ");
}
