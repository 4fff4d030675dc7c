// Word boundaries in any script: where a selection snaps to, and where the caret jumps to. Offsets are UTF-16.
import type { ScalarText } from "./offsets";

interface Word {
  start: number;
  end: number;
  isWord: boolean;
}

/** The words of one paragraph, found once and kept. */
export class Words {
  private readonly kept = new Map<string, Word[]>();

  of(paragraph: string): Word[] {
    const known = this.kept.get(paragraph);
    if (known) return known;
    const words: Word[] = [];
    for (const part of new Intl.Segmenter(undefined, { granularity: "word" }).segment(paragraph)) {
      words.push({
        start: part.index,
        end: part.index + part.segment.length,
        isWord: part.isWordLike === true,
      });
    }
    this.kept.set(paragraph, words);
    return words;
  }
}

/** Widens a range to whole words; one that touches no word stays as it is. */
export function snapToWords(words: Word[], start: number, end: number): [number, number] {
  const touched = words.filter((word) => word.isWord && word.start < end && word.end > start);
  const [first, last] = [touched[0], touched.at(-1)];
  if (!first || !last) return [start, end];
  return [Math.min(start, first.start), Math.max(end, last.end)];
}

/** The range without blanks at its ends and on grapheme boundaries; undefined when nothing is left. */
export function trimmed(text: ScalarText, start: number, end: number): [number, number] | undefined {
  let [from, to] = [text.snap(Math.min(start, end), -1), text.snap(Math.max(start, end), 1)];
  const blank = /\s/u;
  while (from < to && blank.test(text.text[from] ?? "")) from += 1;
  while (to > from && blank.test(text.text[to - 1] ?? "")) to -= 1;
  [from, to] = [text.snap(from, -1), text.snap(to, 1)];
  return from < to ? [from, to] : undefined;
}

/** Where a jump by one word from `at` goes: to the next end of a word, or back to the last beginning. */
export function wordStep(words: Word[], at: number, direction: -1 | 1): number | undefined {
  if (direction === 1) return words.find((word) => word.isWord && word.end > at)?.end;
  return words.findLast((word) => word.isWord && word.start < at)?.start;
}
