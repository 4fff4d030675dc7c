// Values as people read them.
import { rankingWords } from "../../core/ranking";
import type { Field, Value } from "../../core/types";
import type { Media } from "../plugin";
import type { EditorSession } from "../session";

/** What is labeled, by the kind of editor. */
export const KIND_WORDS: Readonly<Record<Media["kind"], string>> = {
  image: "Image",
  audio: "Sound",
  text: "Text",
  dialogue: "Conversation",
  table: "Records",
  time_series: "Series",
  document: "Document",
  volume: "Scan",
  video: "Video",
};

/** The canvas in words. What is painted cannot be read out: there the list is named. */
export function canvasWords({ plugin, doc }: EditorSession): string {
  const named = `${KIND_WORDS[plugin.kind]}, ${doc.regions.length} regions`;
  return ["text", "dialogue", "table"].includes(plugin.kind)
    ? named
    : `${named}; the list of regions says what they are`;
}

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
