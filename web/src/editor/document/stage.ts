// What the parts of the document editor share: the pages and their words, how they lie, what is in hand.
import type { Layer, Word } from "../../core/document/layer";
import { Stack } from "../../core/document/stack";
import { Listeners } from "../../core/listeners";
import type { Range } from "../../core/ranges";
import type { Point, Region } from "../../core/types";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { pagesOf } from "./regions";
import { type DocumentView, viewOf } from "./view";

/** A word by its page and its number there. */
export interface WordPlace {
  page: number;
  index: number;
}

/** The words that are chosen by keyboard or while the mouse is dragged. */
export interface Caret {
  anchor: WordPlace;
  focus: WordPlace;
}

/** A box that is being drawn. */
export interface Draft {
  page: number;
  from: Point;
  to: Point;
}

export const before = (one: WordPlace, two: WordPlace): boolean =>
  one.page < two.page || (one.page === two.page && one.index < two.index);

/** Tells its listeners when something has to be painted again. */
export class DocumentStage extends Listeners {
  readonly session: EditorSession;
  readonly layer: Layer;
  readonly stack: Stack;
  readonly readOnly: boolean;
  layers: readonly LayerView[];
  caret: Caret | undefined;
  draft: Draft | undefined;
  readonly view: DocumentView;

  constructor(session: EditorSession, layer: Layer, readOnly: boolean, layers: readonly LayerView[]) {
    super();
    [this.session, this.layer, this.readOnly, this.layers] = [session, layer, readOnly, layers];
    this.stack = new Stack(layer.pages);
    this.view = viewOf(session);
  }

  get page(): number {
    return this.view.page;
  }

  repaint(): void {
    this.changed();
  }

  setCaret(caret: Caret | undefined): void {
    this.caret = caret;
    this.repaint();
  }

  word({ page, index }: WordPlace): Word | undefined {
    return this.layer.words(page)?.[index];
  }

  /** The range of the text from the first to the last of the chosen words. */
  chosen(): Range | undefined {
    if (!this.caret) return undefined;
    const { anchor, focus } = this.caret;
    const [first, last] = before(focus, anchor) ? [focus, anchor] : [anchor, focus];
    const [start, end] = [this.word(first), this.word(last)];
    return start && end ? [start.start, end.end] : undefined;
  }

  /** Own regions and suggestions that are shown, in the order of the document. */
  get ordered(): Region[] {
    const { doc, ui } = this.session;
    const { hidden, suggestions } = ui.state;
    const shown = [...doc.regions, ...suggestions].filter((region) => !hidden.has(region.id));
    const placed = shown.map((region) => ({ region, at: this.placeOf(region) }));
    placed.sort((one, two) => one.at[0] - two.at[0] || one.at[1] - two.at[1]);
    return placed.map(({ region }) => region);
  }

  private placeOf(region: Region): [page: number, at: number] {
    const page = pagesOf(this.layer, region)?.[0] ?? this.layer.pages.length;
    const { geometry } = region;
    if (geometry.type === "box") return [page, geometry.y];
    const start = geometry.type === "span" ? (geometry.ranges[0]?.[0] ?? 0) : 0;
    const word = this.layer.words(page)?.find((one) => one.end > start);
    return [page, word?.top ?? 0];
  }

  get selected(): Region | undefined {
    const { doc, ui } = this.session;
    const id = ui.state.selection[0] ?? "";
    return doc.region(id) ?? ui.state.suggestions.find((one) => one.id === id);
  }
}
