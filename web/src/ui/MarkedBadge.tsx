// A word with a mark of its colour before it: the word says it, the colour only helps.
import { Badge } from "@mantine/core";
import type { ReactNode } from "react";

export function MarkedBadge({
  colour = "var(--state-open)",
  children,
}: {
  colour?: string;
  children: ReactNode;
}) {
  return (
    <Badge
      variant="default"
      tt="none"
      fw={500}
      leftSection={
        <span
          aria-hidden="true"
          style={{ display: "inline-block", width: 8, height: 8, borderRadius: 4, background: colour }}
        />
      }
    >
      {children}
    </Badge>
  );
}
