// The text cut into paragraphs, and each paragraph into pieces over which the same spans lie. Offsets here are UTF-16,
// those of spans are Unicode scalar values.
import type { ScalarText } from "../../core/offsets";
import type { Region } from "../../core/types";

export interface Paragraph {
  index: number;
  start: number;
  end: number;
  text: string;
}

/** One for each line; the line ends themselves belong to none. */
export function paragraphsOf(text: string): Paragraph[] {
  const found: Paragraph[] = [];
  let start = 0;
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    found.push({ index: found.length, start, end: match.index, text: text.slice(start, match.index) });
    start = match.index + match[0].length;
  }
  found.push({ index: found.length, start, end: text.length, text: text.slice(start) });
  return found;
}

/** The paragraph in which an offset lies; one within a line end belongs to the paragraph before it. */
export function paragraphAt(paragraphs: readonly Paragraph[], unit: number): Paragraph {
  let [low, high] = [0, paragraphs.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((paragraphs[middle]?.start ?? 0) <= unit) low = middle;
    else high = middle - 1;
  }
  return paragraphs[low] as Paragraph;
}

/** A range of one span as it is painted. */
export interface Mark {
  /** Region id, unique also across layers. */
  id: string;
  region: string;
  start: number;
  end: number;
  colour: string;
  tag: string;
  /** 0 solid, others dashed. */
  style: number;
  strong: boolean;
  selected: boolean;
  /** The chain that it is a mention of. */
  chain?: { number: number; colour: string } | undefined;
}

export interface Piece {
  start: number;
  end: number;
  /** The marks over it, the shortest first. */
  marks: Mark[];
}

export function marksOf(
  text: ScalarText,
  region: Region,
  look: Omit<Mark, "id" | "region" | "start" | "end">,
  prefix = "",
): Mark[] {
  if (region.geometry.type !== "span") return [];
  return region.geometry.ranges.map(([start = 0, end = 0]) => ({
    ...look,
    id: prefix + region.id,
    region: region.id,
    start: text.toUnit(start),
    end: text.toUnit(end),
  }));
}

/** The paragraph in pieces; together they are its text. */
export function piecesOf(paragraph: Paragraph, marks: readonly Mark[]): Piece[] {
  const cuts = new Set([paragraph.start, paragraph.end]);
  for (const mark of marks) {
    for (const cut of [mark.start, mark.end]) {
      if (cut > paragraph.start && cut < paragraph.end) cuts.add(cut);
    }
  }
  const sorted = [...cuts].sort((one, two) => one - two);
  const pieces: Piece[] = [];
  for (let index = 0; index + 1 < sorted.length; index += 1) {
    const [start, end] = [sorted[index] ?? 0, sorted[index + 1] ?? 0];
    const over = marks.filter((mark) => mark.start < end && mark.end > start);
    over.sort((one, two) => one.end - one.start - (two.end - two.start) || (one.id < two.id ? -1 : 1));
    pieces.push({ start, end, marks: over });
  }
  return pieces;
}

/** A row for each mark, so that the lines under overlapping spans do not hide each other. */
export function levelsOf(marks: readonly Mark[]): Map<string, number> {
  const levels = new Map<string, number>();
  const ends: number[] = [];
  const sorted = [...marks].sort((one, two) => one.start - two.start || two.end - one.end);
  for (const mark of sorted) {
    let level = ends.findIndex((end) => end <= mark.start);
    if (level < 0) level = ends.length;
    ends[level] = mark.end;
    levels.set(mark.id, level);
  }
  return levels;
}
