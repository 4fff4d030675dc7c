// Clusters as cards: what is in the middle of each, its words, and what people said of it so far.
import { Badge, Checkbox, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../../api/client";
import { clustersQuery, looksQuery, mapPointsQuery } from "../../../app/queries";
import { atLeast } from "../../../app/roles";
import type { Points } from "../../../core/map/points";
import { counted, percent } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { optionTitles } from "../titles";
import { BulkLabelButton } from "./BulkLabelButton";
import { LookBody } from "./LookItem";
import classes from "./map.module.css";

interface Props {
  project: Schemas["ProjectView"];
  fields: Schemas["Field"][];
}

export function ClustersPart({ project, fields }: Props) {
  const [fieldId, setField] = useState(fields[0]?.id);
  const field = fields.find((one) => one.id === fieldId) ?? fields[0];
  const query = useQuery(clustersQuery(project.id, field?.id));
  const points = useQuery(mapPointsQuery(project.id)).data;
  return (
    <Stack gap="md">
      {fields.length > 1 ? (
        <Select
          label="Compared with"
          maw={280}
          allowDeselect={false}
          value={field?.id ?? null}
          data={fields.map((one) => ({ value: one.id, label: one.title }))}
          onChange={(next) => setField(next ?? undefined)}
        />
      ) : null}
      <Loaded query={query}>
        {(clusters) =>
          clusters.map((one) => (
            <Card key={one.cluster} project={project} field={field} points={points} cluster={one} />
          ))
        }
      </Loaded>
    </Stack>
  );
}

interface CardProps {
  project: Schemas["ProjectView"];
  field: Schemas["Field"] | undefined;
  points: Points | undefined;
  cluster: Schemas["ClusterView"];
}

/** More items of a cluster than its middles, to find exceptions among. */
const SHOWN = 24;

function Card({ project, field, points, cluster }: CardProps) {
  const name = `Cluster ${cluster.cluster + 1}`;
  const [all, setAll] = useState(false);
  const [exceptions, setExceptions] = useState<ReadonlySet<number>>(new Set());
  const members = membersOf(points, cluster);
  const wanted = members.filter((task) => !exceptions.has(task));
  const shown = all ? members.slice(0, SHOWN) : cluster.medoids;
  const looks = useQuery(looksQuery(project.id, shown));
  const titles = optionTitles(field);
  const toggle = (task: number) =>
    setExceptions((before) => {
      const next = new Set(before);
      if (!next.delete(task)) next.add(task);
      return next;
    });
  const manages = atLeast(project.role, "manager") && field !== undefined;
  return (
    <Panel
      title={name}
      about={
        <Group gap="xs">
          <span>{counted(cluster.items, "item")}</span>
          {cluster.values.slice(0, 3).map((one) => (
            <Badge key={one.value} variant="default" tt="none">
              {titles.get(one.value) ?? one.value} {percent(one.count / cluster.labeled)}
            </Badge>
          ))}
          <span>
            {cluster.labeled === 0 ? "none labeled yet" : `of ${counted(cluster.labeled, "labeled item")}`}
          </span>
        </Group>
      }
      actions={
        manages && field && members.length > 0 ? (
          <BulkLabelButton
            project={project.id}
            fields={[field]}
            chosen={{ tasks: wanted }}
            count={wanted.length}
            name={name}
          >
            {exceptions.size > 0
              ? `Label this cluster without ${counted(exceptions.size, "exception")}`
              : "Label this cluster"}
          </BulkLabelButton>
        ) : undefined
      }
    >
      <Stack gap="xs">
        {cluster.words.length > 0 ? (
          <Text size="sm">
            <Title order={3} size="sm" component="span" fw={600}>
              Words:
            </Title>{" "}
            {cluster.words.join(", ")}
          </Text>
        ) : null}
        <ul className={classes.items} aria-label={`Items of ${name}`}>
          {looks.data?.map((look) => (
            <li
              key={look.task}
              className={classes.item}
              data-left-out={exceptions.has(look.task) || undefined}
            >
              {manages ? (
                <Checkbox
                  size="xs"
                  mb={4}
                  label="belongs here"
                  aria-label={`${look.key} belongs here`}
                  checked={!exceptions.has(look.task)}
                  onChange={() => toggle(look.task)}
                />
              ) : null}
              <LookBody look={look} />
            </li>
          ))}
        </ul>
        {members.length > cluster.medoids.length ? (
          <Checkbox
            size="xs"
            label={`Show ${Math.min(SHOWN, members.length)} of its items instead of the middle ones`}
            checked={all}
            onChange={(event) => setAll(event.currentTarget.checked)}
          />
        ) : null}
      </Stack>
    </Panel>
  );
}

/** The tasks of a cluster; those furthest from what is near first: exceptions are among them. */
function membersOf(points: Points | undefined, cluster: Schemas["ClusterView"]): number[] {
  if (!points) return [];
  const found: number[] = [];
  for (let point = 0; point < points.count; point += 1)
    if (points.cluster[point] === cluster.cluster) found.push(point);
  found.sort((one, other) => (points.distance[other] ?? 0) - (points.distance[one] ?? 0));
  return found.map((point) => points.tasks[point] ?? 0);
}
