// Slices: tasks that were found and are kept under a name, as they are now.
import { Button, CloseButton, Group, Modal, Popover, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys, slicesQuery } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { count, dateTime } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { AnchorLink } from "../../../ui/links";
import { createSlice } from "../map/slices";

export function KeepButton({ project, filter }: { project: number; filter: string }) {
  const client = useQueryClient();
  const [open, { close, toggle }] = useDisclosure(false);
  const [name, setName] = useState("");
  const keep = useMutation({
    mutationFn: () => createSlice(project, name.trim(), { filter }),
    onSuccess: () => {
      setName("");
      close();
      return client.invalidateQueries({ queryKey: slicesQuery(project).queryKey });
    },
  });
  return (
    <Popover opened={open} onChange={(next) => (next ? undefined : close())} withArrow trapFocus>
      <Popover.Target>
        <Button size="xs" variant="default" onClick={toggle}>
          Keep as a slice
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            keep.mutate();
          }}
        >
          <Stack gap="xs" w={260}>
            <TextInput
              label="Name"
              description="Those that are found now; later ones do not join."
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <ErrorText error={keep.error} />
            <Button type="submit" size="xs" disabled={name.trim() === ""} loading={keep.isPending}>
              Keep
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

export function SlicesButton({ project }: { project: Schemas["ProjectView"] }) {
  const [open, dialogue] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="subtle" onClick={dialogue.open}>
        Slices
      </Button>
      <Modal opened={open} onClose={dialogue.close} title="Slices" size="lg">
        <List project={project.id} onChosen={dialogue.close} />
      </Modal>
    </>
  );
}

function List({ project, onChosen }: { project: number; onChosen: () => void }) {
  const client = useQueryClient();
  const query = useQuery(slicesQuery(project));
  const remove = useMutation({
    mutationFn: (slice: number) =>
      take(api.DELETE("/api/v1/projects/{project}/slices/{slice}", { params: { path: { project, slice } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
  return (
    <Loaded query={query}>
      {(slices) =>
        slices.length === 0 ? (
          <Text size="sm">
            There are none yet. Keep what a filter finds as a slice, or catch items on the map.
          </Text>
        ) : (
          <Stack gap="xs">
            <ErrorText error={remove.error} />
            <Table aria-label="Slices" verticalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th ta="right">Tasks</Table.Th>
                  <Table.Th>By</Table.Th>
                  <Table.Th>Made</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {slices.map((slice) => (
                  <Table.Tr key={slice.id}>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>
                      <AnchorLink
                        to="/projects/$projectId/tasks"
                        params={{ projectId: project }}
                        search={{ filter: `slice:${slice.id}` }}
                        size="sm"
                        onClick={onChosen}
                      >
                        {slice.name}
                      </AnchorLink>
                    </Table.Td>
                    <Table.Td ta="right">{count(slice.tasks)}</Table.Td>
                    <Table.Td>{slice.author}</Table.Td>
                    <Table.Td style={{ whiteSpace: "nowrap" }}>{dateTime(slice.created_at)}</Table.Td>
                    <Table.Td>
                      <Group justify="flex-end">
                        <CloseButton
                          size="sm"
                          aria-label={`Take ${slice.name} apart`}
                          disabled={remove.isPending}
                          onClick={() => remove.mutate(slice.id)}
                        />
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Stack>
        )
      }
    </Loaded>
  );
}
