// Which columns of a table hold what comes with an item: one a pane of the schema, or of a pane that is named here.
import { Button, Group, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import type { Schemas } from "../api/client";
import { type PaneColumn, paneIdOf } from "../app/upload/importFiles";

interface Props {
  columns: readonly string[];
  /** The panes of the schema, where it is known. */
  panes: readonly Schemas["Pane"][];
  value: readonly PaneColumn[];
  onChange: (value: PaneColumn[]) => void;
}

export function PaneColumns({ columns, panes, value, onChange }: Props) {
  const known = new Set(panes.map((pane) => pane.id));
  const columnOf = (one: PaneColumn | undefined) => (one && columns.includes(one.column) ? one.column : "");
  const choose = (pane: string, column: string) => {
    const others = value.filter((one) => one.pane !== pane);
    onChange(column === "" ? others : [...others, { pane, column }]);
  };
  const change = (index: number, next: Partial<PaneColumn>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...next } : one)));
  const twice = (index: number) =>
    value.some((one, at) => at < index && paneIdOf(one.pane) === paneIdOf(value[index]?.pane ?? ""));
  return (
    <Stack gap="xs">
      {panes.length > 0 ? (
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
          {panes.map(({ id, title }) => (
            <Select
              key={id}
              label={`Column of the pane ${title}`}
              value={columnOf(value.find((one) => one.pane === id))}
              data={[{ value: "", label: "None" }, ...columns]}
              onChange={(column) => choose(id, column ?? "")}
            />
          ))}
        </SimpleGrid>
      ) : null}
      {value.map((one, index) =>
        known.has(one.pane) ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while they are typed.
          <Group key={index} align="flex-start" gap="sm">
            <TextInput
              label="Name of the pane"
              placeholder="caption"
              value={one.pane}
              error={one.pane.trim() !== "" && twice(index) ? "This pane has a column already" : undefined}
              onChange={(event) => change(index, { pane: event.currentTarget.value })}
            />
            <Select
              label="Its column"
              value={columnOf(one)}
              data={[{ value: "", label: "Choose one" }, ...columns]}
              onChange={(column) => change(index, { column: column ?? "" })}
            />
            <Button
              mt={24}
              variant="default"
              aria-label={`Remove the pane ${one.pane}`}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            >
              Remove
            </Button>
          </Group>
        ),
      )}
      <Button
        size="compact-sm"
        variant="light"
        style={{ alignSelf: "flex-start" }}
        onClick={() => onChange([...value, { pane: "", column: "" }])}
      >
        {panes.length > 0 ? "A column is another pane" : "A column is a pane"}
      </Button>
    </Stack>
  );
}
