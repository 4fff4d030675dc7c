// Where a collected item comes from, as its metadata says.

export interface Provenance {
  /** An http or https address. */
  url: string;
  fetchedAt?: string;
  robots?: string;
  licence?: string;
  sha256?: string;
}

/** Nothing for items that were not collected, and for addresses that no browser should open. */
export function provenance(metadata: unknown): Provenance | undefined {
  const origin = (metadata as { provenance?: Record<string, unknown> } | null)?.provenance;
  if (typeof origin !== "object" || origin === null) return undefined;
  const text = (key: string) => (typeof origin[key] === "string" ? (origin[key] as string) : undefined);
  const url = text("final_url") ?? text("url");
  if (!url || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  return {
    url,
    fetchedAt: text("fetched_at"),
    robots: text("robots"),
    licence: text("licence"),
    sha256: text("sha256"),
  };
}

export function host(url: string): string {
  return new URL(url).host;
}

const ROBOTS: Record<string, string> = {
  allowed: "robots.txt allows it",
  no_rules: "the site has no rules for robots",
};

/** All of it in one line. */
export function told(origin: Provenance): string {
  const parts = [origin.url];
  if (origin.fetchedAt) parts.push(`fetched ${origin.fetchedAt.slice(0, 19).replace("T", " ")} UTC`);
  parts.push(origin.licence ? `licence ${origin.licence}` : "no licence named");
  if (origin.robots) parts.push(ROBOTS[origin.robots] ?? origin.robots);
  return parts.join(", ");
}

/** Who gave an item, for those that came by themselves: through a call, from a program, a folder or a mail. */
export function giver(metadata: unknown): string | undefined {
  const origin = (metadata as { provenance?: Record<string, unknown> } | null)?.provenance;
  if (typeof origin !== "object" || origin === null) return undefined;
  const word = (key: string) =>
    typeof origin[key] === "string" || typeof origin[key] === "number" ? String(origin[key]) : "";
  const licence = word("licence") ? `, ${word("licence")}` : "";
  const { consent } = origin as { consent?: { terms_version?: unknown } };
  switch (origin.source) {
    case "synthesis":
      return "Made by a recipe";
    case "augmentation":
      return `Changed copy of ${String((metadata as { parent?: unknown }).parent ?? "another item")}${licence}`;
    case "call":
      return `Given by contributor ${word("contributor")} under terms ${String(consent?.terms_version ?? "")}${licence}`;
    case "push":
      return `Pushed by a program${licence}`;
    case "watched_folder":
      return `From the watched folder: ${word("file")}${licence}`;
    case "maildir":
      return `From a mail of ${word("sender")}${licence}`;
    default:
      return undefined;
  }
}
