// How a project is worked on, as form fields: for a new project and for the settings of an old one.
import { Checkbox, Group, NumberInput, Radio, Select, SimpleGrid, Stack } from "@mantine/core";
import type { ProjectSettings } from "../app/settings";
import { at } from "./errors";

export const SETTINGS_POINTERS = [
  "/settings/overlap",
  "/settings/lease_seconds",
  "/settings/review/percent",
  "/settings/iou_threshold",
];

interface Props {
  value: ProjectSettings;
  error: unknown;
  onChange: (value: ProjectSettings) => void;
}

const number = (value: string | number): number => (typeof value === "number" ? value : Number(value) || 0);

export function SettingsFields({ value, error, onChange }: Props) {
  const set = (change: Partial<ProjectSettings>) => onChange({ ...value, ...change });
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="md" style={{ alignItems: "end" }}>
        <NumberInput
          label="Overlap"
          description="People who answer a task, 1 to 50"
          value={value.overlap}
          error={at(error, "/settings/overlap")}
          allowDecimal={false}
          onChange={(next) => set({ overlap: number(next) })}
        />
        <Select
          label="Order"
          description="Which task comes first"
          allowDeselect={false}
          value={value.order}
          data={[
            { value: "sequential", label: "As the data came" },
            { value: "random", label: "Shuffled" },
            { value: "priority", label: "By the priority in the data" },
          ]}
          onChange={(next) => set({ order: next as ProjectSettings["order"] })}
        />
        <NumberInput
          label="Lease"
          description="Time to answer before it is free again"
          value={Number((value.lease_seconds / 60).toFixed(2))}
          error={at(error, "/settings/lease_seconds")}
          suffix=" min"
          onChange={(next) => set({ lease_seconds: Math.round(number(next) * 60) })}
        />
        <NumberInput
          label="Same region"
          description="Two that overlap by this share (IoU)"
          value={value.iou_threshold}
          error={at(error, "/settings/iou_threshold")}
          step={0.05}
          decimalScale={3}
          onChange={(next) => set({ iou_threshold: number(next) })}
        />
      </SimpleGrid>
      <Radio.Group
        label="Review"
        description="Which tasks a reviewer looks at before they are done"
        value={value.review.type}
        onChange={(next) =>
          set({
            review: next === "sample" ? { type: "sample", percent: 20 } : { type: next as "none" | "all" },
          })
        }
      >
        <Group mt={6} gap="lg">
          <Radio value="none" label="None" />
          <Radio value="sample" label="A sample" />
          <Radio value="all" label="All" />
        </Group>
      </Radio.Group>
      {value.review.type === "sample" ? (
        <NumberInput
          label="Sample"
          description="Percent of the tasks, 1 to 99"
          maw={240}
          suffix=" %"
          allowDecimal={false}
          value={value.review.percent}
          error={at(error, "/settings/review/percent")}
          onChange={(next) => set({ review: { type: "sample", percent: number(next) } })}
        />
      ) : null}
      <Checkbox
        label="Blind"
        description="Labelers do not see the answers that came with the data."
        checked={value.blind}
        onChange={(event) => set({ blind: event.currentTarget.checked })}
      />
    </Stack>
  );
}
