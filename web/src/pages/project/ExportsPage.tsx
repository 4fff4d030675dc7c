// Snapshots freeze items and labels as they are; exports write a snapshot in a format. Both stay and can be had again.
import { Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { exportsQuery, snapshotsQuery } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { count, counted, dateTime, words } from "../../ui/format";
import { JobProgress } from "../../ui/JobProgress";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Panel";
import { TableFrame } from "../../ui/TableFrame";
import { ExportForm } from "./ExportForm";
import { ExportList } from "./ExportList";
import { useProject } from "./useProject";

export default function ExportsPage() {
  const project = useProject();
  const snapshots = useQuery(snapshotsQuery(project.id));
  const exports = useQuery(exportsQuery(project.id));
  return (
    <Stack gap="md">
      <Panel
        title="Snapshots"
        about="A snapshot holds the items and answers of the moment and never changes: what you train on today can be had again in a year."
      >
        <Stack gap="sm">
          <Freeze project={project.id} />
          <Loaded query={snapshots}>
            {(rows) =>
              rows.length === 0 ? (
                <Text size="sm" c="dimmed">
                  There is none yet: name one and freeze it. Exports are written from snapshots.
                </Text>
              ) : (
                <Snapshots project={project.id} snapshots={rows} />
              )
            }
          </Loaded>
        </Stack>
      </Panel>
      {snapshots.data && snapshots.data.length > 0 ? (
        <Panel title="Exports" about="Every export says what its format could not carry.">
          <Loaded query={exports}>
            {(rows) => <ExportList exports={rows} snapshots={snapshots.data} />}
          </Loaded>
        </Panel>
      ) : null}
    </Stack>
  );
}

function Freeze({ project }: { project: number }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const freeze = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/snapshots", { params: { path: { project } }, body: { name } }),
      ),
    onSuccess: () => setName(""),
  });
  return (
    <Stack gap="xs">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          freeze.mutate();
        }}
      >
        <Group align="flex-start" gap="xs">
          <TextInput
            aria-label="Name of the snapshot"
            placeholder="Name, for example 2026-11 first batch"
            w={300}
            value={name}
            error={at(freeze.error, "/name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={freeze.isPending} disabled={!name.trim()}>
            Freeze
          </Button>
        </Group>
      </form>
      <ErrorText error={besides(freeze.error, ["/name"])} />
      {freeze.data ? (
        <JobProgress
          key={freeze.data.id}
          job={freeze.data.id}
          onDone={() => void client.invalidateQueries({ queryKey: snapshotsQuery(project).queryKey })}
        />
      ) : null}
    </Stack>
  );
}

/** `240 items, 480 answers`. */
function countsOf(snapshot: Schemas["SnapshotView"]): string {
  const counts = (snapshot.counts ?? {}) as Record<string, unknown>;
  return Object.entries(counts)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number")
    .map(([name, value]) => `${count(value)} ${words(name)}`)
    .join(", ");
}

function Snapshots({ project, snapshots }: { project: number; snapshots: Schemas["SnapshotView"][] }) {
  const [open, setOpen] = useState<number>();
  const chosen = snapshots.find((one) => one.id === open);
  return (
    <Stack gap="sm">
      <TableFrame label="Snapshots">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Made</Table.Th>
            <Table.Th>Holds</Table.Th>
            <Table.Th>Fingerprint</Table.Th>
            <Table.Th w={110} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {snapshots.map((snapshot) => (
            <Table.Tr key={snapshot.id}>
              <Table.Td>{snapshot.name}</Table.Td>
              <Table.Td>{dateTime(snapshot.created_at)}</Table.Td>
              <Table.Td>
                {countsOf(snapshot)}
                {snapshot.withdrawn > 0 ? (
                  <Text size="xs" c="red">
                    {counted(snapshot.withdrawn, "item")} in it withdrawn since; freeze again
                  </Text>
                ) : null}
              </Table.Td>
              <Table.Td>
                <Text span size="xs" ff="monospace" title={snapshot.hash}>
                  {snapshot.hash.slice(0, 12)}
                </Text>
              </Table.Td>
              <Table.Td ta="right">
                <Button
                  size="xs"
                  variant="default"
                  aria-expanded={open === snapshot.id}
                  aria-label={`Export ${snapshot.name}`}
                  onClick={() => setOpen(open === snapshot.id ? undefined : snapshot.id)}
                >
                  Export
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
      {chosen ? <ExportForm key={chosen.id} project={project} snapshot={chosen} /> : null}
    </Stack>
  );
}
