// Other programs that are told what happens: where, of what, and how it goes.
import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../api/client";
import { webhooksQuery } from "../../app/queries";
import { useWorkspace } from "../../app/workspace";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorText } from "../../ui/ErrorText";
import { count, counted, dateTime } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { MarkedBadge } from "../../ui/MarkedBadge";
import { PageHeader } from "../../ui/PageHeader";
import { TableFrame } from "../../ui/TableFrame";
import { NewWebhook } from "./NewWebhook";

export default function WebhooksPage() {
  const workspace = useWorkspace();
  const query = useQuery(webhooksQuery(workspace.id));
  return (
    <>
      <PageHeader
        title="Webhooks"
        about="Other programs are told what happens here: each event is one POST of JSON, signed, and sent again until it is taken."
      />
      <Loaded query={query}>
        {({ webhooks, events }) => (
          <Stack gap="lg">
            <NewWebhook workspace={workspace.id} events={events} />
            {webhooks.length === 0 ? (
              <EmptyState title="Nobody is told yet">
                Give the address of a program that listens, and it is told of what happens from then on.
              </EmptyState>
            ) : (
              <TableFrame alone label="Webhooks" fz="sm">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Address</Table.Th>
                    <Table.Th>Told of</Table.Th>
                    <Table.Th ta="right">Waiting</Table.Th>
                    <Table.Th>Last try</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th aria-label="Actions" />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {webhooks.map((webhook) => (
                    <Row key={webhook.id} webhook={webhook} workspace={workspace.id} />
                  ))}
                </Table.Tbody>
              </TableFrame>
            )}
          </Stack>
        )}
      </Loaded>
    </>
  );
}

function Row({ webhook, workspace }: { webhook: Schemas["WebhookView"]; workspace: number }) {
  const client = useQueryClient();
  const params = { path: { webhook: webhook.id } };
  const after = {
    onSettled: () => client.invalidateQueries({ queryKey: webhooksQuery(workspace).queryKey }),
  };
  const change = useMutation({
    mutationFn: (active: boolean) =>
      take(api.PATCH("/api/v1/webhooks/{webhook}", { params, body: { active } })),
    ...after,
  });
  const remove = useMutation({
    mutationFn: () => take(api.DELETE("/api/v1/webhooks/{webhook}", { params })),
    ...after,
  });
  const attempt = useMutation({
    mutationFn: () => take(api.POST("/api/v1/webhooks/{webhook}/try", { params })),
    ...after,
  });
  const failing = webhook.failures > 0;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere", minWidth: 180 }}>{webhook.url}</Table.Td>
      <Table.Td>{webhook.events.join(", ") || "everything"}</Table.Td>
      <Table.Td ta="right">{count(webhook.waiting)}</Table.Td>
      <Table.Td>
        {webhook.last_at ? (
          <>
            {webhook.last_outcome}
            <Text size="xs" c="dimmed">
              {dateTime(webhook.last_at)}
              {webhook.active && failing && webhook.waiting > 0
                ? `; again ${dateTime(webhook.next_at)}`
                : null}
            </Text>
          </>
        ) : (
          "none yet"
        )}
      </Table.Td>
      <Table.Td>
        <MarkedBadge
          colour={!webhook.active ? "var(--state-open)" : failing ? "#d55e00" : "var(--state-done)"}
        >
          {!webhook.active ? "off" : failing ? `failed ${counted(webhook.failures, "time")}` : "on"}
        </MarkedBadge>
      </Table.Td>
      <Table.Td>
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button size="xs" variant="default" loading={attempt.isPending} onClick={() => attempt.mutate()}>
            Try
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate(!webhook.active || failing)}
          >
            {!webhook.active ? "Switch on" : failing ? "Send now" : "Switch off"}
          </Button>
          <ConfirmButton
            aria-label={`Delete ${webhook.url}`}
            question="Delete this webhook?"
            consequence={
              webhook.waiting > 0
                ? `${counted(webhook.waiting, "event")} that wait for it go too.`
                : "It is told nothing more."
            }
            act="Delete it"
            onConfirm={() => remove.mutate()}
          >
            Delete
          </ConfirmButton>
        </Group>
        {attempt.data ? (
          <Text size="xs" role="status" c={attempt.data.taken ? "dimmed" : "red"} ta="right" mt={4}>
            {attempt.data.taken ? `Taken: ${attempt.data.outcome}` : `Not taken: ${attempt.data.outcome}`}
          </Text>
        ) : null}
        <ErrorText error={attempt.error ?? change.error ?? remove.error} />
      </Table.Td>
    </Table.Tr>
  );
}
