// How far a text is from the one that it began as: words that were taken in, taken out or replaced (Levenshtein), as the
// server counts them.

const CELLS_MAXIMUM = 4_000_000;

const wordsOf = (text: string): string[] => text.split(/\s+/u).filter((word) => word !== "");

/** undefined where the texts are too long to compare while somebody types. */
export function editDistance(one: string, two: string): number | undefined {
  const [a, b] = [wordsOf(one), wordsOf(two)];
  while (a.length > 0 && b.length > 0 && a.at(-1) === b.at(-1)) {
    a.pop();
    b.pop();
  }
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  const [left, right] = [a.slice(same), b.slice(same)];
  if (left.length * right.length > CELLS_MAXIMUM) return undefined;
  const row = Array.from({ length: right.length + 1 }, (_, at) => at);
  left.forEach((word, at) => {
    let corner = at;
    row[0] = at + 1;
    for (let column = 1; column <= right.length; column += 1) {
      const above = row[column] ?? 0;
      const changed = corner + (word === right[column - 1] ? 0 : 1);
      row[column] = Math.min(changed, above + 1, (row[column - 1] ?? 0) + 1);
      corner = above;
    }
  });
  return row[right.length];
}

export interface Origin {
  title: string;
  text: string;
}

/** The one of several texts that a text is nearest to. */
export function nearest(
  text: string,
  origins: readonly Origin[],
): { title: string; words: number } | undefined {
  let best: { title: string; words: number } | undefined;
  for (const origin of origins) {
    const words = editDistance(origin.text, text);
    if (words !== undefined && (!best || words < best.words)) best = { title: origin.title, words };
  }
  return best;
}
