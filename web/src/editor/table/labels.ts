// Which labels lie on which cells.
import { cellsOf, keyOf } from "../../core/table/table";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { type Shown, shownOf } from "../shown";

/** The labels of each cell, by [`keyOf`] it. */
export function labelsByCell(session: EditorSession, layers: readonly LayerView[]): Map<string, Shown[]> {
  const found = new Map<string, Shown[]>();
  for (const shown of shownOf(session, layers)) {
    for (const cell of cellsOf(shown.region.geometry)) {
      const here = found.get(keyOf(cell));
      if (here) here.push(shown);
      else found.set(keyOf(cell), [shown]);
    }
  }
  return found;
}
