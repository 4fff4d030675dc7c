// Each labeler with each: somebody whose whole row is low reads the guidelines in another way than everybody else.
import { Table, Text, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { CsvLink } from "../../ui/CsvLink";
import { counted, percent } from "../../ui/format";
import { Panel } from "../../ui/Panel";
import { TableFrame } from "../../ui/TableFrame";
import classes from "./AgreementMatrix.module.css";
import { level } from "./level";
import { answeredBy } from "./taskTests";

interface Props {
  project: number;
  agreement: Schemas["AgreementView"];
}

export function AgreementMatrix({ project, agreement }: Props) {
  const { labelers, matrix, shared_items: shared } = agreement;
  return (
    <Panel
      title="Labelers with each other"
      about="The mean agreement of two people over the items that both answered; a dash where they share none. The stronger the shade, the higher. Pointing at a number shows how many items it stands on, a click shows these."
      actions={<CsvLink project={project} table="matrix" of="labelers with each other" />}
    >
      <TableFrame label="Agreement of labelers with each other" highlightOnHover={false} w="auto">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Labeler</Table.Th>
            {labelers.map((one) => (
              <Table.Th key={one.id} ta="center">
                {one.name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {labelers.map((row, y) => (
            <Table.Tr key={row.id}>
              <Table.Th scope="row">{row.name}</Table.Th>
              {labelers.map((column, x) => {
                const value = matrix[y]?.[x];
                if (x === y || value == null) {
                  return (
                    <Table.Td key={column.id} ta="center">
                      <Text span size="sm" c="dimmed">
                        –
                      </Text>
                    </Table.Td>
                  );
                }
                const words = `${row.name} and ${column.name}: ${percent(value, 1)} on ${counted(
                  shared[y]?.[x] ?? 0,
                  "shared item",
                )}`;
                return (
                  <Table.Td key={column.id} p={2}>
                    <Tooltip label={words} events={{ hover: true, focus: true, touch: false }}>
                      <Link
                        to="/projects/$projectId/tasks"
                        params={{ projectId: project }}
                        search={{
                          filter: `${answeredBy(row.name)} ${answeredBy(column.name)}`,
                          sort: "agreement",
                        }}
                        className={classes.cell}
                        data-level={level(value)}
                        aria-label={words}
                      >
                        {percent(value)}
                      </Link>
                    </Tooltip>
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}
