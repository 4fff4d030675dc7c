// A report on data, as the program prints it, and what it says in words.
import { count, counted, percent } from "../../../ui/format";

type Counts = Record<string, number>;

interface Hits {
  items: number;
}

interface Quantiles {
  least: number;
  median: number;
  most: number;
}

export interface Report {
  inputs: { path: string; items: number }[];
  items: number;
  without_data: number;
  unreadable: number;
  splits: Counts;
  labels: {
    labeled_items: number;
    counts: Counts;
    imbalance: number | null;
    effective_classes: number | null;
  };
  texts?: { characters: Quantiles; short: number; languages: Counts; personal: Record<string, Hits> };
  pictures?: { width: Quantiles; height: Quantiles; flaws: Record<string, Hits> };
  recordings?: { milliseconds: Quantiles; flaws: Record<string, Hits> };
  duplicates: {
    exact: number;
    near: number;
    across_inputs: number;
    leaks: number;
    first_pairs: { item: string; like: string; is_exact: boolean; is_leak: boolean }[];
  };
  licences: Counts;
  diversity: Record<
    string,
    { sampled: number; clusters: number; effective_clusters: number; nearest_median: number }
  >;
}

/** Reports of other versions of the program are none. */
export function readReport(found: unknown): Report | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  const report = found as Partial<Report>;
  const is = report.inputs && report.labels && report.duplicates && report.licences && report.diversity;
  return is ? (report as Report) : undefined;
}

const SHOWN = 20;

/** The largest first; what there is more of than fits is one row. */
export function rowsOf(
  counts: Record<string, number | Hits> | undefined,
): { id: string; label: string; value: number }[] {
  const rows = Object.entries(counts ?? {}).map(([id, one]) => ({
    id,
    label: id === "" ? "not said" : id.replaceAll("_", " "),
    value: typeof one === "number" ? one : one.items,
  }));
  rows.sort((one, two) => two.value - one.value || (one.id < two.id ? -1 : 1));
  const rest = rows.slice(SHOWN);
  if (rest.length === 0) return rows;
  const value = rest.reduce((sum, row) => sum + row.value, 0);
  return [...rows.slice(0, SHOWN), { id: "\u0000", label: `${count(rest.length)} others`, value }];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

const round = (value: number): string => value.toFixed(1);

export function sentences(report: Report): string[] {
  const { labels, texts, pictures, recordings, duplicates } = report;
  const said = [
    report.without_data + report.unreadable > 0
      ? `${counted(report.without_data + report.unreadable, "item")} without data that can be read.`
      : "",
    labels.labeled_items > 0
      ? `${counted(labels.labeled_items, "item")} with labels (${percent(labels.labeled_items / report.items)}).`
      : "No item has labels yet.",
    labels.imbalance != null && labels.effective_classes != null
      ? `The most frequent label is ${round(labels.imbalance)} times as frequent as the least; together they are as diverse as ${round(labels.effective_classes)} equal ones.`
      : "",
    texts
      ? `Texts of ${count(texts.characters.least)} to ${count(texts.characters.most)} characters, half of them below ${count(texts.characters.median)}; ${count(texts.short)} are short.`
      : "",
    pictures
      ? `Pictures of ${pictures.width.least} x ${pictures.height.least} to ${pictures.width.most} x ${pictures.height.most} pixels.`
      : "",
    recordings
      ? `Recordings of ${seconds(recordings.milliseconds.least)} to ${seconds(recordings.milliseconds.most)}, half of them below ${seconds(recordings.milliseconds.median)}.`
      : "",
    `${count(duplicates.exact)} exact and ${count(duplicates.near)} near duplicates; ${count(duplicates.across_inputs)} of them across sources, ${count(duplicates.leaks)} across splits.`,
    ...Object.entries(report.diversity).map(
      ([kind, one]) =>
        `As diverse as ${round(one.effective_clusters)} of ${one.clusters} clusters (${kind === "image" ? "pictures" : "texts"}, ${counted(one.sampled, "item")} looked at); half of the items have another one at a distance of ${one.nearest_median.toFixed(2)} or less.`,
    ),
  ];
  return said.filter((one) => one !== "");
}
