import { Table } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { CsvLink } from "../../../ui/CsvLink";
import { count, counted, percent } from "../../../ui/format";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";
import { usesClass } from "../taskTests";
import { TasksLink } from "./TasksLink";

interface Props {
  project: number;
  agreement: Schemas["AgreementView"];
}

export function ClassesTable({ project, agreement }: Props) {
  return (
    <Panel
      title="Agreement per class"
      about={
        <>
          <b>F1</b> compares each two answers to an item: a region counts as found when the other one has a
          region of the same class that overlaps enough (the threshold is in the settings). 100 % means that
          both drew the same regions.
        </>
      }
      actions={<CsvLink project={project} table="classes" of="agreement per class" />}
    >
      <TableFrame label="Classes">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th ta="right">F1</Table.Th>
            <Table.Th ta="right">Regions</Table.Th>
            <Table.Th ta="right">Pairs of answers</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
          {agreement.classes.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>{one.title}</Table.Td>
              <Table.Td ta="right">{percent(one.f1)}</Table.Td>
              <Table.Td ta="right">
                <TasksLink
                  project={project}
                  filter={usesClass(one.id)}
                  sort="agreement"
                  label={`${counted(one.regions, "region")} of ${one.title}: show the tasks`}
                >
                  {count(one.regions)}
                </TasksLink>
              </Table.Td>
              <Table.Td ta="right">{count(one.pairs)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}
