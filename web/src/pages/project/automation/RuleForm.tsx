// What is learned, when, and which tasks come next.
import { Button, Group, NumberInput, Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { at } from "../../../ui/errors";
import { Panel } from "../../../ui/Panel";
import { useProject } from "../useProject";
import { STRATEGIES, type Strategy } from "./words";

export function RuleForm({ automation }: { automation: Schemas["AutomationView"] }) {
  const project = useProject();
  const client = useQueryClient();
  const { settings } = automation;
  const [field, setField] = useState(settings.field ?? automation.field?.id ?? null);
  const [every, setEvery] = useState<number | string>(settings.every ?? 0);
  const [strategy, setStrategy] = useState<Strategy>(settings.strategy ?? "order");
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PATCH("/api/v1/projects/{project}", {
          params: { path: { project: project.id }, header: { "If-Match": `"${project.version}"` } },
          body: {
            settings: { ...project.settings, automation: { field, every: Number(every) || 0, strategy } },
          },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.project(project.id) });
      notifications.show({ message: "The rule is saved. The queue changes with the next training." });
    },
  });
  const pointers = ["/settings/automation/field", "/settings/automation/every"];
  return (
    <Panel title="Rule" about="When the model learns anew, and which tasks are offered next.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Group align="flex-start" gap="md">
          <Select
            label="Field to learn"
            data={automation.choices.map((one) => ({ value: one.id, label: one.title }))}
            value={field}
            allowDeselect={false}
            error={at(save.error, "/settings/automation/field")}
            onChange={setField}
          />
          <NumberInput
            label="Train after so many answers"
            description="0: only by hand"
            inputWrapperOrder={["label", "input", "description", "error"]}
            min={0}
            max={1_000_000}
            allowDecimal={false}
            value={every}
            error={at(save.error, "/settings/automation/every")}
            onChange={setEvery}
          />
          <Select
            label="Next tasks"
            data={STRATEGIES}
            value={strategy}
            allowDeselect={false}
            w={300}
            onChange={(value) => setStrategy(value ?? "order")}
          />
          <Button type="submit" variant="default" mt={25} loading={save.isPending}>
            Save rule
          </Button>
        </Group>
        <ErrorText error={save.error} except={pointers} />
      </form>
    </Panel>
  );
}
