// What somebody says where something else is true: the diagonal is right, all else is a confusion.
import { Table } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { percent } from "../../../ui/format";
import { TableFrame } from "../../../ui/TableFrame";
import cells from "../AgreementMatrix.module.css";
import { level } from "../level";
import classes from "./LabelerCard.module.css";
import type { Names } from "./titles";

interface Props {
  field: Schemas["SkillView"];
  of: string;
  names: Names;
}

export function Confusion({ field, of, names }: Props) {
  const title = (value: string) => names.value(field.field, value);
  return (
    <details>
      <summary className={classes.summary}>Confusions in {field.title}</summary>
      <TableFrame
        label={`Confusions of ${of} in ${field.title}`}
        highlightOnHover={false}
        verticalSpacing={2}
        horizontalSpacing={4}
        w="auto"
        captionSide="top"
      >
        <Table.Caption ta="start" mt={0}>
          Rows: what is true. Columns: what {of} says. Each row sums to 100 %; the diagonal is right.
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>True ↓ given →</Table.Th>
            {field.values.map((value) => (
              <Table.Th key={value} ta="center">
                {title(value)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {field.values.map((truth, y) => (
            <Table.Tr key={truth}>
              <Table.Th scope="row">{title(truth)}</Table.Th>
              {field.values.map((given, x) => {
                const share = field.confusion[y]?.[x] ?? 0;
                return (
                  <Table.Td key={given} p={1}>
                    <div className={cells.cell} data-level={level(share)} data-right={x === y || undefined}>
                      {percent(share)}
                    </div>
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
    </details>
  );
}
