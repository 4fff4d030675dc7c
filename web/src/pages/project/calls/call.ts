// A call as it is written into the form, and as the server wants it.
import type { Schemas } from "../../../api/client";

export type Settings = Schemas["CallSettings"];
export type Kind = Schemas["GiftKind"];

export const KINDS: { value: Kind; label: string }[] = [
  { value: "text", label: "Texts" },
  { value: "photo", label: "Pictures" },
  { value: "audio", label: "Recordings" },
  { value: "form", label: "A form" },
  { value: "file", label: "Files of any of these kinds" },
];

export const EMPTY: Settings = {
  title: "",
  instructions: "",
  kinds: ["text"],
  fields: [],
  categories: [],
  licence: "",
  most_each: null,
  most: null,
  opens_at: null,
  closes_at: null,
  paused: false,
  accept_at_once: false,
  least_chars: 10,
  completion: null,
};

/** In a word, from what was set. */
export function stateOf(settings: Settings, now = Date.now()): string {
  if (settings.paused) return "paused";
  if (settings.closes_at && Date.parse(settings.closes_at) <= now) return "closed";
  if (settings.opens_at && Date.parse(settings.opens_at) > now) return "not yet open";
  return "open";
}

/** A line each: `Title`, or `Title: 20` with the most that are wanted. */
export function categoriesOf(text: string): Schemas["CallCategory"][] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const parts = /^(.*?)(?::\s*(\d+))?$/.exec(line);
      const title = parts?.[1]?.trim() || line;
      return { id: idOf(title), title, most: parts?.[2] ? Number(parts[2]) : null };
    });
}

export function categoriesText(categories: Schemas["CallCategory"][] | undefined): string {
  return (categories ?? [])
    .map((one) => (one.most == null ? one.title : `${one.title}: ${one.most}`))
    .join("\n");
}

/** A line each: `Title`, `Title (number)`, `Title (yes or no)`, `Title (one | other)`; a star at the end makes it needed. */
export function fieldsOf(text: string): Schemas["FormField"][] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const required = line.endsWith("*");
      const parts = /^(.*?)\s*(?:\(([^)]*)\))?$/.exec(required ? line.slice(0, -1).trim() : line);
      const title = parts?.[1]?.trim() || line;
      return { id: idOf(title), title, kind: kindOf(parts?.[2]?.trim() ?? ""), required };
    });
}

function kindOf(word: string): Schemas["FormFieldKind"] {
  if (word === "number") return { type: "number" };
  if (word === "yes or no") return { type: "yes_no" };
  if (word.includes("|")) {
    return { type: "choice", options: word.split("|").map((option) => option.trim()) };
  }
  return { type: "text" };
}

export function fieldsText(fields: Schemas["FormField"][] | undefined): string {
  return (fields ?? [])
    .map((field) => {
      const words = {
        text: "",
        number: " (number)",
        yes_no: " (yes or no)",
        choice: field.kind.type === "choice" ? ` (${field.kind.options.join(" | ")})` : "",
      }[field.kind.type];
      return `${field.title}${words}${field.required ? "*" : ""}`;
    })
    .join("\n");
}

/** A name for programs: small letters, digits and hyphens. */
export function idOf(title: string): string {
  const plain = title
    .toLowerCase()
    .normalize("NFD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  if (plain) return plain;
  // Titles without a Latin letter: the same one gets the same name.
  let hash = 0;
  for (const char of title) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return `c${hash.toString(36)}`;
}

/** What a browser's field for date and time holds, in its own time zone, and back. */
export function localTime(iso: string | null | undefined): string {
  if (!iso) return "";
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function isoTime(local: string): string | null {
  return local ? new Date(local).toISOString() : null;
}
