// A reviewer's unfinished correction, kept for the tab's life and over a reload.
import { useCallback, useEffect } from "react";
import { type Answer, readAnswer } from "../../core/types";
import type { EditorSession } from "../../editor/session";

const WAIT_MS = 400;

export function keptEdit(key: string): Answer | undefined {
  const kept = sessionStorage.getItem(key);
  return kept === null ? undefined : readAnswer(JSON.parse(kept));
}

/** Keeps the answer under the key while it changes; the answer of the hook forgets it. */
export function useKeptEdit(key: string, session: EditorSession): () => void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      timer = undefined;
      try {
        sessionStorage.setItem(key, JSON.stringify(session.doc.answer()));
      } catch {
        // No room in the browser: the answer is still on the screen.
      }
    };
    const stop = session.doc.subscribe(() => {
      timer ??= setTimeout(write, WAIT_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [key, session]);
  return useCallback(() => sessionStorage.removeItem(key), [key]);
}
