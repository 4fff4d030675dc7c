// Records as the server stores them: columns, rows of cells, and what the rows are called. Labels name cells by row and
// column, counted from 0.
import type { Geometry } from "../types";

export type Cell = string | number | boolean | null;
export type Place = readonly [row: number, column: number];

export interface Table {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
  titles: readonly string[];
}

export function readTable(text: string): Table {
  const from = JSON.parse(text) as Partial<Table>;
  return { columns: from.columns ?? [], rows: from.rows ?? [], titles: from.titles ?? [] };
}

/** A text alone, as a record of one column. */
export const tableOf = (text: string): Table => ({ columns: ["text"], rows: [[text]], titles: [] });

export const wordsOf = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? "" : String(cell);

/** What a row is called. */
export function titleOf(table: Table, row: number): string {
  const own = table.titles[row];
  if (own !== undefined) return own;
  if (table.rows.length === 1) return "Record";
  return table.rows.length === 2 ? (row === 0 ? "Left" : "Right") : String(row + 1);
}

/** Few records stand beside each other, a line a column: so they are compared. Many are read as a table is. */
export const isSideBySide = (table: Table): boolean => table.rows.length <= 4;

export type Likeness = "same" | "alike" | "different" | "missing";

/** Words without case and punctuation. The point of a number and its sign are no punctuation. */
const plain = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/(?<=\p{N})[.,](?=\p{N})/gu, "·")
    .replace(/(?<![\p{L}\p{N}])[-−](?=\p{N})/gu, "−")
    .replace(/[^\p{L}\p{N}·−]+/gu, " ")
    .trim();

/** Without spaces, but between digits: `1/12` is not `11/2`. */
const letters = (text: string): string => plain(text).replace(/(?<!\p{N}) | (?!\p{N})/gu, "");

/** Words in one order; those with digits keep theirs, because `10 x 20` is not `20 x 10`. */
function ordered(text: string): string {
  const words = plain(text).split(" ");
  const hasDigits = (word: string) => /\p{N}/u.test(word);
  return [...words.filter((word) => !hasDigits(word)).sort(), "", ...words.filter(hasDigits)].join(" ");
}

/** Do all rows say the same in a column? `alike`: but for case, spaces, punctuation and the order of words. */
export function likenessOf(table: Table, column: number): Likeness {
  const said = table.rows.map((row) => wordsOf(row[column]));
  const [first = ""] = said;
  if (said.every((one) => one === first)) return "same";
  if (said.some((one) => one === "")) return "missing";
  const isAlike = (one: string) =>
    letters(first) !== "" && (letters(one) === letters(first) || ordered(one) === ordered(first));
  return said.every(isAlike) ? "alike" : "different";
}

export interface Piece {
  /** Where it begins. */
  at: number;
  text: string;
  /** The other records do not have this word. */
  own: boolean;
}

/** A cell in pieces; together they are its text. Words that not all others have are its own. */
export function piecesOf(text: string, others: readonly string[]): Piece[] {
  const words = (from: string) => new Set(plain(from).split(" "));
  const known = others.map(words);
  const pieces: Piece[] = [];
  let at = 0;
  for (const part of text.match(/\s+|\S+/gu) ?? []) {
    const own =
      plain(part) !== "" &&
      plain(part)
        .split(" ")
        .some((word) => known.some((one) => !one.has(word)));
    const last = pieces.at(-1);
    // Spaces between two words of its own are part of them.
    if (last && (last.own === own || part.trim() === "")) last.text += part;
    else pieces.push({ at, text: part, own });
    at += part.length;
  }
  return pieces;
}

/** The cells between two corners, row by row. */
export function block(from: Place, to: Place): Place[] {
  const [top, bottom] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [start, end] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  const found: Place[] = [];
  for (let row = top; row <= bottom; row += 1) {
    for (let column = start; column <= end; column += 1) found.push([row, column]);
  }
  return found;
}

export const cellsOf = (geometry: Geometry): readonly (readonly number[])[] =>
  geometry.type === "cells" ? geometry.cells : [];

export const keyOf = ([row = 0, column = 0]: readonly number[]): string => `${row} ${column}`;

/** The same cells in whatever order? */
export function sameCells(one: readonly (readonly number[])[], two: readonly (readonly number[])[]): boolean {
  const keys = new Set(one.map(keyOf));
  return keys.size === new Set(two.map(keyOf)).size && two.every((cell) => keys.has(keyOf(cell)));
}

/** Common over joined cells. */
export function cellOverlap(
  one: readonly (readonly number[])[],
  two: readonly (readonly number[])[],
): number {
  const [first, second] = [new Set(one.map(keyOf)), new Set(two.map(keyOf))];
  const common = [...first].filter((key) => second.has(key)).length;
  const union = first.size + second.size - common;
  return union === 0 ? 0 : common / union;
}

/** Cells in words: `price`, `left: price`, or how many there are. */
export function describeCells(table: Table, geometry: Geometry): string {
  const named = cellsOf(geometry).map(([row = 0, column = 0]) => {
    const name = table.columns[column] ?? String(column + 1);
    return table.rows.length === 1 ? name : `${titleOf(table, row)}: ${name}`;
  });
  return named.length > 4 ? `${named.slice(0, 3).join(", ")} and ${named.length - 3} more` : named.join(", ");
}
