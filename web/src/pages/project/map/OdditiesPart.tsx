// What stands out: items that are nearly the same, items that are like no other, and what is near a single one.
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Schemas } from "../../../api/client";
import { looksQuery, oddQuery, similarQuery } from "../../../app/queries";
import { counted } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { AnchorLink } from "../../../ui/links";
import { Panel } from "../../../ui/Panel";
import { LookItem } from "./LookItem";
import classes from "./map.module.css";

export function OdditiesPart({ project }: { project: Schemas["ProjectView"] }) {
  const { task } = useSearch({ from: "/app/projects/$projectId/map" });
  const query = useQuery(oddQuery(project.id));
  return (
    <Stack gap="md">
      {task === undefined ? null : <Similar project={project.id} task={task} />}
      <Loaded query={query}>
        {(odd) => (
          <>
            <Panel
              title="Nearly the same"
              about={`${counted(odd.duplicate_groups, "group")} of items that lie far closer together than is usual here.`}
            >
              {odd.duplicates.length === 0 ? (
                <Text size="sm">No item is nearly the same as another.</Text>
              ) : (
                <Stack gap="sm">
                  {odd.duplicates.slice(0, GROUPS).map((group) => (
                    <Items key={group[0]} project={project.id} tasks={group} label="Nearly the same items" />
                  ))}
                </Stack>
              )}
            </Panel>
            <Panel
              title="Like no other"
              about="Items furthest from what is near them: rare cases, wrong data, or what the guidelines forgot."
            >
              <Items
                project={project.id}
                tasks={odd.strange.slice(0, STRANGE).map((one) => one.task)}
                label="Items like no other"
                note={(at) => `${(odd.strange[at]?.distance ?? 0).toFixed(1)} times as far as usual`}
              />
            </Panel>
          </>
        )}
      </Loaded>
    </Stack>
  );
}

const GROUPS = 12;
const STRANGE = 12;

function Similar({ project, task }: { project: number; task: number }) {
  const query = useQuery(similarQuery(task));
  const own = useQuery(looksQuery(project, [task])).data?.[0];
  return (
    <Panel title={`Similar to ${own?.key ?? `task ${task}`}`} about="Nearest first.">
      <Loaded query={query}>
        {(near) => <Items project={project} tasks={near.map((one) => one.task)} label="Similar items" />}
      </Loaded>
    </Panel>
  );
}

interface ItemsProps {
  project: number;
  tasks: number[];
  label: string;
  note?: (at: number) => string;
}

function Items({ project, tasks, label, note }: ItemsProps) {
  const query = useQuery(looksQuery(project, tasks));
  return (
    <ul className={classes.items} aria-label={label}>
      {query.data?.map((look, at) => (
        <LookItem
          key={look.task}
          project={project}
          look={look}
          note={
            <Text size="xs" c="dimmed" component="div">
              {note ? <div>{note(at)}</div> : null}
              <AnchorLink
                to="/projects/$projectId/map"
                params={{ projectId: project }}
                search={{ part: "oddities", task: look.task }}
                size="xs"
                aria-label={`Items similar to ${look.key}`}
              >
                similar items
              </AnchorLink>
            </Text>
          }
        />
      ))}
    </ul>
  );
}
