// The calls for contributions of a project: people without an account give data through a link.
import { Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { callsQuery } from "../../../app/sources";
import { count } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { AnchorLink, ButtonLink } from "../../../ui/links";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";
import { stateOf } from "../calls/call";

export function Calls({ project }: { project: number }) {
  const calls = useQuery(callsQuery(project));
  return (
    <Panel
      title="Calls for contributions"
      about="People without an account give texts, pictures, recordings and filled forms through a link, after they have agreed to your terms."
      actions={
        <ButtonLink to="/projects/$projectId/calls/new" params={{ projectId: project }} variant="default">
          New call
        </ButtonLink>
      }
    >
      <Loaded query={calls}>
        {(found) =>
          found.length === 0 ? (
            <Text size="sm">None yet. A call has a title, terms, and quotas; its link is made with it.</Text>
          ) : (
            <Stack gap="xs">
              <TableFrame label="Calls">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Title</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>Waiting</Table.Th>
                    <Table.Th>Accepted</Table.Th>
                    <Table.Th>Contributors</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.map((one) => (
                    <Table.Tr key={one.id}>
                      <Table.Td>
                        <AnchorLink
                          to="/projects/$projectId/calls/$callId"
                          params={{ projectId: project, callId: one.id }}
                          size="sm"
                        >
                          {one.settings.title}
                        </AnchorLink>
                      </Table.Td>
                      <Table.Td>{stateOf(one.settings)}</Table.Td>
                      <Table.Td>
                        <Group gap={6}>
                          {count(one.counts.waiting)}
                          {one.counts.flagged > 0 ? (
                            <Text size="xs" c="dimmed">
                              {count(one.counts.flagged)} flagged
                            </Text>
                          ) : null}
                        </Group>
                      </Table.Td>
                      <Table.Td>{count(one.counts.accepted)}</Table.Td>
                      <Table.Td>{count(one.contributors)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </TableFrame>
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}
