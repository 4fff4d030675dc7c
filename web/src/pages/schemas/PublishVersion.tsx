// The next version of a schema, and what it does to labels that exist.
import { Alert, Badge, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { schemasQuery } from "../../app/queries";
import { useWorkspace } from "../../app/workspace";
import { ErrorText } from "../../ui/ErrorText";
import { capital, count } from "../../ui/format";
import { Panel } from "../../ui/Panel";
import { documentBody, useSchemaProblems } from "../../ui/SchemaText";
import { type EditorView, SchemaEditor } from "../../ui/schema/SchemaEditor";
import { TableFrame } from "../../ui/TableFrame";

interface Props {
  schema: Schemas["SchemaView"];
  onClose: () => void;
  onPublished: (made: Schemas["PublishedView"]) => void;
}

export function PublishVersion({ schema, onClose, onPublished }: Props) {
  const workspace = useWorkspace();
  const last = JSON.stringify(schema.versions.at(-1)?.document ?? {}, null, 2);
  const [view, setView] = useState<EditorView>("forms");
  const [text, setText] = useState(last);
  const problems = useSchemaProblems(text);
  const client = useQueryClient();
  const publish = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/schemas/{schema}/versions", {
          params: { path: { schema: schema.id } },
          ...documentBody(text),
        }),
      ),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: schemasQuery(workspace.id).queryKey });
      onPublished(made);
    },
  });
  return (
    <Panel
      title={`Version ${(schema.versions.at(-1)?.version ?? 0) + 1}`}
      about="Projects stay on the version that they are pinned to until their settings say otherwise."
    >
      <Stack gap="sm">
        <SchemaEditor
          value={text}
          onChange={setText}
          view={view}
          onView={setView}
          base={schema.versions.at(-1)?.document}
        />
        <ErrorText error={publish.error} />
        <Group gap="xs">
          <Button
            disabled={text === last || problems === undefined || problems.length > 0}
            loading={publish.isPending}
            onClick={() => publish.mutate()}
          >
            Publish
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

export function Changes({ published }: { published: Schemas["PublishedView"] }) {
  const { changes, version } = published;
  const breaks = changes.some((change) => change.kind === "breaking");
  return (
    <Alert
      variant="light"
      color={breaks ? "yellow" : "green"}
      title={`Version ${version} is published`}
      role="status"
    >
      {changes.length === 0 ? (
        <Text size="sm">Nothing in it changes what labels mean.</Text>
      ) : (
        <TableFrame label="What changes for labels" fz="sm" highlightOnHover={false}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Change</Table.Th>
              <Table.Th>Labels that exist</Table.Th>
              <Table.Th ta="right">Affected</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map((change) => (
              <Table.Tr key={`${change.subject} ${change.id} ${change.what}`}>
                <Table.Td>{capital(change.what)}</Table.Td>
                <Table.Td>
                  <Badge variant="default" tt="none">
                    {change.kind === "breaking" ? "no longer fit" : "stay right"}
                  </Badge>
                </Table.Td>
                <Table.Td ta="right">{count(change.labels_affected)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Alert>
  );
}
