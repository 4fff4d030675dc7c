// What the person has in hand: tool, class, selection. Not part of the answer and not undone, but what is half drawn
// goes into the draft.
import { Listeners } from "../core/listeners";
import type { MaskRule } from "../core/maskrules";
import type { Region } from "../core/types";

export interface UiState {
  tool: string;
  activeClass: string | undefined;
  selection: readonly string[];
  hidden: ReadonlySet<string>;
  /** Regions that can be neither picked on the canvas nor changed. */
  locked: ReadonlySet<string>;
  /** What a new mask does to those that it lies over. */
  maskRule: MaskRule;
  /** How many comments hang on a region. */
  pins: ReadonlyMap<string, number>;
  /** Going from region to region to answer attributes: digits pick options of the one with the focus. */
  walking: boolean;
  /** A shape that is being drawn, in the editor's own words. */
  unfinished: unknown;
  /** The region from which a relation is being drawn. */
  relationFrom: string | undefined;
  relationType: string | undefined;
  /** Edges of regions go to where sound begins or ends. */
  snapToSilence: boolean;
  /** Pre-labels that were neither accepted nor dropped. */
  suggestions: readonly Region[];
  /** In a comparison: the regions on which not all agree; the others are painted calmly. */
  different: ReadonlySet<string> | undefined;
}

export class EditorUi extends Listeners {
  state: UiState = {
    tool: "select",
    activeClass: undefined,
    selection: [],
    hidden: new Set(),
    locked: new Set(),
    maskRule: "instance",
    pins: new Map(),
    walking: false,
    unfinished: undefined,
    relationFrom: undefined,
    relationType: undefined,
    snapToSilence: true,
    suggestions: [],
    different: undefined,
  };

  constructor(start: Partial<UiState> = {}) {
    super();
    this.state = { ...this.state, ...start };
  }

  set(change: Partial<UiState>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  select(...ids: string[]): void {
    const { selection } = this.state;
    if (ids.length === selection.length && ids.every((id, index) => id === selection[index])) return;
    this.set({ selection: ids });
  }
}
