// Ctrl+K opens the palette of commands anywhere in the app. What it takes is loaded then.
import { Button, Kbd } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import { shown } from "../core/hotkeys";
import type { Role } from "./session";

const PaletteDialog = lazy(() => import("./PaletteDialog"));

export interface PaletteProps {
  workspace: { id: number; role?: Role | null } | undefined;
}

export function Palette({ workspace, button = false }: PaletteProps & { button?: boolean }) {
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const plain = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!plain || event.key.toLowerCase() !== "k" || event.isComposing) return;
      // Another dialogue has the keyboard to itself.
      if (!opened && document.querySelector("[role=dialog]")) return;
      event.preventDefault();
      setWanted(true);
      setOpened(!opened);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [opened]);
  const open = () => {
    setWanted(true);
    setOpened(true);
  };
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
          <PaletteDialog opened={opened} workspace={workspace} onClose={() => setOpened(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
