// The state of a task or a job.
import { words } from "./format";
import { MarkedBadge } from "./MarkedBadge";

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
  return <MarkedBadge colour={COLOURS[state]}>{words(state)}</MarkedBadge>;
}
