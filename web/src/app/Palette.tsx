// Ctrl+K opens the palette of commands anywhere in the app. What it takes is loaded then.
import { Button, Kbd } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ComponentType, useCallback, useEffect, useState } from "react";
import { shown } from "../core/hotkeys";
import type { DialogProps } from "./PaletteDialog";
import type { Role } from "./session";

export interface PaletteProps {
  workspace: { id: number; role?: Role | null } | undefined;
}

export function Palette({ workspace, button = false }: PaletteProps & { button?: boolean }) {
  const [opened, setOpened] = useState(false);
  const [Dialog, setDialog] = useState<ComponentType<DialogProps>>();
  const [early] = useState(() => new EarlyKeys());
  const close = useCallback(() => {
    early.end();
    setOpened(false);
  }, [early]);
  const open = useCallback(() => {
    early.begin();
    setOpened(true);
    // Not by React's `lazy`: without a network that would take the page away, and work with it.
    import("./PaletteDialog").then(
      (loaded) => setDialog(() => loaded.default),
      () => {
        close();
        notifications.show({
          color: "red",
          message: "The palette cannot be loaded: the server cannot be reached.",
        });
      },
    );
  }, [early, close]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape" && early.isWaiting) close();
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
      {Dialog ? <Dialog opened={opened} workspace={workspace} onReady={early.end} onClose={close} /> : null}
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

  get isWaiting(): boolean {
    return this.waiting;
  }

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
