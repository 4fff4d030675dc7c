// Ctrl+K opens the palette of commands anywhere in the app. What it takes is loaded then.
import { Button, Kbd } from "@mantine/core";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { shown } from "../core/hotkeys";
import type { Role } from "./session";

const PaletteDialog = lazy(() => import("./PaletteDialog"));

export interface PaletteProps {
  workspace: { id: number; role?: Role | null } | undefined;
}

export function Palette({ workspace, button = false }: PaletteProps & { button?: boolean }) {
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState(false);
  const [early] = useState(() => new EarlyKeys());
  const open = useCallback(() => {
    early.begin();
    setWanted(true);
    setOpened(true);
  }, [early]);
  const close = useCallback(() => {
    early.end();
    setOpened(false);
  }, [early]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const plain = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!plain || event.key.toLowerCase() !== "k" || event.isComposing) return;
      // Another dialogue has the keyboard to itself.
      if (!opened && document.querySelector("[role=dialog]")) return;
      event.preventDefault();
      if (opened) close();
      else open();
    };
    window.addEventListener("keydown", press);
    window.addEventListener("keydown", early.keep, { capture: true });
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("keydown", early.keep, { capture: true });
    };
  }, [opened, open, close, early]);
  return (
    <>
      {button ? (
        <Button
          size="compact-sm"
          variant="default"
          visibleFrom="xs"
          rightSection={<Kbd size="xs">{shown("Ctrl+k")}</Kbd>}
          onClick={open}
        >
          Go to
        </Button>
      ) : null}
      {wanted ? (
        <Suspense fallback={null}>
          <PaletteDialog opened={opened} workspace={workspace} onReady={early.end} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
}

export interface Typed {
  letters: string;
  /** Enter was pressed behind them. */
  done: boolean;
}

/** Keys that are pressed before the palette has come are its first letters, and no commands of the page. */
class EarlyKeys {
  private typed: Typed = { letters: "", done: false };
  private waiting = false;

  begin(): void {
    this.typed = { letters: "", done: false };
    this.waiting = true;
  }

  /** The palette is there, or not wanted any more: gives what was typed. */
  readonly end = (): Typed => {
    this.waiting = false;
    return this.typed;
  };

  readonly keep = (event: KeyboardEvent): void => {
    if (!this.waiting || event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === "Enter") this.typed.done = true;
    else if (event.key.length === 1 && !this.typed.done) this.typed.letters += event.key;
  };
}
