// Every mask that is made goes into the answer here, so that the chosen rule holds with whatever tool it was made.
import { uuid } from "../../core/ids";
import { type RuledMask, ruled } from "../../core/maskrules";
import { type MaskTiles, tilesOf } from "../../core/tiles";
import type { Geometry, Region } from "../../core/types";
import type { Stage } from "./stage";

/** The pixels become what the region is, or a new region of the class in hand; an empty mask is no region. */
export function storeMask(stage: Stage, name: string, tiles: MaskTiles, region: Region | undefined): void {
  const { session } = stage;
  const className = region?.class ?? session.classFor("mask")?.id;
  if (className === undefined) {
    session.announce("No class of this schema is a mask");
    return;
  }
  const found = ruled(session.ui.state.maskRule, masksOf(stage), { id: region?.id, class: className, tiles });
  const geometry = found.tiles.geometry();
  const empty = geometry.counts.length < 2;
  const changed = new Map<string, { geometry: Geometry }>();
  for (const [id, left] of found.changed) changed.set(id, { geometry: left.geometry() });
  const removed = [...found.removed];
  const added: Region[] = [];
  if (found.into !== undefined && empty) removed.push(found.into);
  else if (found.into !== undefined) changed.set(found.into, { geometry });
  else if (!empty) added.push({ id: uuid(), geometry, class: className, attributes: {} });
  else {
    session.announce("Nothing is left of it: what lies there is locked");
    return;
  }
  session.doc.rework(added.length > 0 ? `draw ${session.classOf(className)?.title ?? className}` : name, {
    changed,
    removed,
    added,
  });
  const id = added[0]?.id ?? found.into;
  if (id !== undefined && session.doc.region(id)) session.ui.select(id);
}

function masksOf(stage: Stage): RuledMask[] {
  if (stage.session.ui.state.maskRule === "instance") return [];
  return stage.regions.flatMap(({ id, class: name, geometry }) =>
    geometry.type === "mask"
      ? [{ id, class: name, tiles: tilesOf(geometry), locked: stage.locked.has(id) }]
      : [],
  );
}
