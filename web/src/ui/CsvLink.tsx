// A table of the quality and automation pages as a file for a spreadsheet.
import { Anchor } from "@mantine/core";

export const TABLES = [
  "agreement",
  "classes",
  "matrix",
  "distribution",
  "labelers",
  "confusion",
  "suspects",
  "drift",
  "board",
  "runs",
] as const;

interface Props {
  project: number;
  table: (typeof TABLES)[number];
  /** Of what, for those who hear links one by one. */
  of: string;
  /** Where several stand side by side. */
  text?: string;
  /** Suspects only: the probability of being wrong from which on they are told. */
  least?: number;
}

export function CsvLink({ project, table, of, text = "Download CSV", least }: Props) {
  return (
    <Anchor
      href={`/api/v1/projects/${project}/tables/${table}${least == null ? "" : `?least=${least}`}`}
      download={`${table}.csv`}
      size="sm"
      aria-label={`${text}: ${of}`}
    >
      {text}
    </Anchor>
  );
}
