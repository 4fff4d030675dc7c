// The tasks of a project, all or in one state; each opens in review.
import { Group, NumberInput, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { keys, tasksQuery } from "../../app/queries";
import { atLeast } from "../../app/roles";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorText } from "../../ui/ErrorText";
import { capital, words } from "../../ui/format";
import { LoadedPages } from "../../ui/Loaded";
import { AnchorLink, ButtonLink } from "../../ui/links";
import { StateBadge } from "../../ui/StateBadge";
import { TableFrame } from "../../ui/TableFrame";
import { useProject } from "./useProject";

const STATES = ["all", "open", "labeled", "in_review", "done"];

export default function TasksPage() {
  const project = useProject();
  const { state } = useSearch({ from: "/app/projects/$projectId/tasks" });
  const navigate = useNavigate({ from: "/projects/$projectId/tasks" });
  const query = useInfiniteQuery(tasksQuery(project.id, state));
  const manages = atLeast(project.role, "manager");
  const params = { projectId: project.id };
  return (
    <Stack gap="sm">
      <Group>
        <SegmentedControl
          aria-label="State"
          value={state ?? "all"}
          data={STATES.map((one) => ({ value: one, label: capital(words(one)) }))}
          onChange={(one) => void navigate({ search: { state: one === "all" ? undefined : one } })}
        />
      </Group>
      <LoadedPages query={query}>
        {(tasks) =>
          tasks.length === 0 ? (
            <EmptyState
              title={state ? `No task is ${words(state)}` : "There are no tasks yet"}
              action={
                state ? (
                  <ButtonLink to="/projects/$projectId/tasks" params={params} variant="default">
                    Show all
                  </ButtonLink>
                ) : manages ? (
                  <ButtonLink to="/projects/$projectId/data" params={params}>
                    Add data
                  </ButtonLink>
                ) : undefined
              }
            >
              {state
                ? "Tasks come here by themselves as work goes on."
                : "Every item of the data becomes a task."}
            </EmptyState>
          ) : (
            <TableFrame alone label="Tasks">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Item</Table.Th>
                  <Table.Th>Kind</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th w={140}>Priority</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {tasks.map((task) => (
                  <Table.Tr key={task.id}>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>
                      <AnchorLink
                        to="/projects/$projectId/review/$taskId"
                        params={{ projectId: project.id, taskId: task.id }}
                        size="sm"
                      >
                        {task.key}
                      </AnchorLink>
                    </Table.Td>
                    <Table.Td>{words(task.modality)}</Table.Td>
                    <Table.Td>
                      <StateBadge state={task.state} />
                    </Table.Td>
                    <Table.Td>
                      {manages ? <Priority project={project.id} task={task} /> : task.priority}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </TableFrame>
          )
        }
      </LoadedPages>
      {manages ? (
        <Text size="xs" c="dimmed">
          Tasks with a higher priority are given out first. A change counts from the next task that somebody
          takes.
        </Text>
      ) : null}
    </Stack>
  );
}

/** Saved when the field is left or Enter pressed, like a cell of a table. */
function Priority({ project, task }: { project: number; task: Schemas["TaskView"] }) {
  const [value, setValue] = useState<string | number>(task.priority);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (priority: number) =>
      take(api.PATCH("/api/v1/tasks/{task}", { params: { path: { task: task.id } }, body: { priority } })),
    onSuccess: () => client.invalidateQueries({ queryKey: [...keys.project(project), "tasks"] }),
  });
  const commit = () => {
    if (typeof value === "number" && value !== task.priority) save.mutate(value);
    else setValue(task.priority);
  };
  return (
    <>
      <NumberInput
        aria-label={`Priority of ${task.key}`}
        size="xs"
        allowDecimal={false}
        clampBehavior="strict"
        min={-1_000_000}
        max={1_000_000}
        value={value}
        onChange={setValue}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
      <ErrorText error={save.error} />
    </>
  );
}
