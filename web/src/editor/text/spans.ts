// Making spans and changing their ranges: from what is selected, by fragments, by edges. Every change is one step of undo.

import type { ScalarText } from "../../core/offsets";
import { joined, type Range, rangeAt, rangesOf, withEdge, withRange } from "../../core/ranges";
import { snapToTokens, type TokenRange } from "../../core/tokens";
import type { Geometry, Region } from "../../core/types";
import { trimmed } from "../../core/words";
import type { EditorSession } from "../session";
import type { Caret } from "./caret";
import type { TextWork } from "./work";

export interface Hands {
  session: EditorSession;
  text: ScalarText;
  work: TextWork;
  tokens: readonly TokenRange[] | undefined;
  caret: Caret;
  /** Regions with a mark where a range begins, in UTF-16: among them is one that is the same. */
  near: (unit: number) => readonly string[];
}

/** What is selected as a range of an answer: snapped, without blanks at its ends, never within a character. */
export function snapped(hands: Hands, start: number, end: number): Range | undefined {
  const { text, caret, tokens } = hands;
  const { snap } = hands.work.state;
  let range = trimmed(text, start, end);
  if (range && snap === "word") range = trimmed(text, ...caret.widened(...range));
  else if (range && snap === "token" && tokens) range = trimmed(text, ...snapToTokens(tokens, ...range));
  return range && [text.toScalar(range[0]), text.toScalar(range[1])];
}

const span = (ranges: readonly Range[]): Geometry => ({
  type: "span",
  ranges: ranges.map((one) => [...one]),
});

export const spanRanges = (region: Region | undefined): Range[] =>
  region?.geometry.type === "span" ? rangesOf(region.geometry.ranges) : [];

/** A span of one range; the one that is there already is selected instead. */
export function markRange(hands: Hands, range: Range, className: string): void {
  const { session } = hands;
  const geometry = span([range]);
  const wanted = JSON.stringify(geometry);
  const same = hands.near(hands.text.toUnit(range[0])).find((id) => {
    const region = session.doc.region(id);
    return region?.class === className && JSON.stringify(region.geometry) === wanted;
  });
  if (same !== undefined) session.ui.select(same);
  else session.create(geometry, className);
  hands.work.set({ fragment: 0 });
}

/** One range more for a span; the words of it are told. */
export function addFragment(hands: Hands, id: string, range: Range): void {
  const { session, work } = hands;
  const region = session.doc.region(id);
  if (!region || session.unlocked([id]).length === 0) return;
  const ranges = withRange(spanRanges(region), range);
  session.ui.select(id);
  session.doc.changeRegion("add a part", id, { geometry: span(ranges) });
  work.set({ fragment: Math.max(0, rangeAt(ranges, range[0])), growing: undefined });
  session.announce(`${ranges.length} ${ranges.length === 1 ? "part" : "parts"} in the span`);
}

/** Takes one range away; the last one stays, because a span has at least one. */
export function removeFragment(hands: Hands, id: string, index: number): void {
  const { session, work } = hands;
  const ranges = spanRanges(session.doc.region(id));
  if (ranges[index] === undefined || session.unlocked([id]).length === 0) return;
  if (ranges.length === 1) {
    session.announce("The span has only this part: delete the span instead");
    return;
  }
  session.doc.changeRegion("remove a part", id, { geometry: span(ranges.filter((_, at) => at !== index)) });
  work.set({ fragment: 0 });
  session.announce(`${ranges.length - 1} ${ranges.length === 2 ? "part" : "parts"} in the span`);
}

/** `u`: adds what is selected to the span in hand, or begins to look for it. */
export function grow(hands: Hands): boolean {
  const { session, caret, work } = hands;
  const id = work.state.growing ?? session.ui.state.selection[0];
  const region = session.doc.region(id ?? "");
  if (id === undefined || region?.geometry.type !== "span") {
    session.announce("Select a span first, then U, the other part of it, and U again");
    return true;
  }
  const selected = caret.selected();
  const range = selected && snapped(hands, ...selected);
  if (range) {
    caret.clear();
    addFragment(hands, id, range);
    return true;
  }
  if (work.state.growing !== undefined) {
    work.set({ growing: undefined });
    session.ui.select(id);
    session.announce("No part added");
    return true;
  }
  // Without a selection the arrows move the caret again, from the end of the span.
  const end = spanRanges(region).at(-1)?.[1] ?? 0;
  work.set({ growing: id });
  session.ui.select();
  caret.move(hands.text.toUnit(end), false);
  session.announce("Now select the other part and press U again; Esc leaves the span as it is");
  return true;
}

/** Moves an edge of the part in hand. */
export function moveEdge(hands: Hands, region: Region, side: "start" | "end", toUnit: number): void {
  const { session, text, work } = hands;
  const ranges = spanRanges(region);
  const index = Math.min(work.state.fragment, ranges.length - 1);
  const next = withEdge(ranges, index, side, text.toScalar(toUnit));
  if (!next || session.unlocked([region.id]).length === 0) return;
  const mergeKey = `edge ${region.id} ${index} ${side}`;
  session.doc.changeRegion("move an edge", region.id, { geometry: span(joined(next)) }, mergeKey);
}

/** To the next part of the selected span. */
export function nextFragment(hands: Hands): boolean {
  const { session, work, text } = hands;
  const ranges = spanRanges(session.doc.region(session.ui.state.selection[0] ?? ""));
  if (ranges.length < 2) return false;
  const fragment = (work.state.fragment + 1) % ranges.length;
  work.set({ fragment });
  const [start = 0, end = 0] = ranges[fragment] ?? [];
  session.announce(`Part ${fragment + 1} of ${ranges.length}: ${text.slice(start, end)}`);
  return true;
}
