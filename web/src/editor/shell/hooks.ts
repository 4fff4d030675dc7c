// React's view of a session and of the keys.
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import { Hotkeys, type KeyEntry, listening, type Place, type Runner } from "../../core/hotkeys";
import type { EditorSession } from "../session";
import type { UiState } from "../ui";

export const HotkeysContext = createContext(new Hotkeys());

export function useHotkeys(): Hotkeys {
  return useContext(HotkeysContext);
}

/** Renders again with every change of the document; the answer is its version. */
export function useDocVersion(session: EditorSession): number {
  return useSyncExternalStore(session.doc.subscribe, () => session.doc.version);
}

const UNCHANGING = () => () => {};

/** The editor that has the keys: another one when another pane is gone into. */
export function useCurrent(session: EditorSession): EditorSession {
  return useSyncExternalStore(session.panes?.subscribe ?? UNCHANGING, () => session.current);
}

export function useUi(session: EditorSession): UiState {
  return useSyncExternalStore(session.ui.subscribe, () => session.ui.state);
}

/** Lays a table of keys over the lower ones while the component is there. */
export function useKeys(name: string, level: number, entries: readonly KeyEntry[], run: Runner): void {
  const hotkeys = useHotkeys();
  const latest = useRef(run);
  latest.current = run;
  useEffect(
    () => hotkeys.add(name, level, entries, (command, key) => latest.current(command, key)),
    [hotkeys, name, level, entries],
  );
}

function placeOf(target: EventTarget | null): Place {
  if (!(target instanceof HTMLElement)) return "page";
  if (target.isContentEditable || target.matches("textarea, select")) return "text";
  if (target instanceof HTMLInputElement) {
    return ["checkbox", "radio", "range"].includes(target.type) ? "choice" : "text";
  }
  return target.closest("button, a, summary") ? "button" : "page";
}

/** Listens to the keyboard; one for each page. */
export function useKeyboard(hotkeys: Hotkeys): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // A dialogue has the keyboard to itself; a letter that is still being composed is no command.
      if (event.defaultPrevented || event.isComposing || document.querySelector("[role=dialog]")) return;
      if (hotkeys.press(event, placeOf(event.target))) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    listening.hotkeys = hotkeys;
    return () => {
      window.removeEventListener("keydown", press);
      if (listening.hotkeys === hotkeys) listening.hotkeys = undefined;
    };
  }, [hotkeys]);
}

/** The key of a command, for a tooltip. */
export function useKeyOf(command: string): string | undefined {
  const hotkeys = useHotkeys();
  return useSyncExternalStore(hotkeys.subscribe, () => hotkeys.keyOf(command));
}
