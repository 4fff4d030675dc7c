import { Table } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { CsvLink } from "../../../ui/CsvLink";
import { count, counted, percent } from "../../../ui/format";
import { Hint } from "../../../ui/Hint";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";
import { answered, usesClass } from "../taskTests";
import { TasksLink } from "./TasksLink";

interface Props {
  project: number;
  agreement: Schemas["AgreementView"];
}

export function ClassesTable({ project, agreement }: Props) {
  const questions = new Map(agreement.fields.map((field) => [field.id, field.title]));
  return (
    <Panel
      title="Agreement per class"
      about={
        <>
          <b>F1</b> compares each two answers to an item. A region counts as found when the other answer has a
          region of the same class that overlaps enough (the threshold is in the settings); an answer to a
          question when the other one says the same. 100 % means that who uses a class is never alone with it.
          In brackets: the interval in which it lies with a confidence of 95 %.
        </>
      }
      actions={<CsvLink project={project} table="classes" of="agreement per class" />}
    >
      <TableFrame label="Classes">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th ta="right">F1</Table.Th>
            <Table.Th ta="right">Uses</Table.Th>
            <Table.Th ta="right">Pairs of answers</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
          {agreement.classes.map((one) => (
            <Table.Tr key={`${one.field ?? ""} ${one.id}`}>
              <Table.Td>
                {one.field == null ? one.title : `${questions.get(one.field) ?? one.field}: ${one.title}`}
              </Table.Td>
              <Table.Td ta="right">
                {one.low == null || one.high == null ? (
                  percent(one.f1)
                ) : (
                  <Hint label={one.interval_method ?? ""}>
                    {`${percent(one.f1)} (${percent(one.low)} to ${percent(one.high)})`}
                  </Hint>
                )}
              </Table.Td>
              <Table.Td ta="right">
                <TasksLink
                  project={project}
                  filter={one.field == null ? usesClass(one.id) : answered(one.field, one.id)}
                  sort="agreement"
                  label={`${usesWords(one)} of ${one.title}: show the tasks`}
                >
                  {count(one.uses)}
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

const usesWords = (one: Schemas["ClassView"]): string =>
  counted(one.uses, one.field == null ? "region" : "answer");
