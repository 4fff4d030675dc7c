// A table that may be wider than its page: it scrolls by itself, also by keyboard, and has a name for screen readers.
import { Paper, Table, type TableProps } from "@mantine/core";
import type { ReactNode } from "react";

interface Props extends TableProps {
  label: string;
  /** Not inside a panel: brings its own paper. */
  alone?: boolean;
  children: ReactNode;
}

export function TableFrame({ label, alone = false, children, ...table }: Props) {
  const frame = (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section aria-label={label} tabIndex={0} style={{ overflowX: "auto" }}>
      <Table verticalSpacing={6} horizontalSpacing="sm" highlightOnHover {...table}>
        {children}
      </Table>
    </section>
  );
  return alone ? <Paper withBorder>{frame}</Paper> : frame;
}
