// A recipe tried on the first address: the page is fetched once, then every change of the recipe shows what it makes of it.
import { Badge, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { ErrorText } from "../../../ui/ErrorText";
import { counted, dateTime } from "../../../ui/format";

/** So long after the last key the recipe is looked at. */
const PAUSE_MS = 300;

interface Props {
  project: number;
  url: string;
  recipe: string;
}

export function RecipeTry({ project, url, recipe }: Props) {
  // The address that somebody asked to see: typing another one fetches nothing.
  const [tried, setTried] = useState<string>();
  const [settled] = useDebouncedValue(recipe, PAUSE_MS);
  const query = useQuery({
    queryKey: ["try recipe", project, tried, settled],
    queryFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/sources/try", {
          params: { path: { project } },
          body: { url: tried ?? "", recipe: settled },
        }),
      ),
    enabled: tried !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
  const isOther = tried !== undefined && tried !== url;
  return (
    <Stack gap="xs">
      <Group>
        <Button
          variant="default"
          disabled={url === ""}
          loading={query.isFetching && query.data === undefined}
          onClick={() => {
            setTried(url);
            if (tried === url) void query.refetch();
          }}
        >
          Try on the first address
        </Button>
        {isOther ? (
          <Text size="sm" c="dimmed">
            What is shown is of {tried}.
          </Text>
        ) : null}
      </Group>
      <ErrorText error={query.error} />
      {query.data && !query.error ? <Outcome tried={query.data} /> : null}
    </Stack>
  );
}

function Outcome({ tried }: { tried: Schemas["TriedView"] }) {
  const fields = [...new Set(tried.records.flatMap((record) => Object.keys(record.fields)))].sort();
  return (
    <Stack gap="xs" role="region" aria-label="What the recipe makes" aria-live="polite">
      <Group gap="xs">
        {tried.text == null ? <Badge variant="light">{counted(tried.count, "record")}</Badge> : null}
        <Text size="sm">
          {tried.final_url}, fetched {dateTime(tried.fetched_at)}
        </Text>
      </Group>
      {Object.entries(tried.empty).map(([name, without]) => (
        <Text key={name} size="sm">
          {counted(without, "record")} without {name}.
        </Text>
      ))}
      {tried.next ? <Text size="sm">Next page: {tried.next}</Text> : null}
      {tried.text != null ? (
        <Text size="sm" style={{ whiteSpace: "pre-wrap", maxHeight: 240, overflow: "auto" }} tabIndex={0}>
          {tried.text || "This page has no readable text."}
        </Text>
      ) : null}
      {tried.records.length > 0 ? (
        <Table.ScrollContainer minWidth={480} mah={320}>
          <Table aria-label="Records of the page">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Key</Table.Th>
                <Table.Th>Text</Table.Th>
                {fields.map((name) => (
                  <Table.Th key={name}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tried.records.map((record, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: records have their place on the page and nothing else
                <Table.Tr key={index}>
                  <Table.Td>{record.key}</Table.Td>
                  <Table.Td style={{ whiteSpace: "pre-wrap" }}>{record.text}</Table.Td>
                  {fields.map((name) => (
                    <Table.Td key={name} style={{ overflowWrap: "anywhere" }}>
                      {record.fields[name]}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
      {tried.text == null && tried.count === 0 ? (
        <Text size="sm">The recipe finds no record on this page: look at each.</Text>
      ) : null}
    </Stack>
  );
}
