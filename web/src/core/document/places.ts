// Where words lie on a page, and which of them is meant by a place. Words are in reading order. No DOM.
import type { Bounds } from "../geometry";
import type { Word } from "./layer";

/** Words of one line that follow each other, as one box each. */
export function boxesOf(words: readonly Word[]): Bounds[] {
  const boxes: (Bounds & { line: number })[] = [];
  for (const { left, top, right, bottom, line } of words) {
    const last = boxes.at(-1);
    if (last && last.line === line) Object.assign(last, union(last, { left, top, right, bottom }));
    else boxes.push({ left, top, right, bottom, line });
  }
  return boxes.map(({ left, top, right, bottom }) => ({ left, top, right, bottom }));
}

export const union = (one: Bounds, two: Bounds): Bounds => ({
  left: Math.min(one.left, two.left),
  top: Math.min(one.top, two.top),
  right: Math.max(one.right, two.right),
  bottom: Math.max(one.bottom, two.bottom),
});

const outside = (at: number, low: number, high: number): number => Math.max(low - at, 0, at - high);

/** How far a place lies from a word. What lies beside it in its line is nearer than what lies above or below. */
function distance(word: Bounds, x: number, y: number): number {
  return Math.hypot(outside(x, word.left, word.right), 3 * outside(y, word.top, word.bottom));
}

/** The word nearest to a place; none where the page has none. */
export function nearest(words: readonly Word[], x: number, y: number): number | undefined {
  let [best, found] = [Infinity, -1];
  words.forEach((word, index) => {
    const away = distance(word, x, y);
    if (away < best) [best, found] = [away, index];
  });
  return found < 0 ? undefined : found;
}

/** Words whose middle lies in a frame. */
export function within(words: readonly Word[], frame: Bounds): Word[] {
  return words.filter((word) => {
    const [x, y] = [(word.left + word.right) / 2, (word.top + word.bottom) / 2];
    return x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom;
  });
}

/** The word above or below one: of the next line in that direction the one nearest to it. */
export function lineStep(words: readonly Word[], from: number, direction: -1 | 1): number | undefined {
  const here = words[from];
  if (!here) return undefined;
  let at = from;
  while (words[at]?.line === here.line) at += direction;
  const line = words[at]?.line;
  if (line === undefined) return undefined;
  const middle = (here.left + here.right) / 2;
  let [best, found] = [Infinity, at];
  for (; words[at]?.line === line; at += direction) {
    const word = words[at];
    if (!word) break;
    const away = outside(middle, word.left, word.right);
    if (away < best) [best, found] = [away, at];
  }
  return found;
}
