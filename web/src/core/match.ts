// Which regions of several answers are the same thing: pairs with the best overlap first, each region at most once an
// answer. What has no partner of its class in every other answer is a difference for a reviewer to look at.
import { areaOf, overlap } from "./geometry";
import type { PaneOf } from "./panes";
import { cellOverlap } from "./table/table";
import { type Answer, type Geometry, type Region, sameValue } from "./types";
import { at, type Track } from "./video/tracks";

/** Overlap of two spans of text in characters over their union. */
export function spanOverlap(one: readonly number[][], two: readonly number[][]): number {
  const length = (ranges: readonly number[][]) =>
    ranges.reduce((sum, [start = 0, end = 0]) => sum + Math.max(0, end - start), 0);
  let common = 0;
  for (const [startOne = 0, endOne = 0] of one) {
    for (const [startTwo = 0, endTwo = 0] of two) {
      common += Math.max(0, Math.min(endOne, endTwo) - Math.max(startOne, startTwo));
    }
  }
  const union = length(one) + length(two) - common;
  return union <= 0 ? 0 : common / union;
}

export function likeness(one: Geometry, two: Geometry): number {
  if (one.type === "span" && two.type === "span") return spanOverlap(one.ranges, two.ranges);
  if (one.type === "interval" && two.type === "interval") {
    return spanOverlap([[one.start, one.end]], [[two.start, two.end]]);
  }
  if (one.type === "cells" && two.type === "cells") return cellOverlap(one.cells, two.cells);
  if (one.type === "track" && two.type === "track") return trackOverlap(one, two);
  return overlap(one, two);
}

/** Longer tracks are read at this many frames, evenly spread. */
const FRAMES_MAXIMUM = 500;

/** Common over joined extent, both summed over the frames in which either is in the picture. */
function trackOverlap(one: Track, two: Track): number {
  const frames = [...one.keyframes, ...two.keyframes].map((keyframe) => keyframe.frame);
  const [first, last] = [Math.min(...frames), Math.max(...frames)];
  const step = Math.floor((last - first) / FRAMES_MAXIMUM) + 1;
  let [common, joined] = [0, 0];
  // What has no area counts the same in each frame.
  const extent = (geometry: Geometry) => areaOf(geometry) || 1;
  for (let frame = first; frame <= last; frame += step) {
    const [own, other] = [at(one, frame)?.geometry, at(two, frame)?.geometry];
    if (own && other) {
      const share = overlap(own, other);
      const areas = extent(own) + extent(other);
      common += (share * areas) / (1 + share);
      joined += areas / (1 + share);
    } else if (own ?? other) joined += extent((own ?? other) as Geometry);
  }
  return joined > 0 ? common / joined : 0;
}

export interface Pair {
  one: number;
  two: number;
  overlap: number;
}

/** On the item's own data, as long as nobody says that there are panes. */
const ONE_PANE: PaneOf = () => undefined;

/** Pairs of regions of one pane whose overlap is at least `threshold`, the best first. */
export function matched(
  one: readonly Region[],
  two: readonly Region[],
  threshold: number,
  panes = ONE_PANE,
): Pair[] {
  const pairs: Pair[] = [];
  one.forEach((first, indexOne) => {
    two.forEach((second, indexTwo) => {
      if (!sameTarget(first, second) || panes(first.class) !== panes(second.class)) return;
      const found = likeness(first.geometry, second.geometry);
      if (found >= threshold) pairs.push({ one: indexOne, two: indexTwo, overlap: found });
    });
  });
  // Where overlaps are equal the same class goes first, then the order of the lists.
  const sameClass = (pair: Pair) => (one[pair.one]?.class === two[pair.two]?.class ? 1 : 0);
  pairs.sort(
    (a, b) => b.overlap - a.overlap || sameClass(b) - sameClass(a) || a.one - b.one || a.two - b.two,
  );
  const [usedOne, usedTwo] = [new Set<number>(), new Set<number>()];
  return pairs.filter((pair) => {
    if (usedOne.has(pair.one) || usedTwo.has(pair.two)) return false;
    usedOne.add(pair.one);
    usedTwo.add(pair.two);
    return true;
  });
}

/** Do they lie on the same turn, page or frames? */
function sameTarget(one: Region, two: Region): boolean {
  return JSON.stringify(one.target ?? "item") === JSON.stringify(two.target ?? "item");
}

const ofTurn = (one: Region): boolean => typeof one.target === "object" && "turn" in one.target;

/** Of a stretch of sound, what was written of it is half of the answer; of a turn, the reward that it got. */
function sameWords(one: Region | undefined, two: Region | undefined): boolean {
  if (!one || !two) return true;
  const asked = one.geometry.type === "interval" && two.geometry.type === "interval";
  if (!asked && !(ofTurn(one) && ofTurn(two))) return true;
  const names = new Set([...Object.keys(one.attributes), ...Object.keys(two.attributes)]);
  return [...names].every((name) => sameValue(one.attributes[name], two.attributes[name]));
}

/** For each answer, the ids of its regions on which not all others agree. */
export function differences(answers: readonly Answer[], threshold: number, panes = ONE_PANE): Set<string>[] {
  return answers.map((answer, index) => {
    const agreed = new Map<number, number>();
    answers.forEach((other, otherIndex) => {
      if (otherIndex === index) return;
      for (const pair of matched(answer.regions, other.regions, threshold, panes)) {
        const [one, two] = [answer.regions[pair.one], other.regions[pair.two]];
        if (one?.class !== two?.class || !sameWords(one, two)) continue;
        agreed.set(pair.one, (agreed.get(pair.one) ?? 0) + 1);
      }
    });
    const different = answer.regions.filter((_, at) => (agreed.get(at) ?? 0) < answers.length - 1);
    return new Set(different.map((region) => region.id));
  });
}

/** What all answers say: fields with one value, regions that everybody has, relations between those. */
export function agreed(answers: readonly Answer[], threshold: number, panes = ONE_PANE): Answer {
  const [first] = answers;
  if (!first) return { fields: {}, regions: [], relations: [] };
  const [different] = differences(answers, threshold, panes);
  const regions = first.regions.filter((region) => !different?.has(region.id));
  const ids = new Set(regions.map((region) => region.id));
  const fields = Object.fromEntries(
    Object.entries(first.fields).filter(([id, value]) =>
      answers.every((answer) => JSON.stringify(answer.fields[id]) === JSON.stringify(value)),
    ),
  );
  const relations = first.relations.filter(
    (relation) =>
      ids.has(relation.from) &&
      ids.has(relation.to) &&
      answers.every((answer) => hasRelation(answer, first, relation, threshold, panes)),
  );
  return { fields, regions, relations };
}

function hasRelation(
  answer: Answer,
  first: Answer,
  relation: Answer["relations"][number],
  threshold: number,
  panes: PaneOf,
): boolean {
  if (answer === first) return true;
  const twin = new Map(
    matched(first.regions, answer.regions, threshold, panes).map((pair) => [
      first.regions[pair.one]?.id,
      answer.regions[pair.two]?.id,
    ]),
  );
  return answer.relations.some(
    (other) =>
      other.relation === relation.relation &&
      other.from === twin.get(relation.from) &&
      other.to === twin.get(relation.to),
  );
}
