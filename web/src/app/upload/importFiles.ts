// How uploaded files are read, and the queueing of their import.
import { api, type Schemas, take } from "../../api/client";
import { isId } from "../../core/schema/check";
import { slug } from "../../core/schema/edit";
import { delimiterOf, importGroups, type PickedFile } from "./pick";

/** The column of a table that holds what items have for a pane. */
export interface PaneColumn {
  /** The id of a pane, or a name that somebody typed. */
  pane: string;
  column: string;
}

export interface ImportOptions {
  /** A format's id, or `auto`. */
  format: string;
  onError: "keep_good" | "refuse_all";
  /** Columns of a table; empty to find them by their usual names. */
  content: string;
  key: string;
  panes: readonly PaneColumn[];
  /** Options of the format by their keys. */
  set: Record<string, string>;
}

export const DEFAULT_IMPORT: ImportOptions = {
  format: "auto",
  onError: "keep_good",
  content: "",
  key: "",
  panes: [],
  set: {},
};

/** The id that a schema gives to a pane of this name. */
export const paneIdOf = (name: string): string => (isId(name.trim()) ? name.trim() : slug(name));

/** The column mapping as the server wants it; none for files that are no tables. */
export function mappingOf(files: { name: string }[], options: ImportOptions): Schemas["Mapping"] {
  const columns = delimiterOf(files) === undefined ? DEFAULT_IMPORT : options;
  const panes = columns.panes
    .map(({ pane, column }) => [paneIdOf(pane), column])
    .filter(([pane, column]) => pane !== "" && column !== "");
  return {
    content: columns.content || null,
    key: columns.key || null,
    metadata: null,
    labels: {},
    // Of two columns for one pane the first one counts; the form says so.
    panes: Object.fromEntries(panes.reverse()),
  };
}

export interface ImportOrder {
  dataset: number;
  /** The items become tasks of this project. */
  project?: number;
  files: PickedFile[];
  /** The finished uploads of the files, in their order. */
  uploads: number[];
  options: ImportOptions;
}

/** What the imports of uploaded files would bring, one look for each import. Nothing is stored. */
export function previewImports(
  workspace: number,
  files: PickedFile[],
  uploads: number[],
  options: ImportOptions,
): Promise<Schemas["ImportPreviewView"][]> {
  const uploadOf = new Map(files.map((file, index) => [file, uploads[index]]));
  const looks = importGroups(files).map((group) =>
    take(
      api.POST("/api/v1/workspaces/{workspace}/imports/preview", {
        params: { path: { workspace } },
        body: {
          uploads: group.map((file) => uploadOf.get(file)).filter((id) => id !== undefined),
          format: options.format,
          mapping: mappingOf(group, options),
          options: options.set,
        },
      }),
    ),
  );
  return Promise.all(looks);
}

/** Queues the imports of uploaded files; the ids of their jobs. */
export async function queueImports(order: ImportOrder): Promise<number[]> {
  const jobs: number[] = [];
  const { files, options } = order;
  const uploadOf = new Map(files.map((file, index) => [file, order.uploads[index]]));
  for (const group of importGroups(files)) {
    const made = await take(
      api.POST("/api/v1/datasets/{dataset}/imports", {
        params: { path: { dataset: order.dataset } },
        body: {
          uploads: group.map((file) => uploadOf.get(file)).filter((id) => id !== undefined),
          format: options.format,
          on_error: options.onError,
          mapping: mappingOf(group, options),
          options: options.set,
          project_id: order.project,
        },
      }),
    );
    jobs.push(made.id);
  }
  return jobs;
}
