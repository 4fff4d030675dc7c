// Which page is looked at. Pages and panel share it.
import { Listeners } from "../../core/listeners";
import type { EditorSession } from "../session";

export class DocumentView extends Listeners {
  /** The page in the middle of what is seen. */
  page = 0;

  set(page: number): void {
    if (page === this.page) return;
    this.page = page;
    this.changed();
  }
}

const views = new WeakMap<EditorSession, DocumentView>();

export function viewOf(session: EditorSession): DocumentView {
  let view = views.get(session);
  if (!view) {
    view = new DocumentView();
    views.set(session, view);
  }
  return view;
}
