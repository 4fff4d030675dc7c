// Every place at which the same words stand. UTF-16 offsets.

export interface Alike {
  caseSensitive: boolean;
  wholeWords: boolean;
}

/** What a place must be for a range to begin and end there. */
export interface Boundaries {
  isGrapheme(unit: number): boolean;
  /** Does a word begin or end here, or is no word around? */
  isWordEdge(unit: number): boolean;
}

/** Words with any white space between them, so that a name is also found over a line end. */
function patternOf(words: string, caseSensitive: boolean): RegExp | undefined {
  const parts = words
    .trim()
    .split(/\s+/u)
    .filter((part) => part !== "");
  if (parts.length === 0) return undefined;
  const quoted = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&"));
  return new RegExp(quoted.join("\\s+"), caseSensitive ? "gu" : "giu");
}

/** The places in order, none over another. */
export function occurrences(
  text: string,
  words: string,
  alike: Alike,
  boundaries: Boundaries,
): [number, number][] {
  const pattern = patternOf(words, alike.caseSensitive);
  const found: [number, number][] = [];
  for (const match of pattern ? text.matchAll(pattern) : []) {
    const [start, end] = [match.index, match.index + match[0].length];
    if (!boundaries.isGrapheme(start) || !boundaries.isGrapheme(end)) continue;
    if (alike.wholeWords && !(boundaries.isWordEdge(start) && boundaries.isWordEdge(end))) continue;
    found.push([start, end]);
  }
  return found;
}
