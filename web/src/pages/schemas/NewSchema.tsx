import { Box, Button, Group, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createSchema } from "../../app/createSchema";
import { schemasQuery, templatesQuery } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Panel";
import { SchemaText, useSchemaProblems } from "../../ui/SchemaText";
import { TemplateGallery } from "../../ui/schema/TemplateGallery";

export function NewSchemaButton({ onClick }: { onClick: () => void }) {
  return <Button onClick={onClick}>New schema</Button>;
}

export function NewSchema({ workspace, onClose }: { workspace: number; onClose: () => void }) {
  const templates = useQuery(templatesQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState("");
  const problems = useSchemaProblems(text);
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => createSchema(workspace, text),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: schemasQuery(workspace).queryKey });
      await navigate({ to: "/schemas/$schemaId", params: { schemaId: made.schema_id } });
    },
  });
  return (
    <Box mb="md">
      <Panel title="New schema">
        <Loaded query={templates}>
          {(all) => (
            <Stack gap="sm">
              <TemplateGallery
                templates={all}
                chosen={chosen}
                onChoose={(template) => {
                  setChosen(template.id);
                  setText(JSON.stringify(template.document, null, 2));
                }}
              />
              {text ? <SchemaText label="Schema" value={text} onChange={setText} /> : null}
              <ErrorText error={create.error} />
              <Group gap="xs">
                <Button
                  disabled={problems === undefined || problems.length > 0}
                  loading={create.isPending}
                  onClick={() => create.mutate()}
                >
                  Publish
                </Button>
                <Button variant="default" onClick={onClose}>
                  Cancel
                </Button>
              </Group>
            </Stack>
          )}
        </Loaded>
      </Panel>
    </Box>
  );
}
