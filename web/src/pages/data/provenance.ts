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
