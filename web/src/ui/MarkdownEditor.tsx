// A text in Markdown with its preview at the side, or below on small screens.
import { Box, SimpleGrid, Text, Textarea } from "@mantine/core";
import { Markdown } from "./Markdown";

interface Props {
  label: string;
  description?: string;
  value: string;
  error?: string;
  rows?: number;
  onChange: (value: string) => void;
}

export function MarkdownEditor({ label, description, value, error, rows = 14, onChange }: Props) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Textarea
        label={label}
        description={description}
        autosize
        minRows={rows}
        maxRows={30}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
      />
      <Box>
        <Text size="sm" fw={600}>
          Preview
        </Text>
        <Text size="xs" c="dimmed" mb={5}>
          As labelers see it
        </Text>
        <Box
          p="sm"
          style={{ border: "1px solid var(--mantine-color-default-border)", borderRadius: 4 }}
          mih={80}
        >
          {value.trim() ? (
            <Markdown text={value} />
          ) : (
            <Text size="sm" c="dimmed">
              Nothing is written yet.
            </Text>
          )}
        </Box>
      </Box>
    </SimpleGrid>
  );
}
