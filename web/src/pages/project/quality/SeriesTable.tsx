import { Table } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { count, percent } from "../../../ui/format";
import { TableFrame } from "../../../ui/TableFrame";
import classes from "./SeriesChart.module.css";
import { TasksLink } from "./TasksLink";
import type { Names } from "./titles";

interface Props {
  project: number;
  series: Schemas["SeriesView"];
  /** When a step begins, in words. */
  at: (step: number) => string;
  names: Names;
}

/** Every value has its own column, also those that the chart joins. */
export function SeriesTable({ project, series, at, names }: Props) {
  const column = names.column(series.column);
  return (
    <details>
      <summary className={classes.summary}>Numbers of {column} over time</summary>
      <TableFrame label={`Numbers of ${column} over time`} verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            {series.values.map((value) => {
              const title = names.value(series.column, value);
              const filter = names.filter(series.column, value);
              return (
                <Table.Th key={value} ta="right">
                  {filter === undefined ? (
                    title
                  ) : (
                    <TasksLink project={project} filter={filter} label={`${title}: show the tasks`}>
                      {title}
                    </TasksLink>
                  )}
                </Table.Th>
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
          {series.steps.map((moment, step) => {
            const counts = series.counts[step] ?? [];
            const total = counts.reduce((sum, one) => sum + one, 0);
            return (
              <Table.Tr key={moment}>
                <Table.Th scope="row" fw={400} style={{ whiteSpace: "nowrap" }}>
                  {at(step)}
                </Table.Th>
                {series.values.map((value, place) => (
                  <Table.Td key={value} ta="right" style={{ whiteSpace: "nowrap" }}>
                    {counts[place] ? `${count(counts[place])} (${percent(counts[place] / total)})` : "0"}
                  </Table.Td>
                ))}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </TableFrame>
    </details>
  );
}
