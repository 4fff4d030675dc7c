// One priority for many tasks: how many they are, then the job that does it.
import { Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { counted } from "../../../ui/format";
import { JobProgress } from "../../../ui/JobProgress";
import { Loaded } from "../../../ui/Loaded";
import { type Chosen, newSliceQuery } from "../map/slices";
import { PRIORITY_MAXIMUM } from "../PriorityInput";

interface Props {
  project: Schemas["ProjectView"];
  chosen: Chosen;
  name: string;
}

export function PriorityButton(props: Props) {
  const [open, dialogue] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={dialogue.open}>
        Priority
      </Button>
      <Modal opened={open} onClose={dialogue.close} title="One priority for all">
        <Form {...props} onClose={dialogue.close} />
      </Modal>
    </>
  );
}

function Form({ project, chosen, name, onClose }: Props & { onClose: () => void }) {
  const client = useQueryClient();
  const [priority, setPriority] = useState<number | string>(1);
  const done = () => void client.invalidateQueries({ queryKey: keys.project(project.id) });
  const made = useQuery(newSliceQuery(project.id, name, chosen));
  const change = useMutation({
    mutationFn: (slice: number) =>
      take(
        api.POST("/api/v1/projects/{project}/slices/{slice}/priority", {
          params: { path: { project: project.id, slice } },
          body: { priority: Number(priority) },
        }),
      ),
    onSuccess: done,
  });
  if (change.data) {
    return (
      <Stack gap="sm">
        <JobProgress job={change.data.job_id} onDone={done} />
        <Text size="sm" c="dimmed">
          It can be taken back under Done to many tasks at once.
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Loaded query={made}>
      {({ slice }) => (
        <Stack gap="sm">
          <NumberInput
            label="Priority"
            description="Tasks with a higher one are given out first; 0 is usual."
            allowDecimal={false}
            min={-PRIORITY_MAXIMUM}
            max={PRIORITY_MAXIMUM}
            value={priority}
            onChange={setPriority}
          />
          <Text size="sm" role="status">
            {counted(slice.tasks, "task")} will have it.
          </Text>
          <ErrorText error={change.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              disabled={priority === ""}
              loading={change.isPending}
              onClick={() => change.mutate(slice.id)}
            >
              Set it
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
