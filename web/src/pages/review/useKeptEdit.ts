// A reviewer's unfinished correction, kept for the tab's life and over a reload.
import { useCallback, useEffect, useRef } from "react";
import { type Answer, readAnswer } from "../../core/types";
import type { EditorSession } from "../../editor/session";

const WAIT_MS = 400;

export function keptEdit(key: string): Answer | undefined {
  const kept = sessionStorage.getItem(key);
  return kept === null ? undefined : readAnswer(JSON.parse(kept));
}

/** Keeps the answer under the key while it changes; the answer of the hook forgets it. */
export function useKeptEdit(key: string, session: EditorSession): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const write = () => {
      timer.current = undefined;
      try {
        sessionStorage.setItem(key, JSON.stringify(session.whole.answer()));
      } catch {
        // No room in the browser: the answer is still on the screen.
      }
    };
    const stop = session.whole.subscribe(() => {
      timer.current ??= setTimeout(write, WAIT_MS);
    });
    return () => {
      stop();
      if (timer.current === undefined) return;
      clearTimeout(timer.current);
      write();
    };
  }, [key, session]);
  return useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    sessionStorage.removeItem(key);
  }, [key]);
}
