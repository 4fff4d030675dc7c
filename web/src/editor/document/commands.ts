// What the keys do: the caret from word to word, words into regions, edges and places of the selected region.
import { lineStep } from "../../core/document/places";
import { boxOf, moved } from "../../core/geometry";
import type { LabelClass, Region } from "../../core/types";
import { boxIn } from "./grips";
import { aroundWords, boxed, make, makeSpan, pageOf, rangesIn } from "./regions";
import type { Caret, DocumentStage, WordPlace } from "./stage";

const ARROW = /^(back|on|up|down)(-wide)?$/;
const WIDE = 10;

/** Runs a command that changes something; undefined for others. */
export function runChange(stage: DocumentStage, command: string): boolean | undefined {
  const { session } = stage;
  if (command.startsWith("class ")) return label(stage, session.classOf(command.slice("class ".length)));
  const arrow = ARROW.exec(command);
  if (arrow) return arrowKey(stage, arrow[1] as Way, arrow[2] !== undefined);
  switch (command) {
    case "tool-select":
    case "tool-span":
    case "tool-box":
      session.ui.set({ tool: command.slice("tool-".length) });
      return true;
    case "box-words":
      return label(stage, session.classFor("box"), "box");
    case "relation":
      return session.startRelation();
    case "finish":
      return finishRelation(stage);
    case "start-back":
      return stretch(stage, "start", -1) ?? grow(stage, -1, 0);
    case "start-on":
      return stretch(stage, "start", 1) ?? grow(stage, 1, 0);
    case "lower":
      return grow(stage, 0, -1);
    case "higher":
      return grow(stage, 0, 1);
    case "remove":
      return session.removeSelected();
    default:
      return undefined;
  }
}

type Way = "back" | "on" | "up" | "down";

/** The chosen words get a class: as a span, or as a box where the class has no spans. */
function label(stage: DocumentStage, found: LabelClass | undefined, kind?: "box"): boolean {
  const { session, layer, caret } = stage;
  const range = stage.chosen();
  if (!found || !caret || !range) return false;
  if (found.geometry.includes("span") && kind !== "box") {
    stage.setCaret(undefined);
    makeSpan(session, layer, range, found);
    return true;
  }
  if (!found.geometry.includes("box")) return false;
  const { page } = caret.focus;
  if (caret.anchor.page !== page) {
    session.announce("A box lies on one page: choose words of one page");
    return true;
  }
  const around = aroundWords(layer.wordsOf(page, ...range) ?? []);
  if (!around) return false;
  stage.setCaret(undefined);
  make(session, layer, boxed(around), found, page);
  return true;
}

function finishRelation(stage: DocumentStage): boolean {
  const { relationFrom, selection } = stage.session.ui.state;
  const [to] = selection;
  if (relationFrom === undefined || to === undefined || to === relationFrom) return false;
  stage.session.relateTo(to);
  return true;
}

function own(stage: DocumentStage): Region | undefined {
  return stage.session.doc.region(stage.session.ui.state.selection[0] ?? "");
}

function arrowKey(stage: DocumentStage, way: Way, wide: boolean): boolean {
  const region = own(stage);
  const direction = way === "back" || way === "up" ? -1 : 1;
  const sideways = way === "back" || way === "on";
  if (region?.geometry.type === "box") {
    const step = direction * (wide ? WIDE : 1);
    return nudge(stage, region, sideways ? step : 0, sideways ? 0 : step);
  }
  if (region && sideways && !wide) return stretch(stage, "end", direction) ?? false;
  return moveCaret(stage, way, wide);
}

function nudge(stage: DocumentStage, region: Region, x: number, y: number): boolean {
  const { session, layer } = stage;
  const { width = 0, height = 0 } = layer.pages[pageOf(region) ?? 0] ?? {};
  if (session.unlocked([region.id]).length === 0) return true;
  const geometry = moved(region.geometry, x, y, width, height);
  session.doc.changeRegion("move", region.id, { geometry }, `nudge ${region.id}`);
  return true;
}

