// What a template is good for, in words that people filter by, and which templates a search finds.
import type { FieldKind, GeometryKind, LabelSchema } from "../types";

export interface Template {
  id: string;
  title: string;
  description: string;
  document: LabelSchema;
  /** What the server adds to what the document itself tells. */
  tags?: readonly string[];
}

const SHAPES: Record<GeometryKind, string> = {
  box: "boxes",
  rotated_box: "boxes",
  ellipse: "boxes",
  polygon: "outlines",
  polyline: "lines",
  points: "points",
  keypoints: "keypoints",
  mask: "masks",
  cuboid: "boxes",
  span: "spans",
  interval: "intervals",
  track: "tracks",
  cells: "cells",
};

const QUESTIONS: Record<Exclude<FieldKind["type"], "boolean">, string> = {
  choice: "classification",
  tree: "classification",
  text: "writing",
  number: "numbers",
  rating: "rating",
  ranking: "comparison",
  pairwise: "comparison",
  transcript: "writing",
  concept: "entity linking",
};

/** The tags of a template: those of its schema, then those that it comes with. */
export function tagsOf(template: Template): string[] {
  const { classes = [], fields = [], relations = [] } = template.document;
  const found = new Set<string>();
  for (const one of classes) for (const kind of one.geometry) found.add(SHAPES[kind]);
  if (relations.length > 0) found.add("relations");
  // A box to tick is in nearly all of them and tells nothing.
  for (const { kind } of fields) if (kind.type !== "boolean") found.add(QUESTIONS[kind.type]);
  for (const tag of template.tags ?? []) found.add(tag);
  return [...found];
}

export interface Wanted {
  words: string;
  modality: string | null;
  tags: readonly string[];
}

function textOf(template: Template): string {
  const { classes = [], fields = [], modality } = template.document;
  return [
    template.title,
    template.description,
    modality.replaceAll("_", " "),
    ...tagsOf(template),
    ...classes.map((one) => one.title),
    ...fields.map((field) => field.title),
  ]
    .join(" ")
    .toLowerCase();
}

/** The templates in which every word is found and which have every tag; titles that begin with the words come first. */
export function found(templates: readonly Template[], wanted: Wanted): Template[] {
  const words = wanted.words.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = templates.filter((template) => {
    if (wanted.modality !== null && template.document.modality !== wanted.modality) return false;
    const tags = tagsOf(template);
    if (!wanted.tags.every((tag) => tags.includes(tag))) return false;
    const text = textOf(template);
    return words.every((word) => text.includes(word));
  });
  const begins = (one: Template) => (one.title.toLowerCase().startsWith(words.join(" ")) ? 0 : 1);
  return words.length === 0 ? hits : [...hits].sort((one, two) => begins(one) - begins(two));
}

/** Every tag, the most frequent first, with how many templates have it. */
export function allTags(templates: readonly Template[]): [tag: string, count: number][] {
  const counts = new Map<string, number>();
  for (const template of templates)
    for (const tag of tagsOf(template)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort((one, two) => two[1] - one[1] || one[0].localeCompare(two[0]));
}
