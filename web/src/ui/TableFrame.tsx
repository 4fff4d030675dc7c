// A table that may be wider than its page: it scrolls by itself, also by keyboard, and has a name for screen readers.
import { Table, type TableProps } from "@mantine/core";
import type { ReactNode } from "react";

export function TableFrame({
  label,
  children,
  ...table
}: TableProps & { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section aria-label={label} tabIndex={0} style={{ overflowX: "auto" }}>
      <Table verticalSpacing={6} horizontalSpacing="sm" highlightOnHover {...table}>
        {children}
      </Table>
    </section>
  );
}
