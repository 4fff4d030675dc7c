// Which rows of a long list lie in view. All rows are equally high; browsers know no element higher than some 33 million
// pixels, so that a list may be longer than what can be scrolled to.

/** Pixels. */
export const HEIGHT_MAXIMUM = 33_000_000;
/** Rows above and below what is in view that are there already when they are scrolled to. */
const MARGIN = 12;

export interface Window {
  /** The first row, and the one behind the last. */
  start: number;
  end: number;
}

/** How many rows of this height can be scrolled through. */
export function reachable(count: number, height: number): number {
  return Math.min(count, Math.floor(HEIGHT_MAXIMUM / height));
}

export function inView(count: number, height: number, scrolled: number, shown: number): Window {
  const first = Math.floor(Math.max(0, scrolled) / height);
  const last = Math.ceil((Math.max(0, scrolled) + Math.max(0, shown)) / height);
  const end = Math.min(count, last + MARGIN);
  return { start: Math.max(0, Math.min(first - MARGIN, end)), end };
}

/** The pieces of so many rows that a window reaches into. */
export function piecesOf({ start, end }: Window, rows: number): number[] {
  if (end <= start) return [];
  const first = Math.floor(start / rows);
  return Array.from({ length: Math.floor((end - 1) / rows) - first + 1 }, (_, at) => first + at);
}
