// How a series is looked at: which channels are shown, and whether lanes fit what is seen. Canvas and panel share it.
import { Listeners } from "../../core/listeners";
import type { EditorSession } from "../session";

export interface ViewState {
  hidden: ReadonlySet<number>;
  /** Each lane reaches from the lowest to the highest number that is seen, not of the whole. */
  fits: boolean;
  /** The tick that is looked at. */
  playhead: number;
}

export class SeriesView extends Listeners {
  state: ViewState = { hidden: new Set(), fits: false, playhead: 0 };

  set(change: Partial<ViewState>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  toggle(channel: number): void {
    const hidden = new Set(this.state.hidden);
    if (!hidden.delete(channel)) hidden.add(channel);
    this.set({ hidden });
  }
}

const views = new WeakMap<EditorSession, SeriesView>();

export function viewOf(session: EditorSession): SeriesView {
  let view = views.get(session);
  if (!view) {
    view = new SeriesView();
    views.set(session, view);
  }
  return view;
}
