// How a volume is looked at: which slice, and through which window. Canvas and panel share it.
import { Listeners } from "../../core/listeners";
import { slicesOf } from "../../core/volume/slices";
import type { EditorSession } from "../session";

export interface ViewState {
  /** The slice that is wanted; it is shown as soon as it has come. */
  slice: number;
  center: number;
  width: number;
  /** What is under the pointer: column, row, value. */
  under: [number, number, number] | undefined;
}

export class VolumeView extends Listeners {
  state: ViewState;

  constructor(start: ViewState) {
    super();
    this.state = start;
  }

  set(change: Partial<ViewState>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }
}

const views = new WeakMap<EditorSession, VolumeView>();

/** It begins where the first region lies, or in the middle. */
export function viewOf(session: EditorSession): VolumeView {
  let view = views.get(session);
  if (!view) {
    const { media } = session;
    const head = media.kind === "volume" ? media.volume.head : undefined;
    const count = head?.slices.length ?? 1;
    const [first] = [...session.doc.regions, ...session.ui.state.suggestions];
    const slice = (first && slicesOf(first)?.[0]) ?? Math.floor(count / 2);
    const { center, width } = head?.windows[0] ?? { center: 128, width: 256 };
    view = new VolumeView({ slice: Math.min(slice, count - 1), center, width, under: undefined });
    views.set(session, view);
  }
  return view;
}
