// What the data of the project is like: how much of what, how good, how often the same, and how diverse.
import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, take } from "../../../api/client";
import { profileQuery } from "../../../app/sources";
import { Bars } from "../../../ui/Bars";
import { ErrorText } from "../../../ui/ErrorText";
import { counted, dateTime } from "../../../ui/format";
import { JobProgress } from "../../../ui/JobProgress";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { type Report, readReport, rowsOf, sentences } from "./report";
import { KINDS } from "./source";

export function Profile({ project }: { project: number }) {
  const [jobs, setJobs] = useState<number[]>([]);
  const client = useQueryClient();
  const query = profileQuery(project);
  const profile = useQuery(query);
  const refresh = () => void client.invalidateQueries({ queryKey: query.queryKey });
  const look = useMutation({
    mutationFn: () => take(api.POST("/api/v1/projects/{project}/profile", { params: { path: { project } } })),
    onSuccess: (made) => setJobs([made.id, ...jobs]),
  });
  return (
    <Panel
      title="What the data is like"
      about="Coverage, quality, duplicates within and across sources, leaks between splits, personal data, licences and diversity of this project's items."
    >
      <Stack gap="md">
        {jobs.map((job) => (
          <JobProgress key={job} job={job} onDone={refresh} />
        ))}
        <Loaded query={profile}>
          {(found) => {
            const report = readReport(found?.report);
            return report ? (
              <Shown report={report} at={found?.at ?? undefined} />
            ) : (
              <Text size="sm">Nobody has looked yet.</Text>
            );
          }}
        </Loaded>
        <ErrorText error={look.error} />
        <Group>
          <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
            Look at the data
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

function Shown({ report, at }: { report: Report; at: string | undefined }) {
  const sources = report.inputs.map((one) => ({
    id: one.path,
    label: one.path === "" ? "Uploaded, or it is not said" : (KINDS[one.path] ?? one.path),
    value: one.items,
  }));
  const lists = [
    { label: "Labels", noun: "items", rows: rowsOf(report.labels.counts) },
    { label: "Splits", noun: "items", rows: rowsOf(report.splits) },
    { label: "Languages", noun: "items", rows: rowsOf(report.texts?.languages) },
    { label: "Flaws of pictures", noun: "items", rows: rowsOf(report.pictures?.flaws) },
    { label: "Flaws of recordings", noun: "items", rows: rowsOf(report.recordings?.flaws) },
    { label: "Personal data", noun: "items", rows: rowsOf(report.texts?.personal) },
    { label: "Licences", noun: "items", rows: rowsOf(report.licences) },
  ];
  return (
    <Stack gap="sm" aria-label="Report">
      <Text size="sm">
        {counted(report.items, "item")}
        {at ? `, looked at ${dateTime(at)}` : ""}
      </Text>
      <Stack component="ul" gap={4} m={0} pl="md">
        {sentences(report).map((one) => (
          <Text key={one} component="li" size="sm">
            {one}
          </Text>
        ))}
      </Stack>
      <Bars label="Sources" noun="items" rows={sources} />
      {lists.map((list) => (list.rows.length > 0 ? <Bars key={list.label} {...list} /> : null))}
      <Pairs report={report} />
    </Stack>
  );
}

function Pairs({ report }: { report: Report }) {
  const pairs = report.duplicates.first_pairs;
  if (pairs.length === 0) return null;
  return (
    <Table.ScrollContainer minWidth={420} mah={280}>
      <Table aria-label="Items that are alike">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Item</Table.Th>
            <Table.Th>Is like</Table.Th>
            <Table.Th>How</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pairs.map((pair) => (
            <Table.Tr key={pair.item}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{pair.item}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{pair.like}</Table.Td>
              <Table.Td>
                {pair.is_exact ? "the same bytes" : "nearly the same"}
                {pair.is_leak ? ", in another split" : ""}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
