// Where the items of a project come from, what is asked again and again, and collecting more.
import { Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client";
import { datasetsQuery, ended } from "../../../app/queries";
import { sourcesQuery } from "../../../app/sources";
import { count, dateTime } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { AnchorLink } from "../../../ui/links";
import { Panel } from "../../../ui/Panel";
import { StateBadge } from "../../../ui/StateBadge";
import { useProject } from "../useProject";
import { AddSource } from "./AddSource";
import { Calls } from "./Calls";
import { DrawSample } from "./DrawSample";
import { Profile } from "./Profile";
import { Repeats } from "./Repeats";
import { KINDS } from "./source";

type Source = Schemas["SourceView"];
type Dataset = Schemas["DatasetView"];

export default function SourcesPage() {
  const project = useProject();
  const datasets = useQuery(datasetsQuery(project.workspace_id));
  const sources = useQuery({
    ...sourcesQuery(project.id),
    refetchInterval: (query) => (query.state.data?.some((one) => !ended(one.state)) ? 2000 : false),
  });
  return (
    <Loaded query={datasets}>
      {(known) => (
        <Stack gap="md">
          <Panel
            title="Sources of this project"
            about="What was brought into its datasets, the newest first. Each item says under Data where it comes from."
          >
            <Loaded query={sources}>{(found) => <Sources sources={found} datasets={known} />}</Loaded>
          </Panel>
          <Calls project={project.id} />
          <Repeats project={project} datasets={known} />
          <AddSource project={project} datasets={known} />
          <Profile project={project.id} />
          <DrawSample project={project} datasets={known} />
        </Stack>
      )}
    </Loaded>
  );
}

function Sources({ sources, datasets }: { sources: Source[]; datasets: Dataset[] }) {
  if (sources.length === 0)
    return <Text size="sm">None yet: add one below, or upload files under Data.</Text>;
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table aria-label="Sources">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Kind</Table.Th>
            <Table.Th>From</Table.Th>
            <Table.Th>Items</Table.Th>
            <Table.Th>Dataset</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Begun</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sources.map((one) => (
            <Table.Tr key={one.job_id}>
              <Table.Td>{KINDS[one.kind] ?? one.kind}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{one.origins.join(", ")}</Table.Td>
              <Table.Td>{count(one.items)}</Table.Td>
              <Table.Td>
                <DatasetLink id={one.dataset_id ?? undefined} datasets={datasets} />
              </Table.Td>
              <Table.Td>
                <StateBadge state={one.state} />
              </Table.Td>
              <Table.Td>{dateTime(one.created_at)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function DatasetLink({ id, datasets }: { id: number | undefined; datasets: Dataset[] }) {
  const dataset = datasets.find((one) => one.id === id);
  return dataset ? (
    <AnchorLink to="/data/$datasetId" params={{ datasetId: dataset.id }} size="sm">
      {dataset.name}
    </AnchorLink>
  ) : null;
}
