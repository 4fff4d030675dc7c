// The datasets of the workspace.
import { Button, Group, Stack, Table, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, take } from "../../api/client";
import { datasetsQuery } from "../../app/queries";
import { useWorkspace } from "../../app/workspace";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { count, words } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { AnchorLink } from "../../ui/links";
import { PageHeader } from "../../ui/PageHeader";
import { TableFrame } from "../../ui/TableFrame";

export default function DatasetsPage() {
  const workspace = useWorkspace();
  const query = useQuery(datasetsQuery(workspace.id));
  return (
    <>
      <PageHeader
        title="Data"
        about="Collections of raw data. A dataset can be used in any number of projects."
      />
      <Loaded query={query}>
        {(datasets) =>
          datasets.length === 0 ? (
            <EmptyState title="No data yet" action={<NewDataset workspace={workspace.id} />}>
              Make a dataset, then bring files into it. A new project can do both in one go.
            </EmptyState>
          ) : (
            <Stack gap="md">
              <NewDataset workspace={workspace.id} />
              <TableFrame alone label="Datasets">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Kind</Table.Th>
                    <Table.Th ta="right">Items</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {datasets.map((dataset) => (
                    <Table.Tr key={dataset.id}>
                      <Table.Td>
                        <AnchorLink to="/data/$datasetId" params={{ datasetId: dataset.id }} size="sm">
                          {dataset.name}
                        </AnchorLink>
                      </Table.Td>
                      <Table.Td>{dataset.modalities.map(words).join(", ") || "empty"}</Table.Td>
                      <Table.Td ta="right">{count(dataset.items)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </TableFrame>
            </Stack>
          )
        }
      </Loaded>
    </>
  );
}

function NewDataset({ workspace }: { workspace: number }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/workspaces/{workspace}/datasets", {
          params: { path: { workspace } },
          body: { name },
        }),
      ),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: datasetsQuery(workspace).queryKey });
      await navigate({ to: "/data/$datasetId", params: { datasetId: id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Group align="flex-start" gap="xs">
        <TextInput
          aria-label="Name of the new dataset"
          placeholder="Name of the new dataset"
          value={name}
          error={at(create.error, "/name")}
          onChange={(event) => setName(event.currentTarget.value)}
          w={260}
        />
        <Button type="submit" variant="default" disabled={!name.trim()} loading={create.isPending}>
          Make a dataset
        </Button>
      </Group>
      <ErrorText error={besides(create.error, ["/name"])} />
    </form>
  );
}
