import { Button, Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../../api/client";
import { keys, schemaVersionQuery } from "../../../app/queries";
import { atLeast } from "../../../app/roles";
import { ErrorText } from "../../../ui/ErrorText";
import { count, counted } from "../../../ui/format";
import { AnchorLink } from "../../../ui/links";
import { TableFrame } from "../../../ui/TableFrame";
import { answeredBy } from "../taskTests";
import { TasksLink } from "./TasksLink";
import { type Names, namesOf } from "./titles";
import { useSelection } from "./useSelection";
import { chanceWords, sentWords } from "./words";

interface Props {
  project: Schemas["ProjectView"];
  found: Schemas["SuspectsView"];
}

export function SuspectsTable({ project, found }: Props) {
  const manages = atLeast(project.role, "manager");
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data?.document;
  const names = namesOf(schema);
  const selection = useSelection(found.suspects.map((one) => one.task));
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: (tasks: number[]) =>
      take(
        api.POST("/api/v1/projects/{project}/review", {
          params: { path: { project: project.id } },
          body: { tasks },
        }),
      ),
    onSuccess: ({ sent }, tasks) => {
      selection.setAll(false);
      notifications.show({ message: sentWords(sent, tasks.length) });
      void client.invalidateQueries({ queryKey: keys.project(project.id) });
    },
  });
  const chosen = selection.selected.length;
  return (
    <Stack gap="sm">
      <Group gap="md">
        {manages ? (
          <Button
            disabled={chosen === 0}
            loading={send.isPending}
            onClick={() => send.mutate(selection.selected)}
          >
            {`Send ${count(chosen)} to review`}
          </Button>
        ) : null}
        <Text size="sm" c="dimmed" role="status">
          {counted(found.all, "suspicious answer")}
          {found.all > found.suspects.length
            ? `, the likeliest ${count(found.suspects.length)} are shown`
            : ""}
          , among {counted(found.compared, "item")} that could be compared.
        </Text>
      </Group>
      <ErrorText error={send.error} />
      <TableFrame label="Suspicious answers">
        <Table.Thead>
          <Table.Tr>
            {manages ? (
              <Table.Th w={36}>
                <Checkbox
                  aria-label="Select all"
                  checked={selection.all}
                  indeterminate={chosen > 0 && !selection.all}
                  onChange={(event) => selection.setAll(event.currentTarget.checked)}
                />
              </Table.Th>
            ) : null}
            <Table.Th ta="right">Probably wrong</Table.Th>
            <Table.Th>Task</Table.Th>
            <Table.Th>Labeler</Table.Th>
            <Table.Th>Question</Table.Th>
            <Table.Th>Given → suggested</Table.Th>
            <Table.Th>Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.suspects.map((one) => (
            <Table.Tr key={`${one.task} ${one.labeler_id}`}>
              {manages ? (
                <Table.Td>
                  <Checkbox
                    aria-label={`Select task ${one.task}, answered by ${one.labeler}`}
                    checked={selection.has(one.task)}
                    onChange={() => selection.toggle(one.task)}
                  />
                </Table.Td>
              ) : null}
              <Table.Td ta="right" style={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
                {chanceWords(one.score)}
              </Table.Td>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                <AnchorLink
                  to="/projects/$projectId/review/$taskId"
                  params={{ projectId: project.id, taskId: one.task }}
                  size="sm"
                >
                  Task {one.task}
                </AnchorLink>
                <Text size="xs" c="dimmed">
                  {one.key}
                </Text>
              </Table.Td>
              <Table.Td>
                <TasksLink
                  project={project.id}
                  filter={answeredBy(one.labeler)}
                  label={`${one.labeler}: show their tasks`}
                >
                  {one.labeler}
                </TasksLink>
              </Table.Td>
              <Table.Td>{one.field == null ? "Regions" : names.column(one.field)}</Table.Td>
              <Table.Td>{valuesWords(one, names)}</Table.Td>
              <Table.Td miw={200}>{one.why}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
    </Stack>
  );
}

function valuesWords(one: Schemas["SuspectView"], names: Names): string {
  if (one.field == null) return one.given;
  const given = names.value(one.field, one.given);
  return one.suggested == null ? given : `${given} → ${names.value(one.field, one.suggested)}`;
}
