// A word that has more to say: on pointing, on touch, and by keyboard.
import { Tooltip, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Hint.module.css";

export function Hint({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Tooltip label={label} maw={360} events={{ hover: true, focus: true, touch: true }}>
      <UnstyledButton className={classes.hint}>{children}</UnstyledButton>
    </Tooltip>
  );
}
