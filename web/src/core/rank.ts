// Which entries of a list somebody means by a few words.

export interface Named {
  title: string;
  /** Other words that it is found by. */
  words?: string;
}

/** The entries that have every word of the query, those that begin with it first; their order otherwise stays. */
export function rank<T extends Named>(query: string, entries: readonly T[]): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const graded: { entry: T; grade: number }[] = [];
  for (const entry of entries) {
    const title = entry.title.toLowerCase();
    const all = `${title} ${entry.words?.toLowerCase() ?? ""}`;
    if (!words.every((word) => all.includes(word))) continue;
    const first = words[0] ?? "";
    const begins = title.startsWith(first) ? 0 : title.includes(` ${first}`) ? 1 : 2;
    graded.push({ entry, grade: words.every((word) => title.includes(word)) ? begins : 3 });
  }
  // Sorting is stable.
  return graded.sort((one, two) => one.grade - two.grade).map(({ entry }) => entry);
}
