// One schema: its versions, each as it was published, and the next one.
import { Button, Code, Group, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { schemasQuery } from "../../app/queries";
import { atLeast } from "../../app/roles";
import { useWorkspace } from "../../app/workspace";
import { EmptyState } from "../../ui/EmptyState";
import { Loaded } from "../../ui/Loaded";
import { AnchorLink, ButtonLink } from "../../ui/links";
import { PageHeader } from "../../ui/PageHeader";
import { Panel } from "../../ui/Panel";
import { SchemaSummary } from "../../ui/SchemaSummary";
import { Changes, PublishVersion } from "./PublishVersion";

type Published = Schemas["PublishedView"];

export default function SchemaPage() {
  const { schemaId } = useParams({ from: "/app/schemas/$schemaId" });
  const workspace = useWorkspace();
  const query = useQuery(schemasQuery(workspace.id));
  return (
    <Loaded query={query}>
      {(schemas) => {
        const schema = schemas.find((one) => one.id === schemaId);
        return schema ? (
          <Schema key={schema.id} schema={schema} manages={atLeast(workspace.role, "manager")} />
        ) : (
          <EmptyState
            title="There is no such schema here"
            action={<ButtonLink to="/schemas">All schemas</ButtonLink>}
          >
            It may belong to another workspace of yours: choose that one above.
          </EmptyState>
        );
      }}
    </Loaded>
  );
}

function Schema({ schema, manages }: { schema: Schemas["SchemaView"]; manages: boolean }) {
  const { version: asked } = useSearch({ from: "/app/schemas/$schemaId" });
  const navigate = useNavigate({ from: "/schemas/$schemaId" });
  const [editing, setEditing] = useState(false);
  const [published, setPublished] = useState<Published>();
  const last = schema.versions.at(-1);
  const shown = schema.versions.find((one) => one.version === asked) ?? last;
  if (!last || !shown) return null;
  return (
    <>
      <PageHeader
        title={schema.name}
        about={
          <AnchorLink to="/schemas" size="sm">
            Schemas
          </AnchorLink>
        }
        actions={
          manages && !editing ? <Button onClick={() => setEditing(true)}>New version</Button> : undefined
        }
      />
      <Stack gap="md">
        {published ? <Changes published={published} /> : null}
        {editing ? (
          <PublishVersion
            schema={schema}
            onClose={() => setEditing(false)}
            onPublished={(made) => {
              setPublished(made);
              setEditing(false);
              void navigate({ search: {} });
            }}
          />
        ) : (
          <Panel
            title={`Version ${shown.version}`}
            actions={
              <Group>
                <Select
                  aria-label="Version"
                  size="xs"
                  w={180}
                  allowDeselect={false}
                  value={String(shown.version)}
                  data={schema.versions
                    .map((one) => ({
                      value: String(one.version),
                      label: one === last ? `Version ${one.version} (newest)` : `Version ${one.version}`,
                    }))
                    .reverse()}
                  onChange={(next) => void navigate({ search: { version: Number(next) } })}
                />
              </Group>
            }
          >
            <Stack gap="md">
              <SchemaSummary schema={shown.document} />
              <Code block tabIndex={0} mah={520} style={{ overflow: "auto" }} aria-label="The schema as JSON">
                {JSON.stringify(shown.document, null, 2)}
              </Code>
            </Stack>
          </Panel>
        )}
      </Stack>
    </>
  );
}