/** Makes a box wider or higher by a point. */
function grow(stage: DocumentStage, x: number, y: number): boolean {
  const region = own(stage);
  const box = boxIn(region);
  if (!region || !box || stage.session.unlocked([region.id]).length === 0) return false;
  const { width = 0, height = 0 } = stage.layer.pages[pageOf(region) ?? 0] ?? {};
  const [right, bottom] = [Math.min(width, box.right + x), Math.min(height, box.bottom + y)];
  if (right - box.left < 1 || bottom - box.top < 1) return true;
  const geometry = boxOf(box.left, box.top, right, bottom);
  stage.session.doc.changeRegion("change a box", region.id, { geometry }, `grow ${region.id}`);
  return true;
}

/** Moves an edge of the selected span by a word; undefined where none is selected. */
function stretch(stage: DocumentStage, side: "start" | "end", direction: -1 | 1): boolean | undefined {
  const { session, layer } = stage;
  const region = own(stage);
  const ranges = region ? rangesIn(region) : [];
  const range = side === "start" ? ranges[0] : ranges.at(-1);
  if (!region || !range) return undefined;
  if (session.unlocked([region.id]).length === 0) return true;
  const [start, end] = range;
  const here = side === "start" ? start : end - 1;
  const page = layer.pageOf(here);
  const index = (layer.words(page) ?? []).findIndex((word) => word.end > here);
  const to = index < 0 ? undefined : stepped(stage, { page, index }, direction);
  const word = to && stage.word(to);
  if (!word) return true;
  const next = side === "start" ? [word.start, end] : [start, word.end];
  if ((next[0] ?? 0) >= (next[1] ?? 0)) return true;
  const moved = ranges.map((one) => (one === range ? next : [...one]));
  // Parts that would meet stay apart.
  if (moved.some((one, at) => at > 0 && (one[0] ?? 0) < (moved[at - 1]?.[1] ?? 0))) return true;
  session.doc.changeRegion(
    "move an edge",
    region.id,
    { geometry: { type: "span", ranges: moved } },
    `edge ${region.id} ${side}`,
  );
  return true;
}

/** The next word or the one before, also of another page; undefined at the ends, or where words have not come yet. */
function stepped(stage: DocumentStage, from: WordPlace, direction: -1 | 1): WordPlace | undefined {
  const { layer } = stage;
  let { page, index } = from;
  index += direction;
  while (index < 0 || index >= (layer.pages[page]?.words ?? 0)) {
    page += direction;
    if (!layer.pages[page]) return undefined;
    index = direction === 1 ? 0 : (layer.pages[page]?.words ?? 0) - 1;
  }
  return layer.words(page) ? { page, index } : undefined;
}

function moveCaret(stage: DocumentStage, way: Way, extend: boolean): boolean {
  const { caret, session } = stage;
  const from = caret?.focus;
  const direction = way === "back" || way === "up" ? -1 : 1;
  let to: WordPlace | undefined;
  if (!from) to = firstOn(stage);
  else if (way === "back" || way === "on") to = stepped(stage, from, direction);
  else {
    const index = lineStep(stage.layer.words(from.page) ?? [], from.index, direction);
    const edge = {
      page: from.page,
      index: direction === 1 ? (stage.layer.pages[from.page]?.words ?? 0) - 1 : 0,
    };
    to = index === undefined ? stepped(stage, edge, direction) : { page: from.page, index };
  }
  if (!to) return caret !== undefined;
  if (session.ui.state.selection.length > 0) session.ui.select();
  const next: Caret = { anchor: extend && caret ? caret.anchor : to, focus: to };
  stage.setCaret(next);
  const range = stage.chosen();
  if (range) session.announce(stage.layer.slice(...range).slice(0, 200));
  return true;
}

/** The first word that is seen. */
function firstOn(stage: DocumentStage): WordPlace | undefined {
  const words = stage.layer.words(stage.page);
  if (words && words.length > 0) return { page: stage.page, index: 0 };
  return stepped(stage, { page: stage.page, index: -1 }, 1);
}
