// What goes over slices: filling those between two shapes, and regions that reach over several.
import { overlap } from "../../core/geometry";
import { uuid } from "../../core/ids";
import type { Region } from "../../core/types";
import { between } from "../../core/volume/between";
import { slicesOf } from "../../core/volume/slices";
import type { EditorSession } from "../session";

/** Of the regions of the same class and kind on the nearest slice that has some, in a direction, the one most like it. */
function nearest(session: EditorSession, region: Region, direction: 1 | -1): Region | undefined {
  const own = slicesOf(region);
  if (!own) return undefined;
  const gap = (one: Region) => {
    const other = slicesOf(one);
    if (!other) return Infinity;
    return direction === 1 ? other[0] - own[1] : own[0] - other[1];
  };
  const alike = session.doc.regions.filter(
    (one) =>
      one.id !== region.id &&
      one.class === region.class &&
      one.geometry.type === region.geometry.type &&
      gap(one) > 0 &&
      gap(one) < Infinity,
  );
  const least = Math.min(...alike.map(gap));
  const candidates = alike.filter((one) => gap(one) === least);
  const likeness = (one: Region) => overlap(one.geometry, region.geometry);
  return candidates.sort((one, two) => likeness(two) - likeness(one))[0];
}

/** Regions on the slices between two; undefined where they cannot be mixed. */
function filled(from: Region, to: Region): Region[] | undefined {
  const [start, end] = [slicesOf(from)?.[1] ?? 0, slicesOf(to)?.[0] ?? 0];
  const fresh: Region[] = [];
  for (let slice = start + 1; slice < end; slice += 1) {
    const geometry = between(from.geometry, to.geometry, (slice - start) / (end - start));
    if (!geometry) return from.geometry.type === "mask" ? fresh : undefined;
    const { score: _, ...like } = from;
    fresh.push({ ...like, id: uuid(), geometry, target: { frames: [slice, slice] } });
  }
  return fresh;
}

/** Fills the slices from the region to its neighbours of the same class, on both sides. */
export function fillSlices(session: EditorSession, region: Region): boolean {
  const [before, after] = [nearest(session, region, -1), nearest(session, region, 1)];
  const parts = [before && filled(before, region), after && filled(region, after)];
  const fresh = parts.flatMap((part) => part ?? []);
  if (!before && !after) session.announce("No other slice has a region of this class and kind");
  else if (fresh.length > 0) {
    session.doc.addRegions("fill slices", fresh);
    session.announce(`${fresh.length} ${fresh.length === 1 ? "slice" : "slices"} filled`);
  } else if ([before, after].some((one, at) => one && !parts[at])) {
    session.announce("These shapes cannot be mixed: draw them with as many points, or as masks");
  } else session.announce("There is no slice between them");
  return true;
}

/** Makes the region reach from one slice to another. */
export function reach(session: EditorSession, region: Region, first: number, last: number): boolean {
  if (first > last) {
    session.announce("A region ends on its first slice or behind it");
    return true;
  }
  session.doc.changeRegion("reach over slices", region.id, { target: { frames: [first, last] } });
  session.announce(`It reaches from slice ${first + 1} to ${last + 1}`);
  return true;
}
