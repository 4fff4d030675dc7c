// Who labeled how much, how fast, how well.
import { Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { labelersQuery } from "../../app/queries";
import { CsvLink } from "../../ui/CsvLink";
import { count, counted, duration, percent } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Panel";
import { TableFrame } from "../../ui/TableFrame";

export function Labelers({ project }: { project: number }) {
  const query = useQuery(labelersQuery(project));
  return (
    <Panel
      title="Labelers"
      about="Time is the median per task. Gold is the mean score on tasks with a known answer."
      actions={<CsvLink project={project} table="labelers" of="labelers" />}
    >
      <Loaded query={query}>
        {(labelers) =>
          labelers.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nobody has labeled yet.
            </Text>
          ) : (
            <TableFrame label="Labelers">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th ta="right">Submitted</Table.Th>
                  <Table.Th ta="right">Accepted</Table.Th>
                  <Table.Th ta="right">Returned</Table.Th>
                  <Table.Th ta="right">Time a task</Table.Th>
                  <Table.Th ta="right">Gold</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
                {labelers.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td>{one.name}</Table.Td>
                    <Table.Td ta="right">{count(one.submitted)}</Table.Td>
                    <Table.Td ta="right">{count(one.accepted)}</Table.Td>
                    <Table.Td ta="right">{count(one.returned)}</Table.Td>
                    <Table.Td ta="right">{duration(one.median_seconds)}</Table.Td>
                    <Table.Td ta="right">
                      {one.gold_score == null
                        ? "–"
                        : `${percent(one.gold_score)} of ${counted(one.gold_tasks, "task")}`}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </TableFrame>
          )
        }
      </Loaded>
    </Panel>
  );
}
