// The tasks of a project, found by state and by a filter that is part of the address; each opens in review.
import { Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { tasksQuery } from "../../app/queries";
import { atLeast } from "../../app/roles";
import { EmptyState } from "../../ui/EmptyState";
import { dateTime, percent, words } from "../../ui/format";
import { LoadedPages } from "../../ui/Loaded";
import { AnchorLink, ButtonLink } from "../../ui/links";
import { StateBadge } from "../../ui/StateBadge";
import { TableFrame } from "../../ui/TableFrame";
import { PriorityInput } from "./PriorityInput";
import { foundWords, selectionOf, TaskFilter } from "./TaskFilter";
import { TaskGrid } from "./tasks/TaskGrid";
import { useProject } from "./useProject";

export default function TasksPage() {
  const project = useProject();
  const search = useSearch({ from: "/app/projects/$projectId/tasks" });
  const query = useInfiniteQuery(tasksQuery(project.id, selectionOf(search)));
  const manages = atLeast(project.role, "manager");
  return (
    <Stack gap="sm">
      <TaskFilter
        key={search.filter ?? ""}
        search={search}
        error={query.error}
        found={foundWords(query.data)}
      />
      <LoadedPages query={query} errorShown={selectionOf(search).filter !== ""}>
        {(tasks) =>
          tasks.length === 0 ? (
            <NoTasks project={project} state={search.state} filtered={search.filter !== undefined} />
          ) : search.view === "grid" ? (
            <TaskGrid project={project} tasks={tasks} name={selectionOf(search).filter || "Chosen tasks"} />
          ) : (
            <TableFrame alone label="Tasks">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Item</Table.Th>
                  <Table.Th>Kind</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th ta="right">Agreement</Table.Th>
                  <Table.Th>Changed</Table.Th>
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
                    <Table.Td ta="right">{percent(task.agreement)}</Table.Td>
                    <Table.Td style={{ whiteSpace: "nowrap" }}>{dateTime(task.updated_at)}</Table.Td>
                    <Table.Td>
                      {manages ? <PriorityInput project={project.id} task={task} /> : task.priority}
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

interface NoTasksProps {
  project: Schemas["ProjectView"];
  state: string | undefined;
  filtered: boolean;
}

function NoTasks({ project, state, filtered }: NoTasksProps) {
  const params = { projectId: project.id };
  if (state || filtered) {
    return (
      <EmptyState
        title={filtered ? "No task fits the filter" : `No task is ${words(state ?? "")}`}
        action={
          <ButtonLink to="/projects/$projectId/tasks" params={params} variant="default">
            Show all
          </ButtonLink>
        }
      >
        Tasks come here by themselves as work goes on.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="There are no tasks yet"
      action={
        atLeast(project.role, "manager") ? (
          <ButtonLink to="/projects/$projectId/data" params={params}>
            Add data
          </ButtonLink>
        ) : undefined
      }
    >
      Every item of the data becomes a task.
    </EmptyState>
  );
}
