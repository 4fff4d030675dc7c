// How the text is laid out: a block is what is one element on the screen. One for each line, or one for each sentence;
// what is too long for either is cut, so that no change ever lays out more than a block.
import { type Paragraph, paragraphsOf } from "./paragraphs";

export type TextView = "paragraphs" | "sentences";

/** UTF-16 code units in one block. */
const LONGEST = 2000;

let sentences: Intl.Segmenter | undefined;
let words: Intl.Segmenter | undefined;

/** Sentence ends within a text, the last one included (UAX #29 by the browser). */
function sentenceEnds(text: string): number[] {
  sentences ??= new Intl.Segmenter(undefined, { granularity: "sentence" });
  return [...sentences.segment(text)].map(({ index, segment }) => index + segment.length);
}

/** Cuts at the last word that still fits; a single word that is longer is cut between characters. */
function cuts(text: string, from: number, to: number): number[] {
  words ??= new Intl.Segmenter(undefined, { granularity: "word" });
  const found: number[] = [];
  let [start, last] = [from, from];
  for (const { index, segment } of words.segment(text.slice(from, to))) {
    const end = from + index + segment.length;
    if (end - start > LONGEST) {
      if (last > start) {
        found.push(last);
        start = last;
      }
      for (const piece of end - start > LONGEST ? new Intl.Segmenter().segment(segment) : []) {
        const until = from + index + piece.index + piece.segment.length;
        if (until - start <= LONGEST) continue;
        found.push(until - piece.segment.length);
        start = until - piece.segment.length;
      }
    }
    last = end;
  }
  return [...found.filter((cut) => cut > from && cut < to), to];
}

/** Where the blocks of one paragraph end. */
function endsOf(text: string, view: TextView): number[] {
  if (view === "paragraphs" && text.length <= LONGEST) return [text.length];
  const ends: number[] = [];
  let start = 0;
  let held = 0;
  const close = (end: number) => {
    if (end > start) ends.push(...(end - start > LONGEST ? cuts(text, start, end) : [end]));
    start = end;
  };
  for (const end of sentenceEnds(text)) {
    if (view === "sentences") close(end);
    else if (end - start > LONGEST && held > start) close(held);
    held = end;
  }
  close(text.length);
  return ends.length > 0 ? ends : [text.length];
}

export interface Block extends Paragraph {
  /** Does the line go on in the next block? */
  goesOn: boolean;
}

export function blocksOf(text: string, view: TextView): Block[] {
  const blocks: Block[] = [];
  for (const paragraph of paragraphsOf(text)) {
    let from = 0;
    for (const to of endsOf(paragraph.text, view)) {
      blocks.push({
        index: blocks.length,
        start: paragraph.start + from,
        end: paragraph.start + to,
        text: paragraph.text.slice(from, to),
        goesOn: to < paragraph.text.length,
      });
      from = to;
    }
  }
  return blocks;
}
