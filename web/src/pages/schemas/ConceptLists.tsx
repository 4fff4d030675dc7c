// Lists of concepts that fields and attributes of schemas take their values from.
import { Button, FileInput, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, take } from "../../api/client";
import { conceptListsQuery, keys } from "../../app/queries";
import { useUpload, wasCancelled } from "../../app/upload/useUpload";
import { ErrorText } from "../../ui/ErrorText";
import { count, dateTime } from "../../ui/format";
import { JobProgress } from "../../ui/JobProgress";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Panel";
import { TableFrame } from "../../ui/TableFrame";
import { UploadStatus } from "../../ui/UploadStatus";

export function ConceptLists({ workspace }: { workspace: number }) {
  const query = useQuery(conceptListsQuery(workspace));
  return (
    <Panel
      title="Lists of concepts"
      about="What names in texts stand for: an attribute of the kind “Concept of a list” takes its value from one of these lists."
    >
      <Stack gap="md">
        <Loaded query={query}>
          {(lists) =>
            lists.length === 0 ? (
              <Text size="sm">None yet. A list comes from a file with one concept a line.</Text>
            ) : (
              <TableFrame label="Lists of concepts">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th ta="right">Concepts</Table.Th>
                    <Table.Th>Loaded</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {lists.map((list) => (
                    <Table.Tr key={list.name}>
                      <Table.Td>{list.name}</Table.Td>
                      <Table.Td ta="right">{count(list.concepts)}</Table.Td>
                      <Table.Td>{dateTime(list.updated_at)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </TableFrame>
            )
          }
        </Loaded>
        <LoadForm workspace={workspace} />
      </Stack>
    </Panel>
  );
}

function LoadForm({ workspace }: { workspace: number }) {
  const [name, setName] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [job, setJob] = useState<number>();
  const uploader = useUpload(workspace);
  const client = useQueryClient();
  const load = useMutation({
    mutationFn: async () => {
      if (!file) throw new Error("choose a file first");
      const picked = [{ file, name: file.name }];
      const [upload] = await uploader.run(picked);
      if (upload === undefined) throw new Error("the file did not arrive");
      const path = { workspace };
      const body = { name, upload };
      const made = await take(
        api.POST("/api/v1/workspaces/{workspace}/concept-lists", { params: { path }, body }),
      );
      uploader.forget(picked);
      return made.id;
    },
    onSuccess: (made) => {
      setJob(made);
      setFile(null);
    },
  });
  return (
    <Stack gap="sm">
      {job === undefined ? null : (
        <JobProgress
          key={job}
          job={job}
          onDone={() => void client.invalidateQueries({ queryKey: keys.workspace(workspace) })}
        />
      )}
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Name"
          description="Small letters, digits, _ and -; an old list of this name is replaced."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FileInput
          label="File"
          description="CSV or TSV: id, name, synonyms (a|b), description; or JSON lines."
          placeholder="Choose a file"
          accept=".csv,.tsv,.txt,.jsonl,.ndjson"
          value={file}
          onChange={setFile}
          w={260}
        />
        <Button
          variant="default"
          loading={load.isPending}
          disabled={!file || name === ""}
          onClick={() => load.mutate()}
        >
          Load the list
        </Button>
      </Group>
      {uploader.progress ? <UploadStatus progress={uploader.progress} onCancel={uploader.cancel} /> : null}
      {wasCancelled(load.error) ? null : <ErrorText error={load.error} />}
    </Stack>
  );
}
