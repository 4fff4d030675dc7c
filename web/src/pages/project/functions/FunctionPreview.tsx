// What a function would do, as it is written now: numbers, and the first items that it votes on.
import { Badge, Group, List, SimpleGrid, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client";
import { functionPreviewQuery } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { count, percent } from "../../../ui/format";
import { AnchorLink } from "../../../ui/links";
import { optionTitles } from "../titles";
import { RightShare } from "./RightShare";
import { lookedWords } from "./rules";

interface Props {
  project: number;
  field: Schemas["Field"];
  asked: Schemas["PreviewBody"];
  /** Nothing is written yet. */
  empty: boolean;
}

export function FunctionPreview({ project, field, asked, empty }: Props) {
  const query = useQuery({
    ...functionPreviewQuery(project, asked),
    enabled: !empty,
    placeholderData: keepPreviousData,
  });
  if (empty) {
    return (
      <Text size="sm" c="dimmed">
        Write a word, and what the function would do shows here.
      </Text>
    );
  }
  if (query.error) return <ErrorText error={query.error} />;
  if (!query.data) return null;
  const { measured, looked, examples } = query.data;
  return (
    <Stack gap="sm" role="region" aria-label="Preview" aria-busy={query.isPlaceholderData}>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs">
        <Figure label="Votes" value={count(measured.votes)} />
        <Figure label="Coverage" value={percent(measured.coverage, 1)} />
        <Figure label="Overlap" value={percent(measured.overlap, 1)} />
        <Figure label="Conflict" value={percent(measured.conflict, 1)} />
      </SimpleGrid>
      <Text size="sm" component="div">
        Right where that is known: <RightShare measured={measured} />
      </Text>
      <Text size="xs" c="dimmed">
        {lookedWords(looked)}
      </Text>
      {examples.length === 0 ? (
        <Text size="sm">It votes on none of these items.</Text>
      ) : (
        <List size="sm" spacing={6} listStyleType="none" aria-label="Examples" p={0}>
          {examples.map((one) => (
            <Example key={one.task} project={project} one={one} field={field} value={asked.value} />
          ))}
        </List>
      )}
    </Stack>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
        {value}
      </Text>
    </div>
  );
}

interface ExampleProps {
  project: number;
  one: Schemas["ExampleView"];
  field: Schemas["Field"];
  value: string;
}

function Example({ project, one, field, value }: ExampleProps) {
  const characters = [...one.snippet];
  const [start = 0, end = 0] = one.mark ?? [];
  const part = (from: number, to?: number) => characters.slice(from, to).join("");
  return (
    <List.Item>
      <Group gap="xs" justify="space-between" wrap="nowrap">
        <AnchorLink
          to="/projects/$projectId/review/$taskId"
          params={{ projectId: project, taskId: one.task }}
          size="xs"
          style={{ overflowWrap: "anywhere" }}
        >
          {one.key}
        </AnchorLink>
        {one.label == null ? null : (
          <Badge size="sm" variant="light" color={one.label === value ? "green" : "red"} tt="none">
            {one.label === value ? "right" : "wrong"}: {optionTitles(field).get(one.label) ?? one.label}
          </Badge>
        )}
      </Group>
      <Text size="sm" lineClamp={3} dir="auto">
        {one.mark ? (
          <>
            {part(0, start)}
            <mark>{part(start, end)}</mark>
            {part(end)}
          </>
        ) : (
          one.snippet
        )}
      </Text>
    </List.Item>
  );
}
