import { Group, Table, Text } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { CsvLink } from "../../../ui/CsvLink";
import { count, counted, percent } from "../../../ui/format";
import { Hint } from "../../../ui/Hint";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";
import { TasksLink } from "./TasksLink";
import { intervalWords } from "./words";

interface Props {
  project: number;
  agreement: Schemas["AgreementView"];
}

export function FieldsTable({ project, agreement }: Props) {
  return (
    <Panel
      title="Agreement per question"
      about={
        <>
          <b>Same answer</b> is the share of pairs of answers to one item that are equal. The{" "}
          <b>coefficient</b> takes out what chance alone would give: 1 is perfect, 0 is chance, and from 0.8
          on labels are commonly held to be reliable. In parentheses is where it may lie (95 %): wide with few
          items.
        </>
      }
      actions={
        <Group gap="md">
          <TasksLink project={project} filter="answers>=2 agreement<1" sort="agreement">
            Tasks with the least agreement
          </TasksLink>
          <CsvLink project={project} table="agreement" of="agreement per question" />
        </Group>
      }
    >
      <TableFrame label="Questions">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Question</Table.Th>
            <Table.Th ta="right">Same answer</Table.Th>
            <Table.Th>Coefficient</Table.Th>
            <Table.Th ta="right">Value (interval)</Table.Th>
            <Table.Th ta="right">Items</Table.Th>
            <Table.Th ta="right">Pairs</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
          {agreement.fields.map((field) => (
            <Table.Tr key={field.id}>
              <Table.Td>{field.title}</Table.Td>
              <Table.Td ta="right">{percent(field.percent)}</Table.Td>
              <Table.Td>
                <Hint label={`Rule: ${field.rule}`}>{field.metric_title}</Hint>
              </Table.Td>
              <Table.Td ta="right">
                <Value field={field} />
              </Table.Td>
              <Table.Td ta="right">
                {field.units > 0 && field.units === agreement.items ? (
                  <TasksLink
                    project={project}
                    filter="answers>=2"
                    label={`${counted(field.units, "item")} with two answers or more`}
                  >
                    {count(field.units)}
                  </TasksLink>
                ) : (
                  count(field.units)
                )}
              </Table.Td>
              <Table.Td ta="right">{count(field.pairs)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}

function Value({ field }: { field: Schemas["FieldView"] }) {
  if (field.value == null) {
    return (
      <Text size="xs" c="dimmed" maw={220} ml="auto">
        undefined: {field.undefined_because ?? "too few answers"}
      </Text>
    );
  }
  const words = intervalWords(field.value, field.low, field.high);
  return field.interval_method ? <Hint label={`Interval: ${field.interval_method}`}>{words}</Hint> : words;
}
