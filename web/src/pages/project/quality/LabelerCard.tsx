import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { counted, percent } from "../../../ui/format";
import { MarkedBadge } from "../../../ui/MarkedBadge";
import { answeredBy } from "../taskTests";
import { Confusion } from "./Confusion";
import classes from "./LabelerCard.module.css";
import { TasksLink } from "./TasksLink";
import type { Names } from "./titles";
import { chanceWords, changeWords, goldWords, trendWords, verdictWords } from "./words";

interface Props {
  project: number;
  card: Schemas["CardView"];
  /** None for somebody who is no longer a member. */
  name: string | undefined;
  names: Names;
}

const VERDICT_COLOURS: Record<string, string> = {
  qualified: "var(--state-done)",
  failed: "#d55e00",
};

export function LabelerCard({ project, card, name, names }: Props) {
  const title = name ?? `Labeler ${card.labeler_id}`;
  const answers = counted(card.answers, "answer");
  const moves = [trendWords(card.trend), changeWords(card.change)].filter((words) => words !== undefined);
  return (
    <Paper withBorder p="md" component="article" aria-label={title}>
      <Stack gap="sm">
        <Group gap="xs" justify="space-between">
          <Title order={3}>{title}</Title>
          {card.is_spammer && card.spammer != null ? (
            <MarkedBadge colour="#d55e00">may be guessing: {chanceWords(card.spammer)}</MarkedBadge>
          ) : null}
        </Group>
        <Text size="sm" c="dimmed">
          {name === undefined ? (
            answers
          ) : (
            <TasksLink
              inText
              project={project}
              filter={answeredBy(name)}
              label={`${answers} of ${name}: show the tasks`}
            >
              {answers}
            </TasksLink>
          )}
          {card.spammer != null && !card.is_spammer
            ? `, chance of guessing ${chanceWords(card.spammer)}`
            : ""}
        </Text>
        <Gold gold={card.gold} />
        {moves.map((words) => (
          <Text key={words} size="sm">
            {words}
          </Text>
        ))}
        {card.fields.length === 0 ? (
          <Text size="sm" c="dimmed">
            No skill yet: it takes questions with one value out of a fixed set, and others who answered the
            same items.
          </Text>
        ) : (
          card.fields.map((field) => (
            <div key={field.field}>
              <Group gap="xs" justify="space-between" align="baseline">
                <Text size="sm" fw={500} style={{ overflowWrap: "anywhere" }}>
                  {field.title}
                </Text>
                <Text size="sm" style={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
                  skill {percent(field.skill)}{" "}
                  <Text span size="xs" c="dimmed">
                    from {counted(field.answers, "answer")}
                  </Text>
                </Text>
              </Group>
              <div className={classes.track} aria-hidden="true">
                <div className={classes.bar} style={{ width: `${field.skill * 100}%` }} />
              </div>
              <Confusion field={field} of={title} names={names} />
            </div>
          ))
        )}
      </Stack>
    </Paper>
  );
}

function Gold({ gold }: { gold: Schemas["CardView"]["gold"] }) {
  if (gold == null) {
    return (
      <Text size="sm" c="dimmed">
        Gold: no task with a known answer yet.
      </Text>
    );
  }
  return (
    <Group gap="xs">
      <Text size="sm">Gold: {goldWords(gold)}</Text>
      <MarkedBadge colour={VERDICT_COLOURS[gold.verdict]}>{verdictWords(gold.verdict)}</MarkedBadge>
    </Group>
  );
}
