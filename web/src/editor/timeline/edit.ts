// Edits of regions on tiers: each keeps to the tree of tiers, is one step of undo, and says why where it cannot be done.
import { uuid } from "../../core/ids";
import { Hierarchy, type Work } from "../../core/timeline/hierarchy";
import type { Stretch } from "../../core/timeline/tiers";
import type { Geometry, Region } from "../../core/types";
import type { EditorSession } from "../session";

/** The tree of each session as long as its answer stays as it is: a drag asks for it with every move. */
const known = new WeakMap<EditorSession, { version: number; hierarchy: Hierarchy }>();

export function hierarchyOf(session: EditorSession): Hierarchy {
  const { version, regions } = session.doc;
  const found = known.get(session);
  if (found?.version === version) return found.hierarchy;
  const hierarchy = new Hierarchy(session.classes, regions);
  known.set(session, { version, hierarchy });
  return hierarchy;
}

/** A new region that was drawn from one tick on; undefined where there is no place for it. */
export function draw(
  session: EditorSession,
  geometry: Geometry,
  className: string,
  from: number,
): Region | undefined {
  if (geometry.type !== "interval") return undefined;
  const placed = hierarchyOf(session).placed(className, geometry, from);
  if ("refused" in placed) {
    session.announce(placed.refused);
    return undefined;
  }
  return session.create({ type: "interval", start: placed.start, end: placed.end }, className);
}

/** The geometry that a region would have; undefined where the edit is refused. */
export function outcome(work: Work, id: string): Geometry | undefined {
  return "refused" in work ? undefined : work.changed.get(id)?.geometry;
}

/** Does what the tree makes of an edit; false where it is refused. */
export function perform(session: EditorSession, name: string, work: Work, mergeKey?: string): boolean {
  if ("refused" in work) {
    session.announce(work.refused);
    return false;
  }
  const touched = [...work.changed.keys(), ...work.removed];
  if (session.unlocked(touched).length < touched.length) return false;
  session.doc.rework(name, work, mergeKey);
  return true;
}

/** What was said stays with the first part. */
export function cut(session: EditorSession, region: Region, tick: number): void {
  const work = hierarchyOf(session).cut(region.id, tick, uuid);
  if (!perform(session, "cut a region", work) || "refused" in work) return;
  const rest = work.added.find((one) => one.class === region.class);
  if (rest) session.ui.select(rest.id);
}

const WRITTEN = ["transcript", "text"];

/** Divides a region into one for each word of its text. */
export function divide(session: EditorSession, region: Region): void {
  const hierarchy = hierarchyOf(session);
  const written = (className: string) =>
    session.classOf(className)?.attributes?.find((one) => WRITTEN.includes(one.kind.type));
  const said = region.attributes[written(region.class)?.id ?? ""];
  const words = typeof said === "string" ? said.split(/\s+/u).filter((word) => word !== "") : [];
  const parts = hierarchy.partsOf(region.class);
  const work = hierarchy.divided(region.id, words, parts && written(parts.id)?.id, uuid);
  if (!perform(session, "divide into words", work) || "refused" in work) return;
  const [first] = work.added;
  if (first) session.ui.select(first.id);
}

/** What a drag from one tick to another would draw, for the picture while it goes on. */
export function drawing(hierarchy: Hierarchy, drawn: Stretch, className: string, from: number) {
  const placed = hierarchy.placed(className, drawn, from);
  return "refused" in placed ? undefined : placed;
}
