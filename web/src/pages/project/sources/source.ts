// A source as it is written into the form, and as the server wants it.
import type { Schemas } from "../../../api/client";

export type Kind = "web" | "hub" | "http";

export interface Written {
  kind: Kind;
  /** An address a line. */
  urls: string;
  pages: number;
  pictures: number;
  depth: number;
  rate: number;
  reach: "host" | "domain" | "folder";
  recipe: string;
  dataset: string;
  configuration: string;
  /** Names with commas between them. */
  splits: string;
  content: string;
}

export const EMPTY: Written = {
  kind: "web",
  urls: "",
  pages: 100,
  pictures: 0,
  depth: 5,
  rate: 1,
  reach: "host",
  recipe: "",
  dataset: "",
  configuration: "",
  splits: "",
  content: "",
};

/** Places of mistakes that stand beside their field. */
export const PLACES = ["pages", "pictures", "rate", "recipe", "dataset", "urls", "urls/0"].map(
  (place) => `/source/${place}`,
);

export function wanted(written: Written): Schemas["CollectSource"] {
  const urls = parts(written.urls, "\n");
  switch (written.kind) {
    case "web":
      return {
        kind: "web",
        urls,
        pages: written.pages,
        pictures: written.pictures,
        depth: written.depth,
        rate: written.rate,
        reach: written.reach,
        recipe: written.recipe.trim() || null,
      };
    case "hub":
      return {
        kind: "hub",
        dataset: written.dataset.trim(),
        configuration: written.configuration.trim() || null,
        splits: parts(written.splits, ","),
      };
    case "http":
      return { kind: "http", urls, content: written.content.trim() || null };
  }
}

function parts(text: string, between: string): string[] {
  return text
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
