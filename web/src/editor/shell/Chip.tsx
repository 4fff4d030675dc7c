// One option of a question, with its key.
import { Kbd } from "@mantine/core";
import type { ReactNode } from "react";
import { shown } from "../../core/hotkeys";
import classes from "./shell.module.css";

interface Props {
  kind: "radio" | "checkbox";
  name: string;
  checked: boolean;
  onPick: () => void;
  hotkey?: string;
  colour?: string | null;
  description?: string;
  disabled?: boolean;
  children: ReactNode;
}

export function Chip({
  kind,
  name,
  checked,
  onPick,
  hotkey,
  colour,
  description,
  disabled,
  children,
}: Props) {
  return (
    <label className={classes.chip} data-checked={checked || undefined} title={description || undefined}>
      <input
        type={kind}
        name={name}
        checked={checked}
        disabled={disabled}
        onChange={onPick}
        // A radio button cannot be taken back by the browser; a click on the chosen one does it here.
        onClick={kind === "radio" && checked ? onPick : undefined}
      />
      {colour ? <span className={classes.swatch} style={{ background: colour }} /> : null}
      <span className={classes.chipText}>{children}</span>
      {hotkey ? <Kbd className={classes.kbd}>{shown(hotkey)}</Kbd> : null}
    </label>
  );
}
