// Who gave something, with the code of those whom a panel sent.
import { Table, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, take } from "../../../api/client";
import { keys } from "../../../app/queries";
import { contributorsQuery } from "../../../app/sources";
import { ConfirmButton } from "../../../ui/ConfirmButton";
import { ErrorText } from "../../../ui/ErrorText";
import { count, dateTime } from "../../../ui/format";
import { LoadedPages } from "../../../ui/Loaded";
import { TableFrame } from "../../../ui/TableFrame";

export function Contributors({ project, call }: { project: number; call: number }) {
  const query = useInfiniteQuery(contributorsQuery(project, call));
  const client = useQueryClient();
  const back = useMutation({
    mutationFn: (contributor: number) =>
      take(
        api.POST("/api/v1/projects/{project}/calls/{call}/withdraw", {
          params: { path: { project, call } },
          body: { contributor },
        }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.project(project) }),
  });
  return (
    <>
      <ErrorText error={back.error} />
      <LoadedPages query={query}>
        {(people) =>
          people.length === 0 ? (
            <Text size="sm">Nobody yet. Send the link to those who shall contribute.</Text>
          ) : (
            <TableFrame label="Contributors" alone>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Number</Table.Th>
                  <Table.Th>Agreed</Table.Th>
                  <Table.Th>Given</Table.Th>
                  <Table.Th>Accepted</Table.Th>
                  <Table.Th>Rejected</Table.Th>
                  <Table.Th>Participant</Table.Th>
                  <Table.Th>Code</Table.Th>
                  <Table.Th aria-label="Actions" />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {people.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td>{one.id}</Table.Td>
                    <Table.Td>
                      {dateTime(one.consented_at)}, version {one.terms_version}
                    </Table.Td>
                    <Table.Td>{count(one.given)}</Table.Td>
                    <Table.Td>{count(one.accepted)}</Table.Td>
                    <Table.Td>{count(one.rejected)}</Table.Td>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>{one.participant}</Table.Td>
                    <Table.Td ff="monospace">{one.code}</Table.Td>
                    <Table.Td ta="right">
                      {one.withdrawn_at ? (
                        <Text size="xs">withdrawn</Text>
                      ) : (
                        <ConfirmButton
                          question={`Withdraw all of contributor ${one.id}?`}
                          consequence="Everything that they gave is deleted, with tasks, answers and all that was made of it."
                          act="Withdraw everything"
                          aria-label={`Withdraw all of contributor ${one.id}`}
                          onConfirm={() => back.mutate(one.id)}
                        >
                          Withdraw
                        </ConfirmButton>
                      )}
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
