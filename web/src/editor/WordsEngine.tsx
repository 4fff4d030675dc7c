// What editors of words share: they are drawn with React in a root of their own, because there is nothing to paint.
import type { ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { Listeners } from "../core/listeners";
import type { Region } from "../core/types";
import type { EditorContext, Engine, LayerView } from "./plugin";
import type { EditorSession } from "./session";

export abstract class WordsEngine<State extends { layers: readonly LayerView[] }>
  extends Listeners
  implements Engine
{
  readonly session: EditorSession;
  readonly readOnly: boolean;
  abstract state: State;
  protected readonly place: HTMLElement;
  private readonly root: Root;

  constructor(host: HTMLElement, context: EditorContext) {
    super();
    this.session = context.session;
    this.readOnly = context.readOnly;
    this.place = document.createElement("div");
    host.append(this.place);
    this.root = createRoot(this.place);
  }

  /** Draws it, once the engine is what it will be. */
  protected show(view: ReactNode): void {
    this.root.render(view);
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  abstract run(command: string): boolean;
  abstract focus(ids: readonly string[]): void;

  setLayers(layers: readonly LayerView[]): void {
    this.set({ layers } as Partial<State>);
  }

  /** A region, or a suggestion. */
  protected regionOf(id: string | undefined): Region | undefined {
    const { doc, ui } = this.session;
    return doc.region(id ?? "") ?? ui.state.suggestions.find((one) => one.id === id);
  }

  /** Selects the next label or the one before, in the order of their places, while the words have the focus. */
  protected stepRegion(by: 1 | -1, place: (region: Region) => number = () => 0): boolean {
    if (document.activeElement !== this.place.parentElement) return false;
    const { doc, ui } = this.session;
    const regions = [...doc.regions, ...ui.state.suggestions];
    regions.sort((one, two) => place(one) - place(two));
    const at = regions.findIndex((one) => ui.state.selection.includes(one.id));
    const next = regions[at < 0 ? (by === 1 ? 0 : regions.length - 1) : at + by];
    if (!next) return false;
    ui.select(next.id);
    this.session.announcePlace(next.id, regions.indexOf(next), regions.length);
    this.focus([next.id]);
    return true;
  }

  /** Lets go of what is selected, then of the focus. */
  protected leave(): boolean {
    const { ui } = this.session;
    if (ui.state.selection.length > 0) {
      ui.select();
      return true;
    }
    const host = this.place.parentElement;
    if (document.activeElement !== host) return false;
    host?.blur();
    return true;
  }

  destroy(): void {
    this.place.remove();
    // React may be at work on the page around it.
    setTimeout(() => this.root.unmount(), 0);
  }
}
