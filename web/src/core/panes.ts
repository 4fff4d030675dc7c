// Tasks of several kinds of data: beside its own data an item has companions, each in a pane. The class of a region says
// in which pane it lies.
import type { LabelSchema, Region } from "./types";

/** The pane in which regions of a class lie; undefined for the item's own data. */
export type PaneOf = (className: string) => string | undefined;

/** Of a schema; a class that it does not have lies on the item's own data, so that nothing is lost from sight. */
export function paneOf(schema: LabelSchema): PaneOf {
  const panes = new Map((schema.classes ?? []).map((one) => [one.id, one.pane ?? undefined]));
  return (className) => panes.get(className);
}

/** The kind of data that regions of a pane lie on. */
export function modalityOf(schema: LabelSchema, pane: string | null | undefined): LabelSchema["modality"] {
  return schema.panes?.find((one) => one.id === pane)?.modality ?? schema.modality;
}

/**
 * The schema as the editor of one pane needs it: its kind of data and its classes. Questions are about the item as a
 * whole and asked with its own data. Relations join regions of any panes: they stay as they are.
 */
export function schemaOfPane(schema: LabelSchema, pane: string | undefined): LabelSchema {
  return {
    ...schema,
    modality: modalityOf(schema, pane),
    panes: [],
    fields: pane === undefined ? (schema.fields ?? []) : [],
    classes: (schema.classes ?? []).filter((one) => (one.pane ?? undefined) === pane),
  };
}

/** Those that lie in one pane. */
export function regionsIn(
  regions: readonly Region[],
  panes: PaneOf,
  pane: string | undefined,
): readonly Region[] {
  return regions.filter((region) => panes(region.class) === pane);
}

/** `This item has no caption.`; what is written in capitals stays so. */
export function absentWords(title: string): string {
  return `This item has no ${title.replace(/^\p{Lu}(?=\p{Ll}|$)/u, (letter) => letter.toLowerCase())}.`;
}

/** What is half drawn in each pane, as one value for the draft. The item's own data has no name. */
export interface PanesUnfinished {
  panes: Record<string, unknown>;
}

const nameOf = (pane: string | undefined): string => pane ?? "";

export function joinUnfinished(
  parts: readonly (readonly [pane: string | undefined, unfinished: unknown])[],
): PanesUnfinished | undefined {
  const there = parts.filter(([, unfinished]) => unfinished !== undefined);
  if (there.length === 0) return undefined;
  return { panes: Object.fromEntries(there.map(([pane, unfinished]) => [nameOf(pane), unfinished])) };
}

export function unfinishedIn(all: unknown, pane: string | undefined): unknown {
  const panes = (all as Partial<PanesUnfinished> | undefined)?.panes;
  return typeof panes === "object" && panes !== null ? panes[nameOf(pane)] : undefined;
}
