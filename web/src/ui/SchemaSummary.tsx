// A label schema in a few lines: its questions and classes.
import { Group, Stack, Text } from "@mantine/core";
import type { Schemas } from "../api/client";
import { words } from "./format";

export function SchemaSummary({ schema }: { schema: Schemas["LabelSchema"] }) {
  const { fields = [], classes = [], relations = [], panes = [] } = schema;
  return (
    <Stack gap={6}>
      <Text size="sm">
        {schema.name} · for {words(schema.modality)}
        {panes.map((pane) => ` with ${pane.title} (${words(pane.modality)})`).join(" and")}
      </Text>
      {classes.length > 0 ? (
        <Group gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label="Classes">
          {classes.map((one) => (
            <Group key={one.id} gap={6} component="li" wrap="nowrap">
              <span
                aria-hidden="true"
                style={{
                  width: 10,
                  height: 10,
                  borderRadius: 2,
                  background: one.color,
                  border: "1px solid var(--mantine-color-default-border)",
                }}
              />
              <Text size="sm">
                {one.title}{" "}
                <Text span size="xs" c="dimmed">
                  {one.geometry.map(words).join(", ")}
                </Text>
              </Text>
            </Group>
          ))}
        </Group>
      ) : null}
      {fields.map((field) => (
        <Text key={field.id} size="sm">
          {field.title}{" "}
          <Text span size="xs" c="dimmed">
            {"options" in field.kind
              ? field.kind.options.map((option) => option.title).join(", ")
              : words(field.kind.type)}
          </Text>
        </Text>
      ))}
      {relations.length > 0 ? (
        <Text size="sm">Relations: {relations.map((relation) => relation.title).join(", ")}</Text>
      ) : null}
    </Stack>
  );
}
