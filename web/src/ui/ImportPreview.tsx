// What an import would bring, before anything is stored: the first items with their labels, the schema that they ask
// for, and what is wrong where.
import { Alert, Group, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import type { Schemas } from "../api/client";
import { count, counted, percent } from "./format";
import { PreviewItem } from "./PreviewItem";
import { SchemaSummary } from "./SchemaSummary";
import { TableFrame } from "./TableFrame";

export function ImportPreview({ preview }: { preview: Schemas["ImportPreviewView"] }) {
  const sure = preview.confidence == null ? "" : `, sure to ${percent(preview.confidence)}`;
  return (
    <Stack gap="sm" component="section" aria-label="Preview of the import">
      <Group gap="xs">
        <Text size="sm" fw={500}>
          {preview.format_title}
          {sure}
        </Text>
        <Text size="sm" c="dimmed">
          {counted(preview.records, "record")}, {counted(preview.regions, "region")},{" "}
          {counted(preview.problem_count, "problem")}
          {preview.complete ? "" : "; there is more: only the beginning was looked at"}
        </Text>
      </Group>
      {preview.items.length > 0 ? (
        <SimpleGrid
          cols={{ base: 2, sm: 3, lg: 4 }}
          spacing="sm"
          component="ul"
          p={0}
          m={0}
          style={{ listStyle: "none" }}
          aria-label="First items"
        >
          {preview.items.map((item) => (
            <PreviewItem key={item.key} item={item} schema={preview.schema} />
          ))}
        </SimpleGrid>
      ) : (
        <Alert color="yellow" variant="light">
          <Text size="sm">None of the records is good: nothing would be imported.</Text>
        </Alert>
      )}
      <div>
        <Title order={3} size="h5" mb={4}>
          The schema that the data asks for
        </Title>
        <SchemaSummary schema={preview.schema} />
        {preview.schema_problems.map((problem) => (
          <Text key={problem.pointer} size="sm" c="red">
            {problem.pointer}: {problem.message}
          </Text>
        ))}
      </div>
      {preview.problems.length > 0 ? (
        <div>
          <Title order={3} size="h5" mb={4}>
            {counted(preview.problem_count, "problem")}
            {preview.problem_count > preview.problems.length
              ? `, the first ${count(preview.problems.length)}`
              : ""}
          </Title>
          <TableFrame label="Problems of the data" fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Where</Table.Th>
                <Table.Th>What is wrong</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {preview.problems.map((problem) => (
                <Table.Tr key={`${problem.place} ${problem.code} ${problem.message}`}>
                  <Table.Td ff="monospace">{problem.place || "the whole file"}</Table.Td>
                  <Table.Td>{problem.message}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </TableFrame>
        </div>
      ) : null}
    </Stack>
  );
}
