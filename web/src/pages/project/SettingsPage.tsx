// How the project is worked on. Saved against the version that was read: two managers cannot overwrite each other.
import { Alert, Button, Group, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { keys, projectQuery, schemasQuery, schemaVersionQuery } from "../../app/queries";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides, isStatus } from "../../ui/errors";
import { AnchorLink } from "../../ui/links";
import { Panel } from "../../ui/Panel";
import { SETTINGS_POINTERS, SettingsFields } from "../../ui/SettingsFields";
import { MethodsPanel } from "./settings/MethodsPanel";
import { geometriesOf, methodPointers } from "./settings/methodChoice";
import { useProject } from "./useProject";

const POINTERS = ["/name", "/description", "/schema_version_id", ...SETTINGS_POINTERS];

export default function SettingsPage() {
  const project = useProject();
  const [read, setRead] = useState(project);
  // Live updates bring a newer project under the form; the form keeps what it was opened with until it is told.
  const newer = project.version !== read.version;
  return (
    <Stack gap="md">
      {newer ? (
        <Alert
          variant="light"
          color="yellow"
          title="Somebody else changed the project meanwhile"
          role="alert"
        >
          <Text size="sm">
            Load their version to go on; what you changed below and did not save is replaced.
          </Text>
          <Button size="xs" mt="xs" variant="default" onClick={() => setRead(project)}>
            Load the newest version
          </Button>
        </Alert>
      ) : null}
      <Form key={read.version} project={read} onSaved={setRead} />
      <Archive project={project} />
    </Stack>
  );
}

interface FormProps {
  project: Schemas["ProjectView"];
  onSaved: (project: Schemas["ProjectView"]) => void;
}

function Form({ project, onSaved }: FormProps) {
  const client = useQueryClient();
  const [name, setName] = useState(project.name);
  const [description, setDescription] = useState(project.description);
  const [settings, setSettings] = useState(project.settings);
  const [schemaVersion, setSchemaVersion] = useState(project.schema_version_id);
  const schema = useQuery(schemaVersionQuery(schemaVersion)).data?.document;
  const ids = (schema?.fields ?? []).map((field) => field.id);
  const pointers = [...POINTERS, ...methodPointers(ids, geometriesOf(schema))];
  const path = { project: project.id };
  const save = useMutation({
    mutationFn: async () => {
      await take(
        api.PATCH("/api/v1/projects/{project}", {
          params: { path, header: { "If-Match": `"${project.version}"` } },
          body: { name, description, settings, schema_version_id: schemaVersion },
        }),
      );
      return client.fetchQuery({ ...projectQuery(project.id), staleTime: 0 });
    },
    onSuccess: (saved) => {
      onSaved(saved);
      void client.invalidateQueries({ queryKey: keys.workspace(project.workspace_id) });
      void client.invalidateQueries({ queryKey: keys.judged(project.id) });
      notifications.show({ message: "The settings are saved." });
    },
    // The banner above the form then tells that there is a newer version.
    onError: (error) => {
      if (isStatus(error, 409, 412))
        void client.invalidateQueries({ queryKey: projectQuery(project.id).queryKey });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="md">
        <Panel title="Settings">
          <Stack gap="md">
            <TextInput
              label="Name"
              required
              value={name}
              error={at(save.error, "/name")}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Textarea
              label="Description"
              autosize
              minRows={2}
              value={description}
              error={at(save.error, "/description")}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
            <SchemaVersion
              workspace={project.workspace_id}
              value={schemaVersion}
              error={at(save.error, "/schema_version_id")}
              onChange={setSchemaVersion}
            />
            <SettingsFields value={settings} error={save.error} onChange={setSettings} />
          </Stack>
        </Panel>
        <MethodsPanel schema={schema} value={settings} error={save.error} onChange={setSettings} />
        <ErrorText error={besides(save.error, pointers)} except={pointers} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface VersionProps {
  workspace: number;
  value: number;
  error: string | undefined;
  onChange: (version: number) => void;
}

function SchemaVersion({ workspace, value, error, onChange }: VersionProps) {
  const schemas = useQuery(schemasQuery(workspace));
  const now = useQuery(schemaVersionQuery(value)).data;
  const data = (schemas.data ?? []).map((schema) => ({
    group: schema.name,
    items: schema.versions.map((version) => ({
      value: String(version.id),
      label: `${schema.name}, version ${version.version}`,
    })),
  }));
  return (
    <div>
      <Select
        label="Label schema"
        description="Answers are checked against this version. Answers that exist keep the one they were given under."
        allowDeselect={false}
        searchable
        value={String(value)}
        data={data}
        error={error}
        onChange={(next) => next !== null && onChange(Number(next))}
      />
      {now ? (
        <AnchorLink
          to="/schemas/$schemaId"
          params={{ schemaId: now.schema_id }}
          search={{ version: now.version }}
          size="sm"
          mt={4}
        >
          Look at this version
        </AnchorLink>
      ) : null}
      <ErrorText error={schemas.error} />
    </div>
  );
}

function Archive({ project }: { project: Schemas["ProjectView"] }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const archive = useMutation({
    mutationFn: () =>
      take(api.DELETE("/api/v1/projects/{project}", { params: { path: { project: project.id } } })),
    onSuccess: async () => {
      notifications.show({ message: `${project.name} is archived.` });
      await navigate({ to: "/" });
      await client.invalidateQueries({ queryKey: keys.workspace(project.workspace_id) });
    },
  });
  return (
    <Panel
      title="Archive"
      about="The project is no longer shown and gives out no tasks. Its answers stay stored."
    >
      <Stack gap="xs" align="flex-start">
        <ConfirmButton
          question={`Archive ${project.name}?`}
          consequence="It disappears for everybody, also for those who label right now. Nothing is deleted."
          act="Archive"
          onConfirm={() => archive.mutate()}
          loading={archive.isPending}
        >
          Archive the project
        </ConfirmButton>
        <ErrorText error={archive.error} />
      </Stack>
    </Panel>
  );
}
