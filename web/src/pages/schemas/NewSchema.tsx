import { Box, Button, Group, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { createSchema } from "../../app/createSchema";
import { schemasQuery, templatesQuery } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Panel";
import { useSchemaProblems } from "../../ui/SchemaText";
import { BLANK_SCHEMA, type EditorView, SchemaEditor } from "../../ui/schema/SchemaEditor";
import { TemplateGallery } from "../../ui/schema/TemplateGallery";

export function NewSchemaButton({ onClick }: { onClick: () => void }) {
  return <Button onClick={onClick}>New schema</Button>;
}

export function NewSchema({ workspace, onClose }: { workspace: number; onClose: () => void }) {
  const templates = useQuery(templatesQuery);
  const [chosen, setChosen] = useState<Schemas["TemplateView"]>();
  const [view, setView] = useState<EditorView>("forms");
  const [text, setText] = useState("");
  const [choosing, setChoosing] = useState(true);
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
        {choosing ? (
          <Loaded query={templates}>
            {(all) => (
              <Stack gap="sm">
                <TemplateGallery templates={all} chosen={chosen?.id ?? null} onChoose={setChosen} />
                <Group gap="xs">
                  <Button
                    disabled={!chosen}
                    onClick={() => {
                      setText(JSON.stringify(chosen?.document, null, 2));
                      setChoosing(false);
                    }}
                  >
                    {chosen ? `Begin with ${chosen.title}` : "Begin with a template"}
                  </Button>
                  <Button
                    variant="default"
                    onClick={() => {
                      setText(BLANK_SCHEMA);
                      setChoosing(false);
                    }}
                  >
                    Begin with nothing
                  </Button>
                  {text === "" ? null : (
                    <Button variant="default" onClick={() => setChoosing(false)}>
                      Back to my schema
                    </Button>
                  )}
                  <Button variant="default" onClick={onClose}>
                    Cancel
                  </Button>
                </Group>
              </Stack>
            )}
          </Loaded>
        ) : (
          <Stack gap="sm">
            <SchemaEditor value={text} onChange={setText} view={view} onView={setView} />
            <ErrorText error={create.error} />
            <Group gap="xs">
              <Button
                disabled={problems === undefined || problems.length > 0}
                loading={create.isPending}
                onClick={() => create.mutate()}
              >
                Publish
              </Button>
              <Button variant="default" onClick={() => setChoosing(true)}>
                All templates
              </Button>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
            </Group>
          </Stack>
        )}
      </Panel>
    </Box>
  );
}
