// What the contributor gave, what became of it, the receipts, and the way to take it back.
import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { ErrorText } from "../../ui/ErrorText";
import { dateTime } from "../../ui/format";
import { withdraw } from "./api";
import type { Visit } from "./useGive";

const STATES: Record<string, string> = {
  waiting: "is looked at",
  accepted: "accepted",
  rejected: "not taken",
  withdrawn: "withdrawn",
};

export function Mine({ token, contributor, visit }: { token: string; contributor: string; visit: Visit }) {
  const back = useMutation({
    mutationFn: (body: { keys?: string[]; all?: boolean }) => withdraw(token, contributor, body),
    onSuccess: () => visit.load(),
  });
  const mine = visit.mine ?? [];
  if (mine.length === 0) return null;
  const receipt = (key: string) => visit.person?.receipts.find((one) => one.key === key);
  return (
    <Paper withBorder p="sm" component="section" aria-labelledby="mine">
      <Stack gap="sm">
        <Title order={2} id="mine">
          What you gave
        </Title>
        <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
          {mine.map((one) => (
            <Group
              key={one.key}
              component="li"
              justify="space-between"
              gap="xs"
              wrap="nowrap"
              align="flex-start"
            >
              <div style={{ minWidth: 0 }}>
                <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                  {receipt(one.key)?.title ?? one.kind}
                </Text>
                <Text size="xs" c="dimmed">
                  {dateTime(one.given_at)}, {STATES[one.state] ?? one.state}
                  {one.reason ? `: ${one.reason}` : ""}
                </Text>
                {receipt(one.key) && one.state !== "withdrawn" ? (
                  <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                    Receipt <code>{receipt(one.key)?.receipt}</code>
                  </Text>
                ) : null}
              </div>
              {one.state === "withdrawn" ? null : (
                <ConfirmButton
                  question="Withdraw this?"
                  consequence="It is deleted with all that was made of it. What was frozen into a copy before cannot be called back; its owners are told."
                  act="Withdraw it"
                  aria-label={`Withdraw ${receipt(one.key)?.title ?? one.kind}`}
                  onConfirm={() => back.mutate({ keys: [one.key] })}
                >
                  Withdraw
                </ConfirmButton>
              )}
            </Group>
          ))}
        </Stack>
        <ErrorText error={back.error} />
        {mine.some((one) => one.state !== "withdrawn") ? (
          <Group>
            <ConfirmButton
              question="Withdraw everything?"
              consequence="All that you gave is deleted, with all that was made of it, and your consent ends."
              act="Withdraw everything"
              onConfirm={() => back.mutate({ all: true })}
            >
              Withdraw everything
            </ConfirmButton>
          </Group>
        ) : null}
      </Stack>
    </Paper>
  );
}
