// Relations between two regions: begun at one, ended at another, also of another pane.
import { uuid } from "../core/ids";
import { reachOf, wayOf } from "../core/relations";
import type { RelationType } from "../core/types";
import type { EditorSession } from "./session";

/** Begins a relation at the selected region; pressed again with another one selected, ends it there. */
export function startRelation(session: EditorSession): boolean {
  const { selection, relationFrom } = session.ui.state;
  const [first] = selection;
  if (first === undefined || !session.doc.region(first)) {
    session.announce("Select a region first, then press R and click the other one");
    return true;
  }
  if (relationFrom !== undefined && relationFrom !== first) relateTo(session, first);
  else {
    session.ui.set({ relationFrom: first });
    session.announce("Now click the other region, or select it and press Enter");
  }
  return true;
}

/** Ends a relation; where only the other direction is allowed, that one is meant. */
export function relateTo(session: EditorSession, target: string): void {
  const { relationFrom, relationType } = session.ui.state;
  const [one, two] = [session.doc.region(relationFrom ?? ""), session.doc.region(target)];
  session.ui.set({ relationFrom: undefined, selection: [target] });
  if (!one || !two || one.id === two.id) return;
  const types = session.schema.relations ?? [];
  const chosen = types.find((type) => type.id === relationType);
  const way = (type: RelationType) => wayOf(type, one.class, two.class);
  const type = chosen ?? types.find((each) => way(each) === "forward") ?? types.find((each) => way(each));
  const found = type && way(type);
  if (!type || !found) {
    const [first, second] = [session.classOf(one.class)?.title, session.classOf(two.class)?.title];
    session.announce(
      chosen
        ? `${reachOf(chosen, session.wholeSchema.classes ?? [])}: it cannot join ${first} and ${second}`
        : `No relation of this schema joins ${first} and ${second}`,
    );
    return;
  }
  const [start, end] = found === "forward" ? [one, two] : [two, one];
  const there = session.doc.relations.some(
    ({ relation, from, to }) => relation === type.id && from === start.id && to === end.id,
  );
  if (there) {
    session.announce(`${type.title} joins them already`);
    return;
  }
  const relation = { id: uuid(), relation: type.id, from: start.id, to: end.id, attributes: {} };
  session.doc.addRelation(`relate ${type.title}`, relation);
  session.announce(`Relation ${type.title} created`);
}
