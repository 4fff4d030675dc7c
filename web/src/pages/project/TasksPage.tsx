// The tasks of a project, found by state and by a filter that is part of the address; each opens in review.
import { Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { taskRowsQuery, tasksQuery } from "../../app/queries";
import { atLeast } from "../../app/roles";
import { EmptyState } from "../../ui/EmptyState";
import { words } from "../../ui/format";
import { Loaded, LoadedPages } from "../../ui/Loaded";
import { ButtonLink } from "../../ui/links";
import { COUNT_MAXIMUM, foundWords, selectionOf, TaskFilter, type TaskSearch } from "./TaskFilter";
import { Changed, Found } from "./tasks/Found";
import { TaskGrid } from "./tasks/TaskGrid";
import { TaskTable } from "./tasks/TaskTable";
import { useProject } from "./useProject";

export default function TasksPage() {
  const project = useProject();
  const search = useSearch({ from: "/app/projects/$projectId/tasks" });
  const selection = selectionOf(search);
  const first = useQuery(taskRowsQuery(project.id, selection, 0));
  const manages = atLeast(project.role, "manager");
  const counted = first.data?.count ?? undefined;
  // All tasks are counted to the last, those of a filter up to a limit.
  const more = selection.filter !== "" && counted !== undefined && counted >= COUNT_MAXIMUM;
  return (
    <Stack gap="sm">
      <TaskFilter
        key={search.filter ?? ""}
        search={search}
        error={first.error}
        found={foundWords(counted, more)}
      />
      {first.error && selection.filter !== "" ? null : (
        <Loaded query={first}>
          {() =>
            counted === 0 || counted === undefined ? (
              <NoTasks project={project} state={search.state} filtered={search.filter !== undefined} />
            ) : search.view === "grid" ? (
              <Grid project={project} search={search} />
            ) : (
              <>
                {manages ? (
                  <Found project={project} filter={selection.filter} count={counted} more={more} />
                ) : null}
                <TaskTable
                  key={`${selection.filter} ${selection.sort}`}
                  project={project}
                  selection={selection}
                  count={counted}
                  more={more}
                  manages={manages}
                />
                {manages ? <Changed project={project} /> : null}
              </>
            )
          }
        </Loaded>
      )}
      {manages ? (
        <Text size="xs" c="dimmed">
          Tasks with a higher priority are given out first. A change counts from the next task that somebody
          takes.
        </Text>
      ) : null}
    </Stack>
  );
}

function Grid({ project, search }: { project: Schemas["ProjectView"]; search: TaskSearch }) {
  const selection = selectionOf(search);
  const query = useInfiniteQuery(tasksQuery(project.id, selection));
  return (
    <LoadedPages query={query}>
      {(tasks) => <TaskGrid project={project} tasks={tasks} name={selection.filter || "Chosen tasks"} />}
    </LoadedPages>
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
