// How high arcs run, so that those over the same words do not lie on each other: the shortest lowest, each above what it
// crosses.

export interface Place {
  x: number;
  y: number;
}

const LOWEST = 15;
const STEP = 11;
const LEVELS = 5;
/** Ends whose heights differ by less stand on one line. */
const SAME_LINE = 6;

export function planned<T extends { from: Place; to: Place }>(
  arcs: readonly T[],
): (T & { height: number })[] {
  const lines: { y: number; taken: [number, number][][] }[] = [];
  const width = ({ from, to }: T) => Math.abs(from.x - to.x);
  return [...arcs]
    .sort((one, two) => width(one) - width(two))
    .map((arc) => {
      const y = Math.min(arc.from.y, arc.to.y);
      let line = lines.find((one) => Math.abs(one.y - y) < SAME_LINE);
      if (!line) {
        line = { y, taken: [] };
        lines.push(line);
      }
      const [left, right] = [Math.min(arc.from.x, arc.to.x), Math.max(arc.from.x, arc.to.x)];
      let level = line.taken.findIndex((taken) => taken.every(([from, to]) => right <= from || left >= to));
      if (level < 0) level = Math.min(line.taken.length, LEVELS - 1);
      const row = line.taken[level] ?? [];
      line.taken[level] = row;
      row.push([left, right]);
      return { ...arc, height: LOWEST + level * STEP };
    });
}
