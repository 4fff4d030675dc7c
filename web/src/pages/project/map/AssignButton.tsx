// Tasks that are kept for a member: who, and for how long.
import { Button, Group, Modal, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys, membersQuery } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { counted } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { type Chosen, createSlice } from "./slices";

interface Props {
  project: Schemas["ProjectView"];
  chosen: Chosen;
  /** How many they are. */
  count: number;
  /** What the slice is called. */
  name: string;
}

export function AssignButton(props: Props) {
  const [open, dialogue] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={dialogue.open}>
        Assign
      </Button>
      <Modal opened={open} onClose={dialogue.close} title={`Assign ${counted(props.count, "task")}`}>
        <Form {...props} onClose={dialogue.close} />
      </Modal>
    </>
  );
}

function Form({ project, chosen, count, name, onClose }: Props & { onClose: () => void }) {
  const client = useQueryClient();
  const members = useQuery(membersQuery(project.workspace_id));
  const [member, setMember] = useState<string | null>(null);
  const [hours, setHours] = useState<number | string>(24);
  const assign = useMutation({
    mutationFn: async () => {
      const slice = await createSlice(project.id, name, chosen);
      return take(
        api.POST("/api/v1/projects/{project}/slices/{slice}/assign", {
          params: { path: { project: project.id, slice: slice.id } },
          body: { member: Number(member), hours: Number(hours) },
        }),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(project.id) }),
  });
  if (assign.data) {
    return (
      <Stack gap="sm">
        <Text size="sm" role="status">
          {counted(assign.data.tasks, "task")} of {count} wait for them now; the others have no open place for
          them.
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Loaded query={members}>
      {(all) => (
        <Stack gap="sm">
          <Select
            label="Member"
            placeholder="Choose a member"
            searchable
            value={member}
            data={all.map((one) => ({ value: String(one.user.id), label: one.user.name }))}
            onChange={setMember}
          />
          <NumberInput label="Hours" min={1} max={720} value={hours} onChange={setHours} />
          <Text size="sm" c="dimmed">
            They get these tasks next. What they have not done by then is open to all again.
          </Text>
          <ErrorText error={assign.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button disabled={member === null} loading={assign.isPending} onClick={() => assign.mutate()}>
              Assign
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
