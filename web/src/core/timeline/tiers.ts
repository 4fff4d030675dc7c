// Regions on tiers: one row a class. What lies under a pointer, and what a drag makes of a region. No DOM.
import type { Geometry, LabelClass, Region } from "../types";
import type { TimeAxis } from "./axis";

export interface Stretch {
  start: number;
  end: number;
}

export function stretchOf(region: Region): Stretch | undefined {
  return region.geometry.type === "interval" ? region.geometry : undefined;
}

/** A region of one tick is a moment. */
export const isMoment = ({ start, end }: Stretch): boolean => end - start === 1;

/** Ordered, within the whole, and at least one tick long; undefined where nothing is left. */
export function interval(one: number, two: number, ticks: number): Geometry | undefined {
  const [start, end] = [Math.max(0, Math.min(one, two)), Math.min(ticks, Math.max(one, two))];
  return start < end ? { type: "interval", start, end } : undefined;
}

export type TierConstraint = NonNullable<LabelClass["parent"]>["constraint"];

/** How a tier may lie within another one: the terms of ELAN. */
export const CONSTRAINTS: readonly TierConstraint[] = [
  "included_in",
  "time_subdivision",
  "symbolic_association",
];

/** Does a class lie within another one? */
export const isNested = (classes: readonly LabelClass[]): boolean => classes.some((one) => one.parent);

/** The classes in the order of their tree, each after the one that it lies within, with how deep it lies. */
export function treeOf(classes: readonly LabelClass[]): { id: string; depth: number }[] {
  const ids = new Set(classes.map((one) => one.id));
  const found: { id: string; depth: number }[] = [];
  const seen = new Set<string>();
  const walk = (parent: string | undefined, depth: number) => {
    for (const one of classes) {
      const above = one.parent && ids.has(one.parent.class) ? one.parent.class : undefined;
      if (above !== parent || seen.has(one.id)) continue;
      seen.add(one.id);
      found.push({ id: one.id, depth });
      walk(one.id, depth + 1);
    }
  };
  walk(undefined, 0);
  // What lies within itself is in no tree; the schema's check tells it.
  for (const one of classes) if (!seen.has(one.id)) found.push({ id: one.id, depth: 0 });
  return found;
}

/** With more classes than these, those that are not in use have no row. */
const ROWS_MAXIMUM = 10;

/** The classes that have a row, each after the one that it lies within; what lies within a folded one has none. */
export function rowsOf(
  classes: readonly LabelClass[],
  regions: readonly Region[],
  active: string | undefined,
  folded: ReadonlySet<string> = new Set(),
): string[] {
  const parents = new Map(classes.map((one) => [one.id, one.parent?.class]));
  const tree = treeOf(classes.filter((one) => one.geometry.includes("interval"))).map(({ id }) => id);
  const away = new Set<string>();
  for (const id of tree) {
    const parent = parents.get(id) ?? "";
    if (folded.has(parent) || away.has(parent)) away.add(id);
  }
  const usable = tree.filter((id) => !away.has(id));
  if (usable.length <= ROWS_MAXIMUM) return usable;
  const used = new Set(regions.map((region) => region.class));
  if (active !== undefined) used.add(active);
  // What a row lies within has one, too.
  for (const id of used) {
    const parent = parents.get(id);
    if (parent != null) used.add(parent);
  }
  return usable.filter((id) => used.has(id));
}

export type Edge = "start" | "end";

export interface Hit {
  region: Region;
  /** The edge within reach; undefined in the middle. */
  edge?: Edge;
}

/** How near an edge has to be, in pixels. */
const REACH_PIXELS = 6;

/** The regions under a place, the shortest first; of the selected one an edge is found before anything else. */
export function hits(
  regions: readonly Region[],
  axis: TimeAxis,
  x: number,
  row: string | undefined,
  selected: readonly string[],
): Hit[] {
  const found: (Hit & { length: number; rank: number })[] = [];
  for (const region of regions) {
    const stretch = stretchOf(region);
    const isSelected = selected.includes(region.id);
    if (!stretch || (row !== undefined && row !== region.class)) continue;
    // Over the waveform the selected one alone has edges: others lie too close.
    if (row === undefined && !isSelected) continue;
    const [from, to] = [axis.toX(stretch.start), axis.toX(stretch.end)];
    // Short ones keep a middle to be dragged by; a moment has nothing else.
    const reach = Math.min(REACH_PIXELS, Math.max(2, (to - from) / 3));
    let edge: Edge | undefined;
    if (isMoment(stretch)) {
      if (x < from - REACH_PIXELS || x > to + REACH_PIXELS) continue;
    } else {
      edge = Math.abs(x - from) <= reach ? "start" : Math.abs(x - to) <= reach ? "end" : undefined;
      if (!edge && (x < from || x > to)) continue;
    }
    found.push({ region, edge, length: to - from, rank: isSelected && edge ? 0 : 1 });
  }
  found.sort((one, two) => one.rank - two.rank || one.length - two.length);
  return found.map(({ region, edge }) => ({ region, edge }));
}

/** A region with one edge elsewhere; an edge that is drawn over the other takes its place. */
export function withEdge(stretch: Stretch, edge: Edge, tick: number, ticks: number): Geometry | undefined {
  return interval(edge === "start" ? tick : stretch.start, edge === "start" ? stretch.end : tick, ticks);
}

/** A region further on, as far as the whole goes. */
export function moved(stretch: Stretch, by: number, ticks: number): Geometry | undefined {
  const step = Math.round(Math.max(-stretch.start, Math.min(ticks - stretch.end, by)));
  return interval(stretch.start + step, stretch.end + step, ticks);
}
