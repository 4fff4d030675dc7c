// A state as a word with a mark of its colour before it: the word says it, the colour only helps.
import { Badge } from "@mantine/core";
import { words } from "./format";

const COLOURS: Record<string, string> = {
  done: "var(--state-done)",
  in_review: "var(--state-in-review)",
  labeled: "var(--state-labeled)",
  running: "var(--state-labeled)",
  queued: "var(--state-open)",
  open: "var(--state-open)",
  failed: "#d55e00",
  parked: "#d55e00",
  cancelled: "var(--state-open)",
};

export function StateBadge({ state }: { state: string }) {
  return (
    <Badge
      variant="default"
      tt="none"
      fw={500}
      leftSection={
        <span
          aria-hidden="true"
          style={{
            display: "inline-block",
            width: 8,
            height: 8,
            borderRadius: 4,
            background: COLOURS[state] ?? "var(--state-open)",
          }}
        />
      }
    >
      {words(state)}
    </Badge>
  );
}
