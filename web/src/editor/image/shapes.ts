// The shapes of the document in an R-tree: which are on the screen, and which lie under a point.
import RBush from "rbush";
import type { Change } from "../../core/doc";
import { areaOf, boundsOf, distanceToSegment, insideRings, pointsOf, ringsOf } from "../../core/geometry";
import { tilesOf } from "../../core/tiles";
import type { Point, Region } from "../../core/types";

interface Entry {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  id: string;
  /** Where it stands in the answer, once somebody asked. */
  place: number;
}

/** How near a press must be to an edge, on the screen. */
const EDGE_PIXELS = 5;

function entryOf(region: Region): Entry | undefined {
  const bounds = boundsOf(region.geometry);
  if (!bounds) return undefined;
  return {
    minX: bounds.left,
    minY: bounds.top,
    maxX: bounds.right,
    maxY: bounds.bottom,
    id: region.id,
    place: 0,
  };
}

/** Is the point in the shape or on its edge? */
export function hits(region: Region, point: Point, scale: number): boolean {
  const { geometry } = region;
  if (geometry.type === "mask") return tilesOf(geometry).get(Math.floor(point[0]), Math.floor(point[1]));
  const rings = ringsOf(geometry) ?? [];
  if (insideRings(rings, point)) return true;
  const reach = EDGE_PIXELS / scale;
  if (rings.length === 0) return nearPoints(geometry, point, reach);
  return rings.some((ring) =>
    ring.some(
      (from, index) => distanceToSegment(point, from, ring[(index + 1) % ring.length] ?? from) <= reach,
    ),
  );
}

/** On a line, or near enough to a point of a set or a skeleton. */
function nearPoints(geometry: Region["geometry"], point: Point, reach: number): boolean {
  const points = pointsOf(geometry);
  if (geometry.type !== "polyline") {
    return points.some(([x, y]) => Math.hypot(x - point[0], y - point[1]) <= 1.6 * reach);
  }
  return points.some((from, index) => distanceToSegment(point, from, points[index + 1] ?? from) <= reach);
}

export class ShapeIndex {
  private readonly tree = new RBush<Entry>();
  private readonly entries = new Map<string, Entry>();
  private placed: readonly Region[] = [];

  private readonly here: (region: Region) => boolean;

  /** `here` says which regions lie on what is shown. */
  constructor(regions: readonly Region[], here: (region: Region) => boolean = () => true) {
    this.here = here;
    this.restart(regions);
  }

  /** Something else is shown. */
  restart(regions: readonly Region[]): void {
    const all = regions
      .filter(this.here)
      .map(entryOf)
      .filter((entry) => entry !== undefined);
    this.tree.clear();
    this.tree.load(all);
    this.entries.clear();
    for (const entry of all) this.entries.set(entry.id, entry);
    this.placed = [];
  }

  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== "region") continue;
      const old = this.entries.get(change.id);
      if (old) this.tree.remove(old);
      this.entries.delete(change.id);
      const fresh = change.after && this.here(change.after) ? entryOf(change.after) : undefined;
      if (!fresh) continue;
      this.tree.insert(fresh);
      this.entries.set(change.id, fresh);
    }
  }

  within(bounds: { left: number; top: number; right: number; bottom: number }): string[] {
    const box = { minX: bounds.left, minY: bounds.top, maxX: bounds.right, maxY: bounds.bottom };
    return this.tree.search(box).map((entry) => entry.id);
  }

  /** What lies in bounds, in the order of the answer: the last one is painted on top. */
  ordered(
    bounds: { left: number; top: number; right: number; bottom: number },
    all: readonly Region[],
  ): Region[] {
    if (this.placed !== all) {
      all.forEach((region, place) => {
        const entry = this.entries.get(region.id);
        if (entry) entry.place = place;
      });
      this.placed = all;
    }
    const box = { minX: bounds.left, minY: bounds.top, maxX: bounds.right, maxY: bounds.bottom };
    // Numbers in a typed array sort many times faster than entries by a function.
    const places = Uint32Array.from(this.tree.search(box), (entry) => entry.place).sort();
    return Array.from(places, (place) => all[place] as Region);
  }

  /** What lies under a point, the smallest first: else a box in a box could never be reached. */
  under([x, y]: Point, scale: number, find: (id: string) => Region | undefined): string[] {
    const reach = EDGE_PIXELS / scale;
    const found: { id: string; area: number }[] = [];
    for (const id of this.within({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach })) {
      const region = find(id);
      if (region && hits(region, [x, y], scale)) found.push({ id, area: areaOf(region.geometry) });
    }
    return found.sort((one, two) => one.area - two.area).map((one) => one.id);
  }
}
