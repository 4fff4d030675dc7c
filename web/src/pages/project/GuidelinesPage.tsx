// What labelers are told. A manager edits and publishes; every published text is a version that labelers see as new.
import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { guidelinesQuery, keys } from "../../app/queries";
import { atLeast } from "../../app/roles";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { dateTime } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { Markdown } from "../../ui/Markdown";
import { MarkdownEditor } from "../../ui/MarkdownEditor";
import { useProject } from "./useProject";

type Guidelines = Schemas["GuidelinesView"];

export default function GuidelinesPage() {
  const project = useProject();
  const query = useQuery(guidelinesQuery(project.id));
  const manages = atLeast(project.role, "manager");
  return (
    <Loaded query={query}>
      {(guidelines) =>
        manages ? (
          <Editor key={guidelines.version} project={project.id} guidelines={guidelines} />
        ) : (
          <Reader project={project.id} guidelines={guidelines} />
        )
      }
    </Loaded>
  );
}

function VersionLine({ guidelines }: { guidelines: Guidelines }) {
  if (guidelines.version === 0) return <Badge variant="default">not published yet</Badge>;
  return (
    <Group gap="xs">
      <Badge variant="default" tt="none">
        version {guidelines.version}
      </Badge>
      {guidelines.created_at ? (
        <Text size="sm" c="dimmed">
          published {dateTime(guidelines.created_at)}
        </Text>
      ) : null}
    </Group>
  );
}

function Reader({ project, guidelines }: { project: number; guidelines: Guidelines }) {
  const client = useQueryClient();
  const { mutate: markRead } = useMutation({
    mutationFn: (version: number) =>
      take(
        api.POST("/api/v1/projects/{project}/guidelines/read", {
          params: { path: { project } },
          body: { version },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: guidelinesQuery(project).queryKey }),
  });
  const unread = guidelines.version > guidelines.read_version;
  useEffect(() => {
    if (unread) markRead(guidelines.version);
  }, [unread, guidelines.version, markRead]);
  if (guidelines.version === 0) {
    return (
      <EmptyState title="There are no guidelines yet">
        A manager of the project writes them. Until then ask when something is unclear.
      </EmptyState>
    );
  }
  return (
    <Stack gap="sm">
      <VersionLine guidelines={guidelines} />
      <Paper withBorder p="md">
        <Markdown text={guidelines.markdown} />
      </Paper>
    </Stack>
  );
}

function Editor({ project, guidelines }: { project: number; guidelines: Guidelines }) {
  const [text, setText] = useState(guidelines.markdown);
  const client = useQueryClient();
  const publish = useMutation({
    mutationFn: () =>
      take(
        api.PUT("/api/v1/projects/{project}/guidelines", {
          params: { path: { project } },
          body: { markdown: text },
        }),
      ),
    onSuccess: async ({ version }) => {
      await client.invalidateQueries({ queryKey: keys.project(project) });
      notifications.show({ message: `Version ${version} is published; labelers see that it is new.` });
    },
  });
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <VersionLine guidelines={guidelines} />
        <Button
          disabled={text === guidelines.markdown}
          loading={publish.isPending}
          onClick={() => publish.mutate()}
        >
          Publish {guidelines.version === 0 ? "" : `version ${guidelines.version + 1}`}
        </Button>
      </Group>
      <ErrorText error={besides(publish.error, ["/markdown"])} />
      <MarkdownEditor
        label="Guidelines"
        description="Markdown. Say what each class is and what it is not, with examples, and what to do in doubt."
        value={text}
        error={at(publish.error, "/markdown")}
        onChange={setText}
        rows={20}
      />
    </Stack>
  );
}
