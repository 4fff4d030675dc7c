// Which task comes first. Saved when the field is left or Enter pressed, like a cell of a table.
import { NumberInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { keys } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";

/** The server takes no larger ones. */
export const PRIORITY_MAXIMUM = 1000;

export function PriorityInput({ project, task }: { project: number; task: Schemas["TaskView"] }) {
  const [value, setValue] = useState<string | number>(task.priority);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (priority: number) =>
      take(api.PATCH("/api/v1/tasks/{task}", { params: { path: { task: task.id } }, body: { priority } })),
    onSuccess: () => client.invalidateQueries({ queryKey: [...keys.project(project), "tasks"] }),
  });
  const commit = () => {
    if (typeof value === "number" && value !== task.priority) save.mutate(value);
    else setValue(task.priority);
  };
  return (
    <>
      <NumberInput
        aria-label={`Priority of ${task.key}`}
        size="xs"
        allowDecimal={false}
        clampBehavior="strict"
        min={-PRIORITY_MAXIMUM}
        max={PRIORITY_MAXIMUM}
        value={value}
        onChange={setValue}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
      <ErrorText error={save.error} />
    </>
  );
}
