// What masks of one image may do to each other. Instances may overlap; in a panoptic map every pixel belongs to one thing
// at most; in a semantic map it belongs to one class, and a class has one mask.
import { maskOf } from "./maskops";
import { type MaskTiles, tilesOf } from "./tiles";
import type { Geometry } from "./types";

export const MASK_RULES = ["instance", "panoptic", "semantic"] as const;
export type MaskRule = (typeof MASK_RULES)[number];

export interface RuledMask {
  id: string;
  class: string;
  tiles: MaskTiles;
  locked: boolean;
}

export interface Ruled {
  /** The region that the pixels become; none when they are a new one. */
  into: string | undefined;
  tiles: MaskTiles;
  /** Others that lost pixels to it. */
  changed: Map<string, MaskTiles>;
  /** Others of which nothing is left, or that went into it. */
  removed: string[];
}

/** What a mask that was painted does to the others: it wins, except over those that are locked. */
export function ruled(
  rule: MaskRule,
  others: readonly RuledMask[],
  own: { id: string | undefined; class: string; tiles: MaskTiles },
): Ruled {
  const found: Ruled = { into: own.id, tiles: own.tiles, changed: new Map(), removed: [] };
  if (rule === "instance") return found;
  const tiles = own.tiles.copy();
  const rest = others.filter((other) => other.id !== own.id);
  const like = (other: RuledMask) => rule === "semantic" && other.class === own.class && !other.locked;
  for (const other of rest.filter(like)) {
    tiles.combine(other.tiles, true);
    if (found.into === undefined) found.into = other.id;
    else found.removed.push(other.id);
  }
  for (const other of rest) if (other.locked && meet(other.tiles, tiles)) tiles.combine(other.tiles, false);
  for (const other of rest) {
    if (other.locked || like(other) || !meet(other.tiles, tiles)) continue;
    const left = other.tiles.copy();
    left.combine(tiles, false);
    if (left.area > 0) found.changed.set(other.id, left);
    else found.removed.push(other.id);
  }
  return { ...found, tiles };
}

/** Do two masks share a pixel? */
export function meet(one: MaskTiles, two: MaskTiles): boolean {
  for (const [key, tile] of one.entries()) {
    const other = two.tile(key);
    if (other?.some((pixel, at) => pixel === 1 && tile[at] === 1)) return true;
  }
  return false;
}

/** Shares of the image, 0 to 1: in no shape, and in more than one. */
export interface Coverage {
  unlabeled: number;
  overlapping: number;
}

export function coverage(masks: readonly MaskTiles[], width: number, height: number): Coverage {
  const byKey = new Map<number, Uint8Array[]>();
  for (const mask of masks) {
    for (const [key, tile] of mask.entries()) {
      const list = byKey.get(key);
      if (list) list.push(tile);
      else byKey.set(key, [tile]);
    }
  }
  let [labeled, overlapping] = [0, 0];
  for (const [first, ...others] of byKey.values()) {
    first?.forEach((pixel, at) => {
      let sum = pixel;
      for (const other of others) sum += other[at] as number;
      if (sum > 0) labeled += 1;
      if (sum > 1) overlapping += 1;
    });
  }
  const all = Math.max(1, width * height);
  return { unlabeled: 1 - labeled / all, overlapping: overlapping / all };
}

const filled = new WeakMap<Geometry, MaskTiles>();

/** The pixels of a mask or of a shape with an area; kept once they are made. */
export function tilesOfShape(geometry: Geometry, width: number, height: number): MaskTiles | undefined {
  if (geometry.type === "mask") return tilesOf(geometry);
  const known = filled.get(geometry);
  if (known) return known;
  const mask = maskOf(geometry, width, height);
  const tiles = mask?.type === "mask" ? tilesOf(mask) : undefined;
  if (tiles) filled.set(geometry, tiles);
  return tiles;
}
