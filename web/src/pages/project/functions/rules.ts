// Rules of labeling functions as people see them: kinds, what a new one begins with, and what one says in words.
import type { Schemas } from "../../../api/client";
import { counted } from "../../../ui/format";

export type Rule = Schemas["Rule"];
export type Kind = Rule["type"];

export const KINDS: { kind: Kind; label: string; about: string }[] = [
  {
    kind: "keyword",
    label: "Keyword",
    about: "One of these is a part of it, whatever the case of its letters.",
  },
  { kind: "dictionary", label: "Dictionary", about: "Whole words or phrases of a list stand in it." },
  {
    kind: "regex",
    label: "Regular expression",
    about:
      "The pattern finds something. (?i) ignores case, \\b is the edge of a word; look-around is not there.",
  },
  {
    kind: "filter",
    label: "Filter",
    about: 'The filter language with key, text and meta.KEY, for example meta.lang:en text~"out of stock".',
  },
];

/** What a rule looks at besides a filter. */
export function targetOf(rule: Rule): string {
  return rule.type === "filter" ? "text" : (rule.target ?? "text");
}

/** The words of a rule, one a line; the pattern or the filter of those that have no words. */
export function contentOf(rule: Rule): string {
  switch (rule.type) {
    case "regex":
      return rule.pattern;
    case "filter":
      return rule.filter;
    default:
      return rule.words.join("\n");
  }
}

/** A rule of a kind with this content. */
export function ruleOf(kind: Kind, content: string, target: string, atLeast = 1): Rule {
  switch (kind) {
    case "regex":
      return { type: "regex", pattern: content, target };
    case "filter":
      return { type: "filter", filter: content };
    case "dictionary":
      return { type: "dictionary", words: linesOf(content), at_least: atLeast, target };
    case "keyword":
      return { type: "keyword", words: linesOf(content), target };
  }
}

function linesOf(content: string): string[] {
  return content
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

const SHOWN = 4;

/** `text has refund, cancel` */
export function ruleWords(rule: Rule): string {
  const place = targetOf(rule);
  switch (rule.type) {
    case "regex":
      return `${place} matches ${rule.pattern}`;
    case "filter":
      return rule.filter;
    default: {
      const shown = rule.words.slice(0, SHOWN).join(", ");
      const rest = rule.words.length > SHOWN ? ` and ${counted(rule.words.length - SHOWN, "other")}` : "";
      const least = rule.type === "dictionary" && (rule.at_least ?? 1) > 1 ? `${rule.at_least} of ` : "";
      return `${place} has ${least}${shown}${rest}`;
    }
  }
}

/** Fields of a schema that labeling functions can vote on: those that take one of some options. */
export function votedFields(schema: Schemas["LabelSchema"] | undefined): Schemas["Field"][] {
  return (schema?.fields ?? []).filter((field) => field.kind.type === "choice" && !field.kind.multiple);
}

/** `all 200 items` or `4,000 of 1,000,000 items`, for captions. */
export function lookedWords(looked: Schemas["LookedView"]): string {
  const whole = looked.items >= looked.tasks && !looked.cut;
  const items = whole
    ? `all ${counted(looked.tasks, "item")}`
    : `a sample of ${counted(looked.items, "item")} out of ${counted(looked.tasks, "item")}`;
  const cut = looked.cut ? " (the time was up)" : "";
  return `Measured on ${items}${cut}; the value of ${counted(looked.labeled, "item")} is known.`;
}
