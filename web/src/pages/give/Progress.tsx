// How much was given, what is left, and the code for the panel at the end.
import { Anchor, Progress as Bar, Group, Paper, Stack, Text } from "@mantine/core";
import { count, counted } from "../../ui/format";
import type { Call } from "./api";

export function Progress({ call, waiting }: { call: Call; waiting: number }) {
  const given = call.me?.given ?? 0;
  const most = call.most_each ?? undefined;
  const done = call.me?.completion ?? undefined;
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" role="status">
          {most ? `You gave ${count(given)} of ${count(most)}` : `You gave ${count(given)}`}
          {waiting > 0 ? `, ${count(waiting)} on the way` : ""}
        </Text>
        {call.left != null ? (
          <Text size="sm" c="dimmed">
            {counted(call.left, "more wanted", "more wanted")} in all
          </Text>
        ) : null}
      </Group>
      {most ? (
        <Bar value={Math.min(100, (100 * given) / most)} aria-label={`${given} of ${most} given`} size="sm" />
      ) : null}
      {done ? (
        <Paper withBorder p="sm" component="section" aria-label="Completion code">
          <Text size="sm">Your completion code:</Text>
          <Text ff="monospace" fw={700} size="lg">
            {done.code}
          </Text>
          {done.url ? (
            <Anchor href={done.url} rel="noreferrer" size="sm" underline="always">
              Back to where you came from
            </Anchor>
          ) : null}
        </Paper>
      ) : null}
    </Stack>
  );
}
