// The label schemas of the workspace.
import { Box, Stack, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { schemasQuery } from "../../app/queries";
import { atLeast } from "../../app/roles";
import { useWorkspace } from "../../app/workspace";
import { EmptyState } from "../../ui/EmptyState";
import { words } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { AnchorLink } from "../../ui/links";
import { PageHeader } from "../../ui/PageHeader";
import { TableFrame } from "../../ui/TableFrame";
import { ConceptLists } from "./ConceptLists";
import { NewSchema, NewSchemaButton } from "./NewSchema";

export default function SchemasPage() {
  const workspace = useWorkspace();
  const query = useQuery(schemasQuery(workspace.id));
  const [making, setMaking] = useState(false);
  const manages = atLeast(workspace.role, "manager");
  const button = manages && !making ? <NewSchemaButton onClick={() => setMaking(true)} /> : undefined;
  return (
    <>
      <PageHeader
        title="Schemas"
        about="What may be said about an item: questions, classes and relations. A published version never changes; a project is pinned to one."
        actions={query.data && query.data.length > 0 ? button : undefined}
      />
      {making ? <NewSchema workspace={workspace.id} onClose={() => setMaking(false)} /> : null}
      <Loaded query={query}>
        {(schemas) =>
          schemas.length === 0 ? (
            making ? null : (
              <EmptyState title="No schemas yet" action={button}>
                Begin with a template and change what does not fit. A new project can do it, too.
              </EmptyState>
            )
          ) : (
            <Stack gap="md">
              <TableFrame alone label="Schemas">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>For</Table.Th>
                    <Table.Th ta="right">Classes</Table.Th>
                    <Table.Th ta="right">Questions</Table.Th>
                    <Table.Th ta="right">Version</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {schemas.map((schema) => {
                    const last = schema.versions.at(-1);
                    return (
                      <Table.Tr key={schema.id}>
                        <Table.Td>
                          <AnchorLink to="/schemas/$schemaId" params={{ schemaId: schema.id }} size="sm">
                            {schema.name}
                          </AnchorLink>
                        </Table.Td>
                        <Table.Td>{last ? words(last.document.modality) : "–"}</Table.Td>
                        <Table.Td ta="right">{last?.document.classes?.length ?? 0}</Table.Td>
                        <Table.Td ta="right">{last?.document.fields?.length ?? 0}</Table.Td>
                        <Table.Td ta="right">{last?.version ?? "–"}</Table.Td>
                      </Table.Tr>
                    );
                  })}
                </Table.Tbody>
              </TableFrame>
            </Stack>
          )
        }
      </Loaded>
      {manages ? (
        <Box mt="xl">
          <ConceptLists workspace={workspace.id} />
        </Box>
      ) : null}
    </>
  );
}
