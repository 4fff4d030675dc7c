// Tasks as a grid of what they show: one label for all that are chosen, exceptions by a click.
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../../api/client";
import { looksQuery, schemaVersionQuery } from "../../../app/queries";
import { atLeast } from "../../../app/roles";
import { counted } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { AnchorLink } from "../../../ui/links";
import { StateBadge } from "../../../ui/StateBadge";
import { votedFields } from "../functions/rules";
import { BulkLabelButton } from "../map/BulkLabelButton";
import { BulkLabels } from "../map/BulkLabels";
import { LookBody } from "../map/LookItem";
import classes from "../map/map.module.css";

interface Props {
  project: Schemas["ProjectView"];
  tasks: Schemas["TaskView"][];
  /** What was asked for, as the name of what is labeled at once. */
  name: string;
}

/** So many are asked for at once. */
const PIECE = 50;

export function TaskGrid({ project, tasks, name }: Props) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data;
  const fields = votedFields(schema?.document);
  const manages = atLeast(project.role, "manager") && fields.length > 0;
  const here = tasks.filter((task) => chosen.has(task.id)).map((task) => task.id);
  const pieces = Array.from({ length: Math.ceil(tasks.length / PIECE) }, (_, at) =>
    tasks.slice(at * PIECE, (at + 1) * PIECE),
  );
  const toggle = (task: number) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(task)) next.add(task);
      return next;
    });
  return (
    <Stack gap="sm">
      {manages ? (
        <Group gap="sm">
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              setChosen(new Set(here.length === tasks.length ? [] : tasks.map((task) => task.id)))
            }
          >
            {here.length === tasks.length ? "Choose none" : `Choose all ${tasks.length} shown`}
          </Button>
          <BulkLabelButton
            project={project.id}
            fields={fields}
            chosen={{ tasks: here }}
            count={here.length}
            name={name}
          >
            {`Label ${counted(here.length, "task")}`}
          </BulkLabelButton>
          <Text size="xs" c="dimmed">
            A click on an item takes it in or leaves it out.
          </Text>
        </Group>
      ) : null}
      {pieces.map((piece) => (
        <Piece
          key={piece[0]?.id}
          project={project.id}
          tasks={piece}
          chosen={chosen}
          onToggle={manages ? toggle : undefined}
        />
      ))}
      {manages ? <BulkLabels project={project} fields={fields} /> : null}
    </Stack>
  );
}

interface PieceProps {
  project: number;
  tasks: Schemas["TaskView"][];
  chosen: ReadonlySet<number>;
  onToggle: ((task: number) => void) | undefined;
}

function Piece({ project, tasks, chosen, onToggle }: PieceProps) {
  const query = useQuery(
    looksQuery(
      project,
      tasks.map((task) => task.id),
    ),
  );
  const states = new Map(tasks.map((task) => [task.id, task.state]));
  return (
    <Loaded query={query}>
      {(looks) => (
        <ul className={classes.items} aria-label="Tasks">
          {looks.map((look) => (
            // The box does the same for the keyboard.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
            <li
              key={look.task}
              className={classes.item}
              data-chosen={chosen.has(look.task) || undefined}
              onClick={(event) => {
                if (event.target instanceof Element && event.target.closest("a, label, input")) return;
                onToggle?.(look.task);
              }}
            >
              <Group gap={6} justify="space-between" wrap="nowrap" mb={4}>
                <StateBadge state={states.get(look.task) ?? ""} />
                {onToggle ? (
                  <Checkbox
                    size="xs"
                    aria-label={`Choose ${look.key}`}
                    checked={chosen.has(look.task)}
                    onChange={() => onToggle(look.task)}
                  />
                ) : null}
              </Group>
              <LookBody
                look={look}
                title={
                  <AnchorLink
                    to="/projects/$projectId/review/$taskId"
                    params={{ projectId: project, taskId: look.task }}
                    size="xs"
                  >
                    {look.key}
                  </AnchorLink>
                }
              />
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}
