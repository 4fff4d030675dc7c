// Labels of turns: a span over the whole text of a turn is a label of the turn, a shorter one marks words in it.
import type { Turn } from "../../core/dialogue/conversation";
import { ScalarText } from "../../core/offsets";
import type { Region } from "../../core/types";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { type Shown, shownOf } from "../shown";

export function turnOf(region: Region): number | undefined {
  const { target } = region;
  return typeof target === "object" && "turn" in target ? target.turn : undefined;
}

/** A result that a tool gave at length: it is folded. */
export const isLong = (turn: Turn): boolean => turn.role === "tool" && turn.text.length > 400;

export const lengthOf = (text: string): number => [...text].length;

export function isWhole(region: Region, turn: Turn): boolean {
  const { geometry } = region;
  const [range, ...more] = geometry.type === "span" ? geometry.ranges : [];
  return more.length === 0 && range?.[0] === 0 && range[1] === lengthOf(turn.text);
}

export const labelsOf = (session: EditorSession, layers: readonly LayerView[], turn: number): Shown[] =>
  shownOf(session, layers, (region) => turnOf(region) === turn);

/** A stretch of a turn's text over which the same labels lie; offsets are UTF-16. */
export interface Piece {
  start: number;
  text: string;
  over: Shown[];
}

/** The text in pieces; together they are the text. */
export function piecesOf(turn: Turn, labels: readonly Shown[]): Piece[] {
  const text = new ScalarText(turn.text);
  const marks = labels
    .filter((one) => !isWhole(one.region, turn))
    .flatMap((label) => {
      const ranges = label.region.geometry.type === "span" ? label.region.geometry.ranges : [];
      return ranges.map(([start = 0, end = 0]) => ({
        label,
        start: text.toUnit(start),
        end: text.toUnit(end),
      }));
    });
  const cuts = new Set([0, turn.text.length, ...marks.flatMap((mark) => [mark.start, mark.end])]);
  const sorted = [...cuts].sort((one, two) => one - two);
  return sorted.slice(0, -1).map((start, at) => {
    const end = sorted[at + 1] ?? start;
    const over = marks.filter((mark) => mark.start < end && mark.end > start).map((mark) => mark.label);
    return { start, text: turn.text.slice(start, end), over };
  });
}

/** A selection of the browser within one turn's text, in Unicode scalar values. */
export function selectedIn(root: HTMLElement): { turn: number; range: [number, number] } | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  const body = (node: Node) =>
    (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>("[data-text]");
  const own = body(range.startContainer);
  if (!own || own !== body(range.endContainer) || !root.contains(own)) return undefined;
  const before = document.createRange();
  before.selectNodeContents(own);
  before.setEnd(range.startContainer, range.startOffset);
  const start = lengthOf(before.toString());
  const length = lengthOf(range.toString());
  return length === 0 ? undefined : { turn: Number(own.dataset.text), range: [start, start + length] };
}
