// A person's own list of terms and patterns, and where they stand in a text. Terms match whole words, whatever their
// case; patterns are regular expressions of the browser. Offsets are UTF-16.

export interface TermList {
  terms: { term: string; class: string }[];
  patterns: { source: string; flags: string; class: string }[];
}

export interface TermProblem {
  /** From 1. */
  line: number;
  message: string;
}

export interface Found {
  start: number;
  end: number;
  class: string;
}

export const MOST_TERMS = 100_000;

/** One a line: `term,class`, with a tab or a comma between, or `/pattern/flags,class`. A line that begins with `#` is a
 * remark. `classOf` knows a class by its id or its title. */
export function readTerms(
  text: string,
  classOf: (word: string) => string | undefined,
): { list: TermList; problems: TermProblem[] } {
  const list: TermList = { terms: [], patterns: [] };
  const problems: TermProblem[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const message = readLine(line, list, classOf);
    if (message !== undefined) problems.push({ line: index + 1, message });
  }
  return { list, problems };
}

/** Adds what a line says; the answer is what is wrong with it. */
function readLine(
  line: string,
  list: TermList,
  classOf: (word: string) => string | undefined,
): string | undefined {
  const cut = line.includes("\t") ? line.lastIndexOf("\t") : line.lastIndexOf(",");
  if (cut < 0) return "a line is: term,class";
  const [front, word] = [unquoted(line.slice(0, cut).trim()), unquoted(line.slice(cut + 1).trim())];
  const named = classOf(word);
  if (named === undefined) return `“${word}” is not a class of this schema`;
  if (list.terms.length + list.patterns.length >= MOST_TERMS) return `only ${MOST_TERMS} lines are read`;
  if (front === "") return "there is no term before the class";
  const pattern = /^\/(.+)\/([a-z]*)$/u.exec(front);
  if (!pattern) {
    list.terms.push({ term: front, class: named });
    return undefined;
  }
  const [, source = "", said = ""] = pattern;
  const flags = [...new Set(`${said.replace(/[gy]/g, "")}gu`)].join("");
  try {
    new RegExp(source, flags);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  list.patterns.push({ source, flags, class: named });
  return undefined;
}

const unquoted = (word: string): string =>
  /^".*"$/u.test(word) ? word.slice(1, -1).replaceAll('""', '"') : word;

/** Small letters, character by character, so that places stay the same. */
function folded(text: string): string {
  const low = text.toLowerCase();
  if (low.length === text.length) return low;
  return Array.from(text, (one) => (one.toLowerCase().length === one.length ? one.toLowerCase() : one)).join(
    "",
  );
}

interface Node {
  next: Map<string, Node>;
  classes: string[];
}

const node = (): Node => ({ next: new Map(), classes: [] });

/** Letters and digits of scripts that put blanks between words: within such a word no term begins or ends. */
const JOINED = /[\p{L}\p{N}\p{M}]/u;
const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;

function withinWord(text: string, at: number): boolean {
  const [before, after] = [text.slice(Math.max(0, at - 2), at), text.slice(at, at + 2)];
  const [left, right] = [Array.from(before).at(-1) ?? "", Array.from(after)[0] ?? ""];
  if (!JOINED.test(left) || !JOINED.test(right)) return false;
  return !(UNSPACED.test(left) || UNSPACED.test(right));
}

/** Where the list says something, at most `most` places; the longest term that begins at a place counts. */
export function findTerms(text: string, list: TermList, most: number): { found: Found[]; cut: boolean } {
  const found: Found[] = [];
  const root = node();
  for (const { term, class: named } of list.terms) {
    let at = root;
    for (const letter of folded(term)) {
      let next = at.next.get(letter);
      if (!next) {
        next = node();
        at.next.set(letter, next);
      }
      at = next;
    }
    if (!at.classes.includes(named)) at.classes.push(named);
  }
  const low = folded(text);
  for (let start = 0; start < low.length && list.terms.length > 0 && found.length < most; ) {
    const longest = longestAt(root, low, start);
    if (longest) for (const named of longest.classes) found.push({ start, end: longest.end, class: named });
    start = longest ? longest.end : start + ((low.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
  }
  for (const { source, flags, class: named } of list.patterns) {
    for (const match of text.matchAll(new RegExp(source, flags))) {
      if (found.length >= most) break;
      if (match[0] !== "")
        found.push({ start: match.index, end: match.index + match[0].length, class: named });
    }
  }
  found.sort((one, two) => one.start - two.start || two.end - one.end);
  return { found: found.slice(0, most), cut: found.length >= most };
}

function longestAt(root: Node, text: string, start: number): { end: number; classes: string[] } | undefined {
  let at: Node | undefined = root.next.get(String.fromCodePoint(text.codePointAt(start) ?? 0));
  if (!at || withinWord(text, start)) return undefined;
  let longest: { end: number; classes: string[] } | undefined;
  let end = start;
  while (at) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
    if (at.classes.length > 0 && !withinWord(text, end)) longest = { end, classes: at.classes };
    if (end >= text.length) break;
    at = at.next.get(String.fromCodePoint(text.codePointAt(end) ?? 0));
  }
  return longest;
}
