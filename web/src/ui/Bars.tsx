// Counts as bars with their numbers: a list for the eye and for screen readers alike.
import { Table, Text } from "@mantine/core";
import { count, percent } from "./format";

interface Row {
  id: string;
  label: string;
  value: number;
  colour?: string;
}

export function Bars({ label, noun, rows }: { label: string; noun: string; rows: Row[] }) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  const total = rows.reduce((sum, row) => sum + row.value, 0);
  return (
    <Table
      verticalSpacing={3}
      horizontalSpacing={4}
      withRowBorders={false}
      fz="sm"
      layout="fixed"
      aria-label={label}
    >
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="38%">{label}</Table.Th>
          <Table.Th aria-label="Bar" />
          <Table.Th w={110} ta="right" fw={500}>
            {noun}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.id}>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{row.label}</Table.Td>
            <Table.Td>
              <div
                style={{
                  height: 10,
                  borderRadius: 2,
                  width: `${Math.max(1, (row.value / most) * 100)}%`,
                  background: row.colour ?? "light-dark(#005f9e, #5199d3)",
                  border: "1px solid var(--mantine-color-default-border)",
                }}
              />
            </Table.Td>
            <Table.Td ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>
              {count(row.value)}{" "}
              <Text span size="xs" c="dimmed">
                {percent(total > 0 ? row.value / total : 0)}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
