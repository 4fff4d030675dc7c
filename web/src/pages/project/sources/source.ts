// A source as it is written into the form, and as the server wants it.
import type { Schemas } from "../../../api/client";

export type Kind = "web" | "hub" | "http" | "bucket" | "apify" | "database" | Made;

/** What is made here and not brought from elsewhere. */
export type Made = "synthesis" | "augmentation";

export const isMade = (kind: Kind): kind is Made => kind === "synthesis" || kind === "augmentation";

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
  normalise: boolean;
  tokens: boolean;
  dataset: string;
  configuration: string;
  /** The viewer of a mirror of the hub; empty for the hub's own. */
  base_url: string;
  /** Names with commas between them. */
  splits: string;
  content: string;
  store: Schemas["BucketKind"];
  /** Name of a connection; empty for what is public. */
  connection: string;
  bucket: string;
  keep: Schemas["Keep"];
  prefix: string;
  /** Ends of keys with commas between them. */
  endings: string;
  endpoint: string;
  account: string;
  actor: string;
  /** JSON. */
  input: string;
  most_usd: number;
  query: string;
  key: string;
  cursor: string;
  what: Schemas["Synthesized"];
  /** Recipes of what is made, in TOML. */
  synthesis: string;
  augmentation: string;
  count: number;
  factor: number;
  seed: number;
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
  normalise: false,
  tokens: false,
  dataset: "",
  configuration: "",
  base_url: "",
  splits: "",
  content: "",
  store: "s3",
  connection: "",
  bucket: "",
  keep: "copy",
  prefix: "",
  endings: "",
  endpoint: "",
  account: "",
  actor: "",
  input: "",
  most_usd: 0,
  query: "",
  key: "",
  cursor: "",
  what: "text",
  synthesis: "",
  augmentation: "",
  count: 100,
  factor: 2,
  seed: 1,
};

/** Places of mistakes that stand beside their field. */
export const PLACES = [
  ...["pages", "pictures", "rate", "recipe", "dataset", "urls", "urls/0", "content", "connection"],
  ...["bucket", "endpoint", "account", "actor", "most_usd", "query", "count", "factor", "base_url"],
].map((place) => `/source/${place}`);

export function wanted(written: Written): Schemas["CollectSource"] {
  const urls = parts(written.urls, "\n");
  const or = (text: string) => text.trim() || null;
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
        recipe: or(written.recipe),
        normalise: written.normalise,
        tokens: written.tokens,
      };
    case "hub":
      return {
        kind: "hub",
        dataset: written.dataset.trim(),
        configuration: or(written.configuration),
        splits: parts(written.splits, ","),
        base_url: or(written.base_url),
      };
    case "http":
      return { kind: "http", urls, content: or(written.content) };
    case "bucket":
      return {
        kind: "bucket",
        store: written.store,
        connection: or(written.connection),
        bucket: written.store === "folder" ? "" : written.bucket.trim(),
        keep: written.keep,
        prefix: written.prefix.trim(),
        endings: parts(written.endings, ","),
        endpoint: written.connection ? null : or(written.endpoint),
        account: written.connection || written.store !== "azure" ? null : or(written.account),
        content: or(written.content),
      };
    case "apify":
      return {
        kind: "apify",
        connection: or(written.connection),
        dataset: or(written.dataset),
        actor: or(written.actor),
        input: written.input.trim() === "" ? null : (JSON.parse(written.input) as Record<string, never>),
        most_usd: written.most_usd > 0 ? written.most_usd : null,
        key: or(written.key),
        content: written.content.trim(),
      };
    case "database":
      return {
        kind: "database",
        connection: written.connection,
        query: written.query,
        key: or(written.key),
        cursor: or(written.cursor),
        content: written.content.trim(),
      };
    case "synthesis":
      return {
        kind: "synthesis",
        what: written.what,
        recipe: written.synthesis,
        count: written.count,
        seed: written.seed,
      };
    case "augmentation":
      return {
        kind: "augmentation",
        recipe: written.augmentation,
        factor: written.factor,
        seed: written.seed,
      };
  }
}

/** What keeps the form from being sent: JSON that is none. */
export function mistake(written: Written): string | undefined {
  if (written.kind !== "apify" || written.input.trim() === "") return undefined;
  try {
    const parsed: unknown = JSON.parse(written.input);
    const is = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return is ? undefined : "The input is no JSON object.";
  } catch {
    return "The input is no JSON.";
  }
}

function parts(text: string, between: string): string[] {
  return text
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** How often a source is asked, in seconds; an empty one is asked once. */
export const PAUSES = [
  { value: "", label: "Once" },
  { value: "3600", label: "Every hour" },
  { value: "21600", label: "Every 6 hours" },
  { value: "86400", label: "Every day" },
  { value: "604800", label: "Every week" },
  { value: "2592000", label: "Every 30 days" },
];

/** Kinds of sources as people call them. */
export const KINDS: Record<string, string> = {
  web: "Web site",
  http: "Address",
  hub: "Dataset hub",
  s3: "S3 bucket",
  gcs: "Google bucket",
  azure: "Azure container",
  apify: "Apify",
  database: "Database",
  upload: "Upload",
  folder: "Folder of the server",
  push: "Pushed by a program",
  watched_folder: "Watched folder",
  maildir: "Mail",
  synthesis: "Made by a recipe",
  augmentation: "Changed copies",
};
