// Tiers that lie within others: which region lies within which, by the same rule as the server's, and what an edit makes
// of a region, its neighbours and all that lies within it. No DOM.
import type { LabelClass, Region } from "../types";
import { type Edge, interval, isNested, type Stretch, stretchOf, type TierConstraint } from "./tiers";

/** What one edit does, as one step of undo; or why it cannot be done. */
export type Work =
  | { changed: Map<string, { geometry: Region["geometry"] }>; removed: string[]; added: Region[] }
  | { refused: string };

interface Node extends Stretch {
  id: string;
}

const byStart = (one: Node, two: Node) => one.start - two.start || one.end - two.end;

/** Of those that hold the stretch the one that begins last, of several the shortest. They come in the order of time. */
function innermost(parents: readonly Node[], { start, end }: Stretch): Node | undefined {
  let [low, high] = [0, parents.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parents[middle]?.start ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  let found: Node | undefined;
  for (let at = low - 1; at >= 0; at -= 1) {
    const one = parents[at];
    if (!one || (found && one.start < found.start)) break;
    if (one.end >= end) found = one;
  }
  return found;
}

/** Finds the parents of regions that come in the order of time. */
const FINDERS: Record<TierConstraint, (parents: readonly Node[]) => (child: Node) => Node | undefined> = {
  included_in: (parents) => (child) => innermost(parents, child),
  time_subdivision(parents) {
    // Each parent by the tick at which its next part is to begin.
    const open = new Map<number, Node[]>();
    const next = new Map<Node, number>();
    const wait = (parent: Node, tick: number) => {
      next.set(parent, tick);
      open.set(tick, [...(open.get(tick) ?? []), parent]);
    };
    for (const parent of parents) wait(parent, parent.start);
    return (child) => {
      const goesOn = (open.get(child.start) ?? [])
        .filter((parent) => next.get(parent) === child.start && parent.end >= child.end)
        .sort((one, two) => one.end - two.end);
      const found = goesOn[0] ?? innermost(parents, child);
      if (found) wait(found, Math.max(next.get(found) ?? 0, child.end));
      return found;
    };
  },
  symbolic_association(parents) {
    const free = new Map<string, Node[]>();
    const key = ({ start, end }: Stretch) => `${start} ${end}`;
    for (const parent of parents.toReversed()) {
      free.set(key(parent), [...(free.get(key(parent)) ?? []), parent]);
    }
    return (child) => free.get(key(child))?.pop();
  },
};

/** The parent of each region that has one, by their ids. */
function nest(classes: readonly LabelClass[], regions: readonly Region[]): Map<string, string> {
  const found = new Map<string, string>();
  if (!isNested(classes)) return found;
  const nodes = new Map<string, Node[]>(classes.map((one) => [one.id, []]));
  for (const region of regions) {
    const stretch = stretchOf(region);
    if (stretch) nodes.get(region.class)?.push({ id: region.id, start: stretch.start, end: stretch.end });
  }
  for (const one of nodes.values()) one.sort(byStart);
  for (const one of classes) {
    if (!one.parent) continue;
    const parentOf = FINDERS[one.parent.constraint](nodes.get(one.parent.class) ?? []);
    for (const child of nodes.get(one.id) ?? []) {
      const parent = parentOf(child);
      if (parent) found.set(child.id, parent.id);
    }
  }
  return found;
}

const geometryOf = ({ start, end }: Stretch): Region["geometry"] => ({ type: "interval", start, end });

/** The regions of an answer as a tree. */
export class Hierarchy {
  private readonly classes: ReadonlyMap<string, LabelClass>;
  private readonly regions: readonly Region[];
  private readonly byId: ReadonlyMap<string, Region>;
  private readonly parents: ReadonlyMap<string, string>;
  private readonly children = new Map<string, Region[]>();

  constructor(classes: readonly LabelClass[], regions: readonly Region[]) {
    this.classes = new Map(classes.map((one) => [one.id, one]));
    [this.regions, this.byId] = [regions, new Map(regions.map((region) => [region.id, region]))];
    this.parents = nest(classes, regions);
    for (const region of regions) {
      const parent = this.parents.get(region.id);
      if (parent === undefined) continue;
      const list = this.children.get(parent);
      if (list) list.push(region);
      else this.children.set(parent, [region]);
    }
    const start = (region: Region) => stretchOf(region)?.start ?? 0;
    for (const list of this.children.values()) list.sort((one, two) => start(one) - start(two));
  }

  private title(className: string): string {
    return this.classes.get(className)?.title ?? className;
  }

  private tier(className: string) {
    return this.classes.get(className)?.parent ?? undefined;
  }

  parentOf(id: string): Region | undefined {
    return this.byId.get(this.parents.get(id) ?? "");
  }

  /** What lies within a region, in the order of time; of one class, or of all. */
  childrenOf(id: string, className?: string): readonly Region[] {
    const all = this.children.get(id) ?? [];
    return className === undefined ? all : all.filter((one) => one.class === className);
  }

  /** The classes that a class lies within, the nearest first. */
  above(className: string): string[] {
    const found: string[] = [];
    let tier = this.tier(className);
    while (tier && !found.includes(tier.class)) {
      found.push(tier.class);
      tier = this.tier(tier.class);
    }
    return found;
  }

  /** Does no tier hold it, and does it hold none? */
  isFree(id: string): boolean {
    return !this.parents.has(id) && this.childrenOf(id).length === 0;
  }

  /** Where a new region of a class goes that was drawn from one tick on. */
  placed(className: string, drawn: Stretch, from: number): Stretch | { refused: string } {
    const tier = this.tier(className);
    if (!tier) return drawn;
    const [own, above] = [this.title(className), this.title(tier.class)];
    const around = this.regions.filter((one) => {
      const stretch = one.class === tier.class ? stretchOf(one) : undefined;
      return stretch && stretch.start <= from && stretch.end > from;
    });
    const nodes = around.flatMap((one) => {
      const stretch = stretchOf(one);
      return stretch ? [{ id: one.id, ...stretch }] : [];
    });
    const free = (node: Node) => this.childrenOf(node.id, className).length === 0;
    const once = tier.constraint !== "included_in";
    const open = (once ? nodes.filter(free) : nodes).sort(byStart).at(-1);
    if (!open) {
      if (nodes.length === 0) return { refused: `There is no ${above} here: each ${own} lies within one` };
      return tier.constraint === "time_subdivision"
        ? { refused: `This ${above} is divided already: cut one ${own} of it` }
        : { refused: `This ${above} has its ${own} already` };
    }
    if (once) return { start: open.start, end: open.end };
    const clipped = { start: Math.max(drawn.start, open.start), end: Math.min(drawn.end, open.end) };
    return clipped.start < clipped.end ? clipped : { refused: "The region has no length yet" };
  }

  /** A region with one edge elsewhere. */
  withEdge(id: string, edge: Edge, tick: number): Work {
    const region = this.byId.get(id);
    const stretch = region && stretchOf(region);
    if (!region || !stretch) return { refused: "There is no such region" };
    const tier = this.tier(region.class);
    const parent = this.parentOf(id);
    const around = parent && stretchOf(parent);
    const changes: Changes = new Map();
    const wanted = edge === "start" ? Math.min(tick, stretch.end - 1) : Math.max(tick, stretch.start + 1);
    if (!tier || !parent || !around) {
      return this.finished(changes, this.follow(region, { ...stretch, [edge]: wanted }, changes));
    }
    const above = this.title(parent.class);
    if (tier.constraint === "symbolic_association") {
      return { refused: `It has the times of its ${above}: change those` };
    }
    if (tier.constraint === "included_in") {
      const next = { ...stretch, [edge]: Math.max(around.start, Math.min(around.end, wanted)) };
      return this.finished(changes, this.follow(region, next, changes));
    }
    const siblings = this.childrenOf(parent.id, region.class);
    const neighbour = siblings[siblings.indexOf(region) + (edge === "start" ? -1 : 1)];
    const beside = neighbour && stretchOf(neighbour);
    if (!neighbour || !beside) return { refused: `It ${edge}s where its ${above} ${edge}s` };
    const [low, high] = edge === "start" ? [beside.start, stretch.end] : [stretch.start, beside.end];
    const at = Math.max(low + 1, Math.min(high - 1, wanted));
    const other = edge === "start" ? "end" : "start";
    return this.finished(
      changes,
      this.follow(region, { ...stretch, [edge]: at }, changes) ??
        this.follow(neighbour, { ...beside, [other]: at }, changes),
    );
  }

  /** A region further on, with all that lies within it. */
  moved(id: string, by: number, ticks: number): Work {
    const region = this.byId.get(id);
    const stretch = region && stretchOf(region);
    if (!region || !stretch) return { refused: "There is no such region" };
    const tier = this.tier(region.class);
    const parent = this.parentOf(id);
    const around = (parent && stretchOf(parent)) ?? { start: 0, end: ticks };
    if (tier && parent && tier.constraint !== "included_in") {
      const above = this.title(parent.class);
      return {
        refused:
          tier.constraint === "symbolic_association"
            ? `It has the times of its ${above}: change those`
            : `It has its place in its ${above}: move its edges`,
      };
    }
    const step = Math.round(Math.max(around.start - stretch.start, Math.min(around.end - stretch.end, by)));
    const changes: Changes = new Map();
    for (const one of [region, ...this.within(id)]) {
      const here = stretchOf(one);
      if (here)
        changes.set(one.id, { geometry: geometryOf({ start: here.start + step, end: here.end + step }) });
    }
    return this.finished(changes, undefined);
  }

  /** Regions are gone, and all that lies within them; their neighbours take the room of what divided a region. */
  without(ids: readonly string[]): Work {
    const gone = new Set(ids);
    for (const id of ids) for (const one of this.within(id)) gone.add(one.id);
    const changes: Changes = new Map();
    for (const id of ids) {
      const [region, parent] = [this.byId.get(id), this.parentOf(id)];
      const around = parent && !gone.has(parent.id) ? stretchOf(parent) : undefined;
      if (!region || !parent || !around) continue;
      if (this.tier(region.class)?.constraint !== "time_subdivision") continue;
      const left = this.childrenOf(parent.id, region.class).filter((one) => !gone.has(one.id));
      for (const [at, one] of left.entries()) {
        const [here, next] = [stretchOf(one), left[at + 1]];
        if (!here) continue;
        const start = at === 0 ? around.start : here.start;
        const end = (next && stretchOf(next)?.start) ?? around.end;
        if (start !== here.start || end !== here.end) this.follow(one, { start, end }, changes);
      }
    }
    return { changed: changes, removed: [...gone], added: [] };
  }

  /** A region in two, with what lies within it; what was said stays with the first part. `newId` makes ids. */
  cut(id: string, tick: number, newId: () => string): Work {
    const region = this.byId.get(id);
    if (region && this.tier(region.class)?.constraint === "symbolic_association" && this.parentOf(id)) {
      return { refused: `It has the times of its ${this.title(this.parentOf(id)?.class ?? "")}: cut that` };
    }
    const changes: Changes = new Map();
    const added: Region[] = [];
    this.part(region, tick, newId, changes, added);
    if (added.length === 0) return { refused: "Put the playhead into the region first" };
    return { changed: changes, removed: [], added };
  }

  private part(
    region: Region | undefined,
    tick: number,
    newId: () => string,
    changes: Changes,
    added: Region[],
  ): void {
    const stretch = region && stretchOf(region);
    if (!region || !stretch || tick <= stretch.start || tick >= stretch.end) return;
    changes.set(region.id, { geometry: geometryOf({ start: stretch.start, end: tick }) });
    added.push({
      ...region,
      id: newId(),
      geometry: geometryOf({ start: tick, end: stretch.end }),
      attributes: {},
    });
    for (const child of this.childrenOf(region.id)) {
      if (this.tier(child.class)?.constraint !== "symbolic_association") {
        this.part(child, tick, newId, changes, added);
        continue;
      }
      for (const one of [child, ...this.within(child.id)]) {
        changes.set(one.id, { geometry: geometryOf({ start: stretch.start, end: tick }) });
      }
    }
  }

  /** The first class whose regions divide those of a class, or lie within them. */
  partsOf(className: string): LabelClass | undefined {
    const within = [...this.classes.values()].filter((one) => one.parent?.class === className);
    return (
      within.find((one) => one.parent?.constraint === "time_subdivision") ??
      within.find((one) => one.parent?.constraint === "included_in")
    );
  }

  /** A region divided into one for each word, as long as the word has letters. `attribute` takes the word. */
  divided(id: string, words: readonly string[], attribute: string | undefined, newId: () => string): Work {
    const region = this.byId.get(id);
    const stretch = region && stretchOf(region);
    const parts = region && this.partsOf(region.class);
    if (!region || !stretch || !parts) return { refused: "No tier lies within this one" };
    if (this.childrenOf(id, parts.id).length > 0) {
      return { refused: `This ${this.title(region.class)} is divided already` };
    }
    if (words.length === 0) return { refused: "Write its text first" };
    const length = stretch.end - stretch.start;
    if (words.length > length) return { refused: "It is too short for so many words" };
    const all = words.reduce((sum, word) => sum + word.length, 0);
    let [start, letters] = [stretch.start, 0];
    const added = words.map((word, at) => {
      letters += word.length;
      const least = start + 1;
      const most = stretch.end - (words.length - 1 - at);
      const end = Math.max(least, Math.min(most, stretch.start + Math.round((length * letters) / all)));
      const geometry = geometryOf({ start, end });
      start = end;
      return { id: newId(), class: parts.id, geometry, attributes: attribute ? { [attribute]: word } : {} };
    });
    return { changed: new Map(), removed: [], added };
  }

  /** All that lies within a region, at every depth. */
  private within(id: string): Region[] {
    return this.childrenOf(id).flatMap((child) => [child, ...this.within(child.id)]);
  }

  private finished(changes: Changes, refused: string | undefined): Work {
    return refused === undefined ? { changed: changes, removed: [], added: [] } : { refused };
  }

  /** Gives a region other times and takes along what lies within it; says why where nothing would be left of that. */
  private follow(region: Region, next: Stretch, changes: Changes): string | undefined {
    const geometry = next.start < next.end ? interval(next.start, next.end, Infinity) : undefined;
    if (!geometry)
      return `Some ${this.title(region.class)} in it would be left without time: delete it first`;
    changes.set(region.id, { geometry });
    for (const { id: className, parent } of this.classes.values()) {
      if (parent?.class !== region.class) continue;
      const children = this.childrenOf(region.id, className);
      for (const [at, child] of children.entries()) {
        const here = stretchOf(child);
        if (!here) continue;
        const fills = parent.constraint === "time_subdivision";
        const same = parent.constraint === "symbolic_association";
        const start = same || (fills && at === 0) ? next.start : Math.max(here.start, next.start);
        const end = same || (fills && at === children.length - 1) ? next.end : Math.min(here.end, next.end);
        if (start === here.start && end === here.end) continue;
        const refused = this.follow(child, { start, end }, changes);
        if (refused !== undefined) return refused;
      }
    }
    return undefined;
  }
}

type Changes = Map<string, { geometry: Region["geometry"] }>;
