// What waits to be sent, and what the server would not take.
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { capital, counted } from "../../ui/format";
import type { Visit } from "./useGive";

export function Queue({ visit }: { visit: Visit }) {
  const { waiting, refused, unsafe, sending } = visit.queue;
  return (
    <Stack gap="xs">
      {waiting.length > 0 ? (
        <Text size="sm" role="status" data-testid="waiting">
          {sending ? "Sending" : "Kept on this device"}: {counted(waiting.length, "contribution")}
        </Text>
      ) : null}
      {unsafe ? (
        <Alert color="red" variant="light" role="alert">
          This browser keeps nothing: leave this page open until all is sent.
        </Alert>
      ) : null}
      {refused.map((gift) => (
        <Alert key={gift.key} color="red" variant="light" role="alert" title={gift.title}>
          <Group justify="space-between" gap="xs">
            <Text size="sm">{capital(gift.refused?.detail ?? "")}.</Text>
            <Button size="xs" variant="default" onClick={() => void visit.drop(gift.key)}>
              Discard
            </Button>
          </Group>
        </Alert>
      ))}
    </Stack>
  );
}
