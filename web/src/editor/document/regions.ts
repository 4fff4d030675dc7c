// Regions of a document: on which pages they lie and as which boxes, and what makes and changes them.
import type { Layer, Word } from "../../core/document/layer";
import { boxesOf, union, within } from "../../core/document/places";
import { type Bounds, boundsOf, boxOf, ringsOf } from "../../core/geometry";
import { uuid } from "../../core/ids";
import { type Range, rangesOf } from "../../core/ranges";
import type { Geometry, LabelClass, Point, Region } from "../../core/types";
import type { EditorSession } from "../session";

export const pageOf = ({ target }: Region): number | undefined =>
  typeof target === "object" && "page" in target ? target.page : undefined;

export const rangesIn = (region: Region): Range[] =>
  region.geometry.type === "span" ? rangesOf(region.geometry.ranges) : [];

/** The first and the last page on which something of a region lies. */
export function pagesOf(layer: Layer, region: Region): [first: number, last: number] | undefined {
  const ranges = rangesIn(region);
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (first && last) return [layer.pageOf(first[0]), layer.pageOf(Math.max(first[0], last[1] - 1))];
  const page = pageOf(region);
  return page === undefined || !layer.pages[page] ? undefined : [page, page];
}

export interface Shape {
  boxes: readonly Bounds[];
  rings: readonly (readonly Point[])[];
}

/** What is drawn of a region on a page; undefined while the words are not there. */
export function shapeOn(layer: Layer, region: Region, page: number): Shape | undefined {
  const ranges = rangesIn(region);
  if (ranges.length > 0) {
    const boxes: Bounds[] = [];
    for (const [start, end] of ranges) {
      const words = layer.wordsOf(page, start, end);
      if (!words) return undefined;
      boxes.push(...boxesOf(words));
    }
    return { boxes, rings: [] };
  }
  if (pageOf(region) !== page) return { boxes: [], rings: [] };
  const rings = region.geometry.type === "box" ? undefined : ringsOf(region.geometry);
  const bounds = boundsOf(region.geometry);
  return { boxes: rings || !bounds ? [] : [bounds], rings: rings ?? [] };
}

/** What was read in a region, as far as its words are there. */
export function readIn(layer: Layer, region: Region): string {
  const ranges = rangesIn(region);
  if (ranges.length > 0) return ranges.map(([start, end]) => layer.slice(start, end)).join(" … ");
  const [page, bounds] = [pageOf(region), boundsOf(region.geometry)];
  if (page === undefined || !bounds) return "";
  return wordsText(layer, within(layer.words(page) ?? [], bounds));
}

function wordsText(layer: Layer, words: readonly Word[]): string {
  return words
    .map((word, index) => {
      const before = words[index - 1];
      const gap = before === undefined ? "" : before.line === word.line ? " " : "\n";
      return gap + layer.text.slice(word.start, word.end);
    })
    .join("");
}

/** A new region; its transcript begins as what was read there. */
export function make(
  session: EditorSession,
  layer: Layer,
  geometry: Geometry,
  found: LabelClass,
  page?: number,
): void {
  const region: Region = {
    id: uuid(),
    geometry,
    class: found.id,
    attributes: {},
    ...(page === undefined ? {} : { target: { page } }),
  };
  const transcript = (found.attributes ?? []).find((one) => one.kind.type === "transcript");
  const read = transcript && readIn(layer, region).trim();
  if (transcript?.kind.type === "transcript" && read) {
    const most = transcript.kind.max_chars ?? Infinity;
    if ([...read].length <= most) region.attributes = { [transcript.id]: read };
  }
  session.doc.addRegion(`draw ${found.title}`, region);
  session.ui.set({ selection: [region.id], activeClass: found.id });
}

/** A span over words; the one that is there already is selected instead. */
export function makeSpan(session: EditorSession, layer: Layer, range: Range, found: LabelClass): void {
  const geometry: Geometry = { type: "span", ranges: [[...range]] };
  const wanted = JSON.stringify(geometry);
  const same = session.doc.regions.find(
    (one) =>
      one.class === found.id && one.geometry.type === "span" && JSON.stringify(one.geometry) === wanted,
  );
  if (same) session.ui.select(same.id);
  else make(session, layer, geometry, found);
}

export const boxed = ({ left, top, right, bottom }: Bounds): Geometry => boxOf(left, top, right, bottom);

/** What lies around words. */
export const aroundWords = (words: readonly Word[]): Bounds | undefined =>
  words
    .map(({ left, top, right, bottom }): Bounds => ({ left, top, right, bottom }))
    .reduce<Bounds | undefined>((all, one) => (all ? union(all, one) : one), undefined);
