import { Stack, Table, Text } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { CsvLink } from "../../../ui/CsvLink";
import { count, percent } from "../../../ui/format";
import { Hint } from "../../../ui/Hint";
import { MarkedBadge } from "../../../ui/MarkedBadge";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";
import type { Names } from "./titles";

interface Props {
  project: number;
  drift: Schemas["DriftView"];
  names: Names;
}

const ALERT_COLOURS: Record<string, string> = { alarm: "#d55e00", warning: "var(--state-in-review)" };
const number = (value: number | null | undefined): string => (value == null ? "–" : value.toFixed(3));
/** A probability that rounds to nothing is told as small, not as none. */
const small = (p: number | null | undefined): string => (p != null && p < 0.001 ? "< 0.001" : number(p));

export function DriftTable({ project, drift, names }: Props) {
  return (
    <Panel
      title="Columns"
      about={
        <>
          <b>PSI</b> (population stability index) below 0.1 is calm, from 0.25 on large, with many answers;
          with few it is large by chance. <b>JS</b> is the Jensen-Shannon distance, 0 the same and 1 nothing
          in common. <b>p</b> is adjusted for the number of columns (Holm). A column is told about when its
          PSI is large and its p is at most 0.05.
        </>
      }
      actions={<CsvLink project={project} table="drift" of="drift" />}
    >
      <Stack gap="md">
        <TableFrame label="Drift of columns">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Column</Table.Th>
              <Table.Th ta="right">Before</Table.Th>
              <Table.Th ta="right">After</Table.Th>
              <Table.Th ta="right">PSI</Table.Th>
              <Table.Th ta="right">JS</Table.Th>
              <Table.Th ta="right">p, adjusted</Table.Th>
              <Table.Th>Alert</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
            {drift.columns.map((one) => (
              <Table.Tr key={one.column}>
                <Table.Td>{names.column(one.column)}</Table.Td>
                <Table.Td ta="right">{count(one.before)}</Table.Td>
                <Table.Td ta="right">{count(one.after)}</Table.Td>
                <Table.Td ta="right">{number(one.psi)}</Table.Td>
                <Table.Td ta="right">{number(one.jensen_shannon)}</Table.Td>
                <Table.Td ta="right">
                  {one.test && one.p_adjusted != null ? (
                    <Hint label={`Test: ${one.test}`}>{small(one.p_adjusted)}</Hint>
                  ) : (
                    small(one.p_adjusted)
                  )}
                </Table.Td>
                <Table.Td>
                  {one.alert ? (
                    <MarkedBadge colour={ALERT_COLOURS[one.alert]}>{one.alert}</MarkedBadge>
                  ) : (
                    <Text size="xs" c="dimmed">
                      {one.undefined_because ? `undefined: ${one.undefined_because}` : "none"}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
        {drift.agreement.length > 0 ? <AgreementTable drift={drift} names={names} /> : null}
      </Stack>
    </Panel>
  );
}

function AgreementTable({ drift, names }: Omit<Props, "project">) {
  return (
    <TableFrame label="Change of agreement">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Agreement on</Table.Th>
          <Table.Th ta="right">Before</Table.Th>
          <Table.Th ta="right">After</Table.Th>
          <Table.Th ta="right">p</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
        {drift.agreement.map((one) => (
          <Table.Tr key={one.field}>
            <Table.Td>{names.column(one.field)}</Table.Td>
            <Table.Td ta="right">{percent(one.before)}</Table.Td>
            <Table.Td ta="right">{percent(one.after)}</Table.Td>
            <Table.Td ta="right">{small(one.p_value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}
