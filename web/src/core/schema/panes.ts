// Edits of what comes with an item: panes, and which classes lie in them.
import { modalityOf } from "../panes";
import type { LabelClass, LabelSchema } from "../types";
import { freeId, refitted, slug } from "./edit";
import { lastOf, put, valueAt } from "./pointer";

export function addPane(schema: LabelSchema, title = "New pane"): LabelSchema {
  const panes = schema.panes ?? [];
  const id = freeId(
    slug(title) || "pane",
    panes.map((pane) => pane.id),
  );
  return { ...schema, panes: [...panes, { id, title, modality: "text" }] };
}

/** Another kind of data in a pane; its classes keep the geometries that fit it. */
export function withPaneModality(
  schema: LabelSchema,
  at: string,
  modality: LabelSchema["modality"],
): LabelSchema {
  const pane = schema.panes?.[Number(lastOf(at))];
  const next = put(schema, `${at}/modality`, modality);
  return {
    ...next,
    ...(next.classes
      ? { classes: next.classes.map((one) => (one.pane === pane?.id ? refitted(one, modality) : one)) }
      : {}),
  };
}

/** A class lies in a pane, or on the item itself; it keeps the geometries that fit there. */
export function lyingIn(schema: LabelSchema, at: string, pane: string | undefined): LabelSchema {
  const { pane: _, ...one } = valueAt(schema, at) as LabelClass;
  const moved = refitted(one, modalityOf(schema, pane));
  return put(schema, at, pane === undefined ? moved : { ...moved, pane });
}
