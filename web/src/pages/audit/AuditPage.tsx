// Who did what. Every entry holds the fingerprint of the one before: a changed entry breaks the chain.
import { Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { auditQuery } from "../../app/queries";
import { useWorkspace } from "../../app/workspace";
import { EmptyState } from "../../ui/EmptyState";
import { dateTime } from "../../ui/format";
import { LoadedPages } from "../../ui/Loaded";
import { ButtonLink } from "../../ui/links";
import { PageHeader } from "../../ui/PageHeader";
import { TableFrame } from "../../ui/TableFrame";

export default function AuditPage() {
  const workspace = useWorkspace();
  const query = useInfiniteQuery(auditQuery(workspace.id));
  return (
    <>
      <PageHeader
        title="Audit log"
        about="Who did what, newest first. Every entry is chained to the one before by its fingerprint, so that none can be changed unseen."
      />
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState
              title="Nothing has happened yet"
              action={<ButtonLink to="/new">New project</ButtonLink>}
            >
              Making datasets, schemas and projects, inviting people and changing roles is noted here.
            </EmptyState>
          ) : (
            <TableFrame alone label="Audit log" fz="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>When</Table.Th>
                  <Table.Th>Who</Table.Th>
                  <Table.Th>What</Table.Th>
                  <Table.Th>On</Table.Th>
                  <Table.Th>More</Table.Th>
                  <Table.Th>Fingerprint</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row) => (
                  <Table.Tr key={row.id}>
                    <Table.Td style={{ whiteSpace: "nowrap" }}>{dateTime(row.at)}</Table.Td>
                    <Table.Td>{row.actor ?? "the server"}</Table.Td>
                    <Table.Td>{row.action}</Table.Td>
                    <Table.Td>{row.target}</Table.Td>
                    <Table.Td>
                      <Text
                        span
                        size="xs"
                        ff="monospace"
                        lineClamp={2}
                        maw={360}
                        style={{ overflowWrap: "anywhere" }}
                      >
                        {JSON.stringify(row.detail)}
                      </Text>
                    </Table.Td>
                    <Table.Td>
                      <Text span size="xs" ff="monospace" title={row.hash}>
                        {row.hash.slice(0, 10)}
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </TableFrame>
          )
        }
      </LoadedPages>
    </>
  );
}
