// What was labeled at once, and its way back.
import { Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../../api/client";
import { bulkLabelsQuery, keys } from "../../../app/queries";
import { atLeast } from "../../../app/roles";
import { ConfirmButton } from "../../../ui/ConfirmButton";
import { ErrorText } from "../../../ui/ErrorText";
import { count, counted, dateTime } from "../../../ui/format";
import { JobProgress } from "../../../ui/JobProgress";
import { AnchorLink } from "../../../ui/links";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";
import { optionTitles } from "../titles";

interface Props {
  project: Schemas["ProjectView"];
  fields: Schemas["Field"][];
}

const FORMS: Record<string, string> = { prelabel: "suggestion", answer: "answer", priority: "priority" };

export function BulkLabels({ project, fields }: Props) {
  const client = useQueryClient();
  const query = useQuery(bulkLabelsQuery(project.id));
  const manages = atLeast(project.role, "manager");
  const undo = useMutation({
    mutationFn: (bulk: number) =>
      take(
        api.POST("/api/v1/projects/{project}/bulk-labels/{bulk}/undo", {
          params: { path: { project: project.id, bulk } },
        }),
      ),
  });
  const all = query.data ?? [];
  if (all.length === 0) return null;
  return (
    <Panel
      title="Done to many tasks at once"
      about="Taking one back removes its suggestions; its answers go back to who gave them and no longer count, unless they were changed or judged since; a priority is what it was, unless it was changed since."
    >
      <TableFrame label="Who labeled what at once">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>Label</Table.Th>
            <Table.Th>As</Table.Th>
            <Table.Th ta="right">Tasks</Table.Th>
            <Table.Th>State</Table.Th>
            {manages ? <Table.Th>Back</Table.Th> : null}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {all.map((one) => {
            const field = fields.find(({ id }) => id === one.field);
            const title =
              one.form === "priority"
                ? `Priority ${one.value}`
                : `${field?.title ?? one.field}: ${optionTitles(field).get(one.value) ?? one.value}`;
            return (
              <Table.Tr key={one.id}>
                <Table.Td style={{ whiteSpace: "nowrap" }}>{dateTime(one.at)}</Table.Td>
                <Table.Td>{title}</Table.Td>
                <Table.Td>{FORMS[one.form] ?? one.form}</Table.Td>
                <Table.Td ta="right">
                  <AnchorLink
                    to="/projects/$projectId/tasks"
                    params={{ projectId: project.id }}
                    search={{ filter: `slice:${one.slice}` }}
                    size="sm"
                    aria-label={`${count(one.labeled)} tasks with ${title}: show them`}
                  >
                    {count(one.labeled)}
                  </AnchorLink>
                </Table.Td>
                <Table.Td>{one.state}</Table.Td>
                {manages ? (
                  <Table.Td>
                    {one.state === "done" ? (
                      <ConfirmButton
                        aria-label={`Take back ${title}`}
                        question="Take this back?"
                        consequence={`${counted(one.labeled, "task")} as before.`}
                        act="Take it back"
                        onConfirm={() => undo.mutate(one.id)}
                      >
                        Take back
                      </ConfirmButton>
                    ) : null}
                  </Table.Td>
                ) : null}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </TableFrame>
      <ErrorText error={undo.error} />
      {undo.data ? (
        <JobProgress
          key={undo.data.id}
          job={undo.data.id}
          onDone={() => void client.invalidateQueries({ queryKey: keys.project(project.id) })}
        />
      ) : null}
      <Text size="xs" c="dimmed" mt="xs">
        The newest fifty are listed.
      </Text>
    </Panel>
  );
}
