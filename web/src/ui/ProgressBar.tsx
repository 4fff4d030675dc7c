// How far a project is: a bar by state, and the same in words.
import { Group, Progress, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { count, duration } from "./format";

type Counts = Schemas["ProgressView"];

export const STATES = [
  { key: "done", label: "done", colour: "var(--state-done)", help: "settled: nothing more to do" },
  { key: "in_review", label: "in review", colour: "var(--state-in-review)", help: "waiting for a reviewer" },
  { key: "labeled", label: "labeled", colour: "var(--state-labeled)", help: "all answers are in" },
  { key: "open", label: "open", colour: "var(--state-open)", help: "answers are missing" },
] as const;

export function ProgressBar({ progress, size = "md" }: { progress: Counts; size?: "md" | "lg" }) {
  const share = (value: number) => (progress.tasks > 0 ? (value / progress.tasks) * 100 : 0);
  return (
    <Progress.Root size={size} aria-hidden="true">
      {STATES.map((state) => (
        <Progress.Section
          key={state.key}
          value={share(progress[state.key])}
          color={state.colour}
          withAria={false}
        />
      ))}
    </Progress.Root>
  );
}

export function ProgressLegend({ progress }: { progress: Counts }) {
  return (
    <Group gap="md" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
      {STATES.map((state) => (
        <Group key={state.key} gap={6} component="li" wrap="nowrap" title={state.help}>
          <span
            aria-hidden="true"
            style={{
              width: 10,
              height: 10,
              borderRadius: 2,
              background: state.colour,
              display: "inline-block",
            }}
          />
          <Text size="sm">
            {count(progress[state.key])} {state.label}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

/** `12 of 40 tasks done, about 3 h to go`. */
export function progressWords(progress: Counts): string {
  if (progress.tasks === 0) return "no tasks yet";
  const done = `${count(progress.done)} of ${count(progress.tasks)} tasks done`;
  return progress.eta_seconds == null ? done : `${done}, answers in about ${duration(progress.eta_seconds)}`;
}
