// The schema that the chosen files ask for, with a look at what they hold. Files go up for it; the import uses them then.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Schemas } from "../../api/client";
import { previewImports } from "../../app/upload/importFiles";
import { type Uploader, wasCancelled } from "../../app/upload/useUpload";
import { ErrorText } from "../../ui/ErrorText";
import { ImportPreview } from "../../ui/ImportPreview";
import type { EditorView } from "../../ui/schema/SchemaEditor";
import type { DataChoice } from "./createProject";

interface Props {
  workspace: number;
  data: DataChoice;
  uploader: Uploader;
  onSchema: (text: string) => void;
  onEdit: (view: EditorView) => void;
}

export function SchemaOfFiles({ workspace, data, uploader, onSchema, onEdit }: Props) {
  const look = useMutation({
    mutationFn: async () => {
      if (data.type !== "files") return [];
      return previewImports(workspace, data.files, await uploader.run(data.files), data.options);
    },
    onSuccess: (previews) => {
      const [first] = previews;
      if (first) onSchema(JSON.stringify(first.schema satisfies Schemas["LabelSchema"], null, 2));
    },
  });
  // Other files ask for another schema: what was seen before is no longer theirs.
  const chosen = data.type === "files" ? [data.files, data.options] : [];
  const before = useRef(chosen);
  useEffect(() => {
    if (chosen.length === before.current.length && chosen.every((one, at) => one === before.current[at]))
      return;
    before.current = chosen;
    if (look.isIdle) return;
    look.reset();
    onSchema("");
  });
  if (data.type !== "files" || data.files.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Choose files in step 1: their classes, fields and relations become the schema.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <Group>
        <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
          Make the schema from these files
        </Button>
        {look.data && look.data.length > 0 ? (
          <>
            <Button variant="default" size="xs" onClick={() => onEdit("forms")}>
              Change it
            </Button>
            <Button variant="default" size="xs" onClick={() => onEdit("json")}>
              Change it as JSON
            </Button>
          </>
        ) : null}
      </Group>
      {wasCancelled(look.error) ? null : <ErrorText error={look.error} />}
      {look.data && look.data.length > 1 ? (
        <Text size="sm">The schema is that of the first archive; all are looked at below.</Text>
      ) : null}
      {look.data?.map((preview, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the looks stay in the order of the imports.
        <ImportPreview key={index} preview={preview} />
      ))}
    </Stack>
  );
}
