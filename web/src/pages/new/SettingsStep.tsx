import { SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { at } from "../../ui/errors";
import { MarkdownEditor } from "../../ui/MarkdownEditor";
import { SettingsFields } from "../../ui/SettingsFields";
import type { Draft } from "./createProject";

interface Props {
  draft: Draft;
  error: unknown;
  onChange: (change: Partial<Draft>) => void;
}

export function SettingsStep({ draft, error, onChange }: Props) {
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <TextInput
          label="Name of the project"
          required
          value={draft.name}
          error={at(error, "/name")}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <Textarea
          label="Description"
          autosize
          minRows={1}
          value={draft.description}
          onChange={(event) => onChange({ description: event.currentTarget.value })}
        />
      </SimpleGrid>
      <SettingsFields value={draft.settings} error={error} onChange={(settings) => onChange({ settings })} />
      <MarkdownEditor
        label="Guidelines"
        description="Markdown; labelers have it beside every task. It can be written later, too."
        rows={6}
        value={draft.guidelines}
        onChange={(guidelines) => onChange({ guidelines })}
      />
    </Stack>
  );
}
