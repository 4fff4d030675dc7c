// Sources that are asked again and again: how often, what came of the last time, when the next one is.
import { Button, Group, Select, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../../api/client";
import { ended, keys } from "../../../app/queries";
import { repeatsQuery } from "../../../app/sources";
import { ConfirmButton } from "../../../ui/ConfirmButton";
import { ErrorText } from "../../../ui/ErrorText";
import { counted, dateTime, duration } from "../../../ui/format";
import { Panel } from "../../../ui/Panel";
import { StateBadge } from "../../../ui/StateBadge";
import { KINDS, PAUSES } from "./source";

type Repeat = Schemas["RepeatView"];

interface Props {
  project: Schemas["ProjectView"];
  datasets: Schemas["DatasetView"][];
}

export function Repeats({ project, datasets }: Props) {
  const query = useQuery({
    ...repeatsQuery(project.workspace_id, project.id),
    refetchInterval: (found) =>
      found.state.data?.some((one) => one.last_state != null && !ended(one.last_state)) ? 2000 : 30_000,
  });
  if (query.error) return <ErrorText error={query.error} retry={() => void query.refetch()} />;
  if (!query.data || query.data.length === 0) return null;
  return (
    <Panel
      title="Asked again and again"
      about="Each time only what is new comes in. After an error the pause doubles until it works again."
    >
      <Table.ScrollContainer minWidth={720}>
        <Table aria-label="Repeated sources">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>From</Table.Th>
              <Table.Th>How often</Table.Th>
              <Table.Th>Last time</Table.Th>
              <Table.Th>Next time</Table.Th>
              <Table.Th>Dataset</Table.Th>
              <Table.Th aria-label="Changes" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.data.map((one) => (
              <Row
                key={one.id}
                project={project}
                one={one}
                dataset={datasets.find((dataset) => dataset.id === one.dataset_id)?.name ?? ""}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function Row({ project, one, dataset }: { project: Schemas["ProjectView"]; one: Repeat; dataset: string }) {
  const client = useQueryClient();
  const path = { dataset: one.dataset_id, repeat: one.id };
  const refresh = () =>
    void client.invalidateQueries({ queryKey: keys.repeats(project.workspace_id, project.id) });
  const change = useMutation({
    mutationFn: (body: { every_seconds?: number; paused?: boolean; now?: boolean }) =>
      take(
        api.PATCH("/api/v1/datasets/{dataset}/repeats/{repeat}", {
          params: { path },
          body: { ...body, now: body.now ?? false },
        }),
      ),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => take(api.DELETE("/api/v1/datasets/{dataset}/repeats/{repeat}", { params: { path } })),
    onSettled: refresh,
  });
  const name = one.origins.join(", ");
  const own = String(one.every_seconds);
  const pauses = PAUSES.filter((pause) => pause.value !== "");
  if (!pauses.some((pause) => pause.value === own))
    pauses.push({ value: own, label: `Every ${duration(one.every_seconds)}` });
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Text size="sm" c="dimmed">
          {KINDS[one.kind] ?? one.kind}
        </Text>
        {name}
      </Table.Td>
      <Table.Td>
        <Select
          aria-label={`How often ${name}`}
          allowDeselect={false}
          w={160}
          size="xs"
          value={own}
          data={pauses}
          onChange={(next) => change.mutate({ every_seconds: Number(next) })}
        />
      </Table.Td>
      <Table.Td>
        <Stack gap={2}>
          {one.last_state ? <StateBadge state={one.last_state} /> : null}
          {one.last_added != null ? <Text size="sm">{counted(one.last_added, "item")} added</Text> : null}
          {one.last_message ? <Text size="sm">{one.last_message}</Text> : null}
          {one.failures > 0 ? <Text size="sm">{counted(one.failures, "failure")} in a row</Text> : null}
        </Stack>
      </Table.Td>
      <Table.Td>{one.paused ? "Paused" : dateTime(one.next_at)}</Table.Td>
      <Table.Td>{dataset}</Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <Button
            size="xs"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ paused: !one.paused })}
          >
            {one.paused ? "Go on" : "Pause"}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={one.paused}
            onClick={() => change.mutate({ now: true })}
          >
            Ask now
          </Button>
          <ConfirmButton
            question="Ask this source no more?"
            consequence="What came of it stays in its dataset."
            act="Remove"
            aria-label={`Remove ${name}`}
            onConfirm={() => remove.mutate()}
          >
            Remove
          </ConfirmButton>
        </Group>
        <ErrorText error={change.error ?? remove.error} />
      </Table.Td>
    </Table.Tr>
  );
}
