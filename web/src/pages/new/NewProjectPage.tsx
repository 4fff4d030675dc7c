// A new project in three steps on one page: data, schema, settings.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { keys } from "../../app/queries";
import { DEFAULT_SETTINGS } from "../../app/settings";
import { DEFAULT_IMPORT } from "../../app/upload/importFiles";
import { useUpload, wasCancelled } from "../../app/upload/useUpload";
import { useWorkspace } from "../../app/workspace";
import { ErrorText } from "../../ui/ErrorText";
import { besides } from "../../ui/errors";
import { PageHeader } from "../../ui/PageHeader";
import { Panel } from "../../ui/Panel";
import { SETTINGS_POINTERS } from "../../ui/SettingsFields";
import { UploadStatus } from "../../ui/UploadStatus";
import { createProject, type Draft, type MadeBefore, missing } from "./createProject";
import { DataStep } from "./DataStep";
import { SchemaStep } from "./SchemaStep";
import { SettingsStep } from "./SettingsStep";

const EMPTY: Draft = {
  name: "",
  description: "",
  guidelines: "",
  data: { type: "files", name: "", files: [], options: DEFAULT_IMPORT },
  schema: { type: "text", text: "" },
  settings: DEFAULT_SETTINGS,
};

const POINTERS = ["/name", ...SETTINGS_POINTERS];

export default function NewProjectPage() {
  const workspace = useWorkspace();
  const [draft, setDraft] = useState(EMPTY);
  const before = useRef<MadeBefore>({});
  /** The guidelines that came with a template. */
  const offered = useRef("");
  const uploader = useUpload(workspace.id);
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => createProject(workspace.id, draft, before.current, uploader),
    onSuccess: async ({ project, jobs }) => {
      await navigate({
        to: "/projects/$projectId",
        params: { projectId: project },
        search: jobs.length > 0 ? { jobs } : {},
      });
      await client.invalidateQueries({ queryKey: keys.workspace(workspace.id) });
    },
  });
  const set = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }));
  const lacks = missing(draft);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <PageHeader
        title="New project"
        about="Data, a schema that says what may be labeled, and how people work on it."
      />
      <Stack gap="md">
        <Panel title="1. Data">
          <DataStep
            workspace={workspace.id}
            value={draft.data}
            schema={draft.schema}
            disabled={create.isPending}
            onChange={(data) => set({ data })}
          />
        </Panel>
        <Panel title="2. Schema">
          <SchemaStep
            workspace={workspace.id}
            value={draft.schema}
            data={draft.data}
            uploader={uploader}
            onChange={(schema) => set({ schema })}
            onGuideline={(text) => {
              // What somebody wrote stays; a template's paragraph gives way to the next template's.
              if (draft.guidelines !== "" && draft.guidelines !== offered.current) return;
              offered.current = text;
              set({ guidelines: text });
            }}
          />
        </Panel>
        <Panel title="3. Settings">
          <SettingsStep draft={draft} error={create.error} onChange={set} />
        </Panel>
        {uploader.progress ? <UploadStatus progress={uploader.progress} onCancel={uploader.cancel} /> : null}
        {wasCancelled(create.error) ? null : (
          <ErrorText
            error={besides(create.error, POINTERS)}
            except={POINTERS}
            title="The project was not made"
          />
        )}
        <Group>
          <Button type="submit" size="md" disabled={lacks !== undefined} loading={create.isPending}>
            Create project
          </Button>
          {lacks === undefined ? null : (
            <Text size="sm" c="dimmed">
              To go on, {lacks}.
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}
