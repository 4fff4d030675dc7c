// What a lasso has caught: how many, a way to look at them one by one, and one label for all.
import { Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Schemas } from "../../../api/client";
import { atLeast } from "../../../app/roles";
import { ErrorText } from "../../../ui/ErrorText";
import { counted } from "../../../ui/format";
import { AssignButton } from "./AssignButton";
import { BulkLabelButton } from "./BulkLabelButton";
import { createSlice } from "./slices";

interface Props {
  project: Schemas["ProjectView"];
  fields: Schemas["Field"][];
  tasks: number[];
  onClear: () => void;
}

export function SlicePanel({ project, fields, tasks, onClear }: Props) {
  const navigate = useNavigate();
  const open = useMutation({
    mutationFn: () => createSlice(project.id, "From the map", { tasks }),
    onSuccess: ({ id }) =>
      navigate({
        to: "/projects/$projectId/tasks",
        params: { projectId: project.id },
        search: { filter: `slice:${id}` },
      }),
  });
  return (
    <Group gap="sm" mih={36}>
      <Text size="sm" role="status">
        {tasks.length === 0 ? "Nothing is caught." : `${counted(tasks.length, "item")} caught.`}
      </Text>
      {tasks.length > 0 ? (
        <>
          <Button size="xs" variant="default" loading={open.isPending} onClick={() => open.mutate()}>
            Show as tasks
          </Button>
          {atLeast(project.role, "manager") && fields.length > 0 ? (
            <BulkLabelButton
              project={project.id}
              fields={fields}
              chosen={{ tasks }}
              count={tasks.length}
              name="From the map"
            >
              Label them
            </BulkLabelButton>
          ) : null}
          {atLeast(project.role, "manager") ? (
            <AssignButton project={project} chosen={{ tasks }} count={tasks.length} name="From the map" />
          ) : null}
          <Button size="xs" variant="subtle" onClick={onClear}>
            Let go
          </Button>
        </>
      ) : null}
      <ErrorText error={open.error} />
    </Group>
  );
}
