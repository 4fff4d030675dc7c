// Which page is shown, and going to another one.
import { useSyncExternalStore } from "react";
import type { EditorSession } from "../session";
import classes from "./document.module.css";
import { viewOf } from "./view";

export function DocumentPanel({ session }: { session: EditorSession; readOnly: boolean }) {
  const view = viewOf(session);
  const page = useSyncExternalStore(view.subscribe, () => view.page);
  if (session.media.kind !== "document") return null;
  const { pages, chars } = session.media.layer.head;
  const run = (command: string) => session.engine?.run(command);
  return (
    <div className={classes.panel}>
      <div className={classes.line}>
        <button
          type="button"
          className={classes.button}
          onClick={() => run("page-previous")}
          disabled={page === 0}
        >
          Before
        </button>
        <span aria-live="off">
          Page {page + 1} of {pages.length}
        </span>
        <button
          type="button"
          className={classes.button}
          onClick={() => run("page-next")}
          disabled={page + 1 >= pages.length}
        >
          Next
        </button>
      </div>
      {chars === 0 ? (
        <p className={classes.words}>
          No words were read on these pages: only boxes can be drawn. Import them with the output of a reader
          (hOCR, ALTO, PAGE XML) to mark words.
        </p>
      ) : null}
    </div>
  );
}
