// The functions of a question with what they do, measured on a sample.
import { Button, Group, Switch, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../../api/client";
import { functionReportQuery, keys } from "../../../app/queries";
import { atLeast } from "../../../app/roles";
import { ConfirmButton } from "../../../ui/ConfirmButton";
import { ErrorText } from "../../../ui/ErrorText";
import { percent } from "../../../ui/format";
import { Hint } from "../../../ui/Hint";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";
import { optionTitles } from "../titles";
import { RightShare } from "./RightShare";
import { lookedWords, ruleWords } from "./rules";

interface Props {
  project: Schemas["ProjectView"];
  field: Schemas["Field"];
  functions: Schemas["FunctionView"][];
  onEdit: (id: number) => void;
}

export function FunctionsPanel({ project, field, functions, onEdit }: Props) {
  const manages = atLeast(project.role, "manager");
  const client = useQueryClient();
  const report = useQuery({ ...functionReportQuery(project.id, field.id), enabled: functions.length > 0 });
  const measured = new Map(report.data?.functions.map((one) => [one.id, one.measured]));
  const titles = optionTitles(field);
  const changed = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.project(project.id) }),
      client.invalidateQueries({ queryKey: keys.judged(project.id) }),
    ]);
  const change = useMutation({
    mutationFn: ({ id, updated_at: _, ...body }: Schemas["FunctionView"]) =>
      take(
        api.PUT("/api/v1/projects/{project}/functions/{function}", {
          params: { path: { project: project.id, function: id } },
          body,
        }),
      ),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: (id: number) =>
      take(
        api.DELETE("/api/v1/projects/{project}/functions/{function}", {
          params: { path: { project: project.id, function: id } },
        }),
      ),
    onSuccess: changed,
  });
  return (
    <Panel
      title="Labeling functions"
      about="Each looks at an item and votes for one option, or says nothing. Many that are right more often than not label a whole project between them."
    >
      {functions.length === 0 ? (
        <Text size="sm" c="dimmed">
          There is none yet for {field.title}.{" "}
          {manages ? "Write the first below: what it would do shows while you type." : null}
        </Text>
      ) : (
        <TableFrame label="Functions and their votes">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Votes for</Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Th ta="right">
                <Hint label="Share of items on which it votes.">Coverage</Hint>
              </Table.Th>
              <Table.Th ta="right">
                <Hint label="Share of items on which another function votes too.">Overlap</Hint>
              </Table.Th>
              <Table.Th ta="right">
                <Hint label="Share of items on which another function votes for another option.">
                  Conflict
                </Hint>
              </Table.Th>
              <Table.Th ta="right">
                <Hint label="Right votes among those on items whose value people have given.">Right</Hint>
              </Table.Th>
              {manages ? <Table.Th>Votes</Table.Th> : null}
              {manages ? <Table.Th>Change</Table.Th> : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {functions.map((one) => {
              const numbers = measured.get(one.id);
              return (
                <Table.Tr key={one.id}>
                  <Table.Td>{one.name}</Table.Td>
                  <Table.Td>{titles.get(one.value) ?? one.value}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }} miw={180}>
                    {ruleWords(one.rule)}
                  </Table.Td>
                  <Table.Td ta="right">{percent(numbers?.coverage, 1)}</Table.Td>
                  <Table.Td ta="right">{percent(numbers?.overlap, 1)}</Table.Td>
                  <Table.Td ta="right">{percent(numbers?.conflict, 1)}</Table.Td>
                  <Table.Td ta="right">{numbers ? <RightShare measured={numbers} /> : "–"}</Table.Td>
                  {manages ? (
                    <Table.Td>
                      <Switch
                        aria-label={`${one.name} votes`}
                        checked={one.enabled}
                        disabled={change.isPending}
                        onChange={(event) => change.mutate({ ...one, enabled: event.currentTarget.checked })}
                      />
                    </Table.Td>
                  ) : null}
                  {manages ? (
                    <Table.Td>
                      <Group gap={4} wrap="nowrap">
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={`Edit ${one.name}`}
                          onClick={() => onEdit(one.id)}
                        >
                          Edit
                        </Button>
                        <ConfirmButton
                          aria-label={`Delete ${one.name}`}
                          question="Delete this function?"
                          consequence={`${one.name} is gone for good. Pre-labels stay until the functions are applied again.`}
                          act="Delete"
                          onConfirm={() => remove.mutate(one.id)}
                        >
                          Delete
                        </ConfirmButton>
                      </Group>
                    </Table.Td>
                  ) : null}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </TableFrame>
      )}
      {report.data && functions.length > 0 ? (
        <Text size="xs" c="dimmed" mt="xs">
          {lookedWords(report.data.looked)}
        </Text>
      ) : null}
      <ErrorText error={change.error ?? remove.error ?? report.error} />
    </Panel>
  );
}
