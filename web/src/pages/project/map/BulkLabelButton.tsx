// One label for many tasks: first what it would do, then the job that does it.
import { Button, Group, Modal, Radio, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { count, counted } from "../../../ui/format";
import { JobProgress } from "../../../ui/JobProgress";
import { Loaded } from "../../../ui/Loaded";
import { type Chosen, newSliceQuery } from "./slices";

interface Props {
  project: number;
  fields: Schemas["Field"][];
  chosen: Chosen;
  /** How many they are. */
  count: number;
  /** What the slice is called. */
  name: string;
  children: ReactNode;
}

export function BulkLabelButton({ children, ...props }: Props) {
  const [open, dialogue] = useDisclosure(false);
  return (
    <>
      <Button size="xs" disabled={props.count === 0} onClick={dialogue.open}>
        {children}
      </Button>
      <Modal opened={open} onClose={dialogue.close} title={`One label for ${counted(props.count, "task")}`}>
        <Form {...props} onClose={dialogue.close} />
      </Modal>
    </>
  );
}

type Form = Schemas["FormWord"];

function Form({
  project,
  fields,
  chosen,
  name,
  onClose,
}: Omit<Props, "children" | "count"> & { onClose: () => void }) {
  const client = useQueryClient();
  const [fieldId, setField] = useState(fields[0]?.id ?? "");
  const field = fields.find((one) => one.id === fieldId);
  const options = field?.kind.type === "choice" ? field.kind.options : [];
  const [value, setValue] = useState<string | null>(null);
  const [form, setForm] = useState<Form>("prelabel");
  const slice = useQuery(newSliceQuery(project, name, chosen));
  const label = useMutation({
    mutationFn: (id: number) =>
      take(
        api.POST("/api/v1/projects/{project}/slices/{slice}/label", {
          params: { path: { project, slice: id } },
          body: { field: fieldId, value: value ?? "", form },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
  if (label.data) {
    return (
      <Stack gap="sm">
        <JobProgress
          job={label.data.job_id}
          onDone={() => void client.invalidateQueries({ queryKey: keys.project(project) })}
        />
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
    <Loaded query={slice}>
      {(state) => (
        <Stack gap="sm">
          {fields.length > 1 ? (
            <Select
              label="Question"
              allowDeselect={false}
              value={fieldId}
              data={fields.map((one) => ({ value: one.id, label: one.title }))}
              onChange={(next) => {
                setField(next ?? fieldId);
                setValue(null);
              }}
            />
          ) : null}
          <Select
            label={field?.title ?? "Answer"}
            placeholder="Choose an answer"
            value={value}
            data={options.map((one) => ({ value: one.id, label: one.title }))}
            onChange={setValue}
          />
          <Radio.Group label="What it becomes" value={form} onChange={(next) => setForm(next as Form)}>
            <Stack gap={6} mt={4}>
              <Radio value="prelabel" label="A suggestion that labelers see and may change" />
              <Radio value="answer" label="My own submitted answer" />
            </Stack>
          </Radio.Group>
          <Text size="sm" role="status">
            {form === "prelabel"
              ? `${counted(state.slice.tasks, "task")} will show the suggestion.`
              : `${count(state.open)} of ${counted(state.slice.tasks, "task")} have a place for your answer; ${count(state.answered)} you have answered already, and these stay as they are.`}
          </Text>
          <ErrorText error={label.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              disabled={value === null || (form === "answer" && state.open === 0)}
              loading={label.isPending}
              onClick={() => label.mutate(state.slice.id)}
            >
              {form === "prelabel" ? "Suggest it" : "Answer them"}
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
