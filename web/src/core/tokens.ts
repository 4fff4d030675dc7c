// Tokens that came with a text, in its metadata under `tokens`: what spans snap to where a tokeniser has the say.
import type { ScalarText } from "./offsets";

/** UTF-16 offsets in order, end exclusive. */
export type TokenRange = readonly [start: number, end: number];

interface Said {
  start?: unknown;
  end?: unknown;
}

/**
 * Reads words in their order, `[start, end]` pairs, or objects with `start` and `end`; offsets count Unicode scalar
 * values. What does not fit the text makes the whole list unusable: half of a tokenisation would snap wrongly.
 */
export function tokensOf(metadata: unknown, text: ScalarText): TokenRange[] | undefined {
  const list = listed((metadata as { tokens?: unknown } | null | undefined)?.tokens);
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const found: TokenRange[] = [];
  let at = 0;
  for (const one of list as unknown[]) {
    const range = typeof one === "string" ? named(one, text, at) : placed(one, text);
    if (!range || range[0] < at || range[1] <= range[0]) return undefined;
    found.push(range);
    at = range[1];
  }
  return found;
}

/** Cells of tables are text: a list in one is written as JSON. */
function listed(tokens: unknown): unknown {
  if (typeof tokens !== "string" || !tokens.startsWith("[")) return tokens;
  try {
    return JSON.parse(tokens) as unknown;
  } catch {
    return undefined;
  }
}

function named(word: string, text: ScalarText, from: number): TokenRange | undefined {
  const start = text.text.indexOf(word, from);
  return start < 0 || word === "" ? undefined : [start, start + word.length];
}

function placed(one: unknown, text: ScalarText): TokenRange | undefined {
  const { start, end } = Array.isArray(one)
    ? { start: one[0] as unknown, end: one[1] as unknown }
    : ((one ?? {}) as Said);
  if (!Number.isInteger(start) || !Number.isInteger(end) || Number(end) > text.scalars || Number(start) < 0) {
    return undefined;
  }
  return [text.toUnit(Number(start)), text.toUnit(Number(end))];
}

/** The first token that ends behind a place. */
function firstBehind(tokens: readonly TokenRange[], unit: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.[1] ?? 0) > unit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Widens a range to the tokens that it touches; one that touches none stays as it is. */
export function snapToTokens(tokens: readonly TokenRange[], start: number, end: number): [number, number] {
  let [from, to] = [start, end];
  for (let index = firstBehind(tokens, start); index < tokens.length; index += 1) {
    const [first, last] = tokens[index] ?? [Infinity, Infinity];
    if (first >= end) break;
    [from, to] = [Math.min(from, first), Math.max(to, last)];
  }
  return [from, to];
}

/** The next end of a token, or the last beginning before a place. */
export function tokenStep(
  tokens: readonly TokenRange[],
  unit: number,
  direction: -1 | 1,
): number | undefined {
  const index = firstBehind(tokens, unit);
  if (direction === 1) return tokens[index]?.[1];
  const here = tokens[index];
  return here && here[0] < unit ? here[0] : tokens[index - 1]?.[0];
}
