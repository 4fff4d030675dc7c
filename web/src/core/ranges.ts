// The ranges of a span: sorted, never touching each other, at least one. Offsets count Unicode scalar values.

export type Range = [start: number, end: number];

export const rangesOf = (ranges: readonly number[][]): Range[] =>
  ranges.map(([start = 0, end = 0]): Range => [start, end]);

/** Sorted, and joined where they touch. */
export function joined(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((one, two) => one[0] - two[0] || one[1] - two[1]);
  const found: Range[] = [];
  for (const [start, end] of sorted) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

/** With one range more. */
export const withRange = (ranges: readonly Range[], more: Range): Range[] => joined([...ranges, more]);

/** The range over a place, else -1. */
export const rangeAt = (ranges: readonly Range[], at: number): number =>
  ranges.findIndex(([start, end]) => start <= at && at < end);

/** With an edge of one range at another place; undefined where it would cross the other edge or meet its neighbour. */
export function withEdge(
  ranges: readonly Range[],
  index: number,
  side: "start" | "end",
  to: number,
): Range[] | undefined {
  const here = ranges[index];
  if (!here) return undefined;
  const next: Range = side === "start" ? [to, here[1]] : [here[0], to];
  const [before, after] = [ranges[index - 1], ranges[index + 1]];
  if (next[0] >= next[1] || (before && next[0] <= before[1]) || (after && next[1] >= after[0]))
    return undefined;
  return ranges.map((range, at): Range => (at === index ? next : [...range]));
}
