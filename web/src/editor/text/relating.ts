// Which type the next relation has.
import { reachOf, touches } from "../../core/relations";
import type { RelationType } from "../../core/types";
import type { EditorSession } from "../session";

/** The types that can have an end at the region from which a relation is drawn, or at the selected one. */
export function offered(session: EditorSession): { type: RelationType; refused: string | undefined }[] {
  const { relationFrom, selection } = session.ui.state;
  const found = session.doc.region(relationFrom ?? selection[0] ?? "");
  return (session.schema.relations ?? []).map((type) => ({
    type,
    refused:
      !found || touches(type, found.class) ? undefined : reachOf(type, session.wholeSchema.classes ?? []),
  }));
}

/** The next type that is offered; behind the last one whichever fits. */
export function cycleRelationType(session: EditorSession): boolean {
  const types = offered(session).filter(({ refused }) => refused === undefined);
  const ids = [undefined, ...types.map(({ type }) => type.id)];
  const next = ids[(ids.indexOf(session.ui.state.relationType) + 1) % ids.length];
  session.ui.set({ relationType: next });
  const title = types.find(({ type }) => type.id === next)?.type.title;
  session.announce(title === undefined ? "The first relation that fits" : `Relation: ${title}`);
  return true;
}
