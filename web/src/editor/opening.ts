// From what was loaded to an editor: alone, or one a pane where the schema has panes. What panes need is loaded then.
import type { LabelSchema } from "../core/types";
import type { Companion, LoadedPanes } from "./panes/index";
import { EditorSession, type SessionStart } from "./session";

/** What comes with an item; undefined where its schema has no panes. */
export async function companionsOf(
  schema: LabelSchema,
  { item, companions }: { item: { key: string }; companions: readonly Companion[] },
): Promise<LoadedPanes | undefined> {
  if ((schema.panes ?? []).length === 0) return undefined;
  const { loadPanes } = await import("./panes/index");
  return loadPanes(schema, item.key, companions);
}

/** The session of the item's own data; those of the panes hang on it. */
export function openSession(start: SessionStart, panes: LoadedPanes | undefined): EditorSession {
  return panes ? panes.open(start) : new EditorSession(start);
}
