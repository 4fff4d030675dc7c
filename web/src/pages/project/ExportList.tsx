// Written files, newest first, each with its report of what the format could not carry.
import { Anchor, Button, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Schemas } from "../../api/client";
import type { FormatOptions } from "../../ui/FormatOptionFields";
import { bytes, counted, dateTime } from "../../ui/format";
import { TableFrame } from "../../ui/TableFrame";
import { type Loss, LossReport } from "./LossReport";

function lossesOf(loss: unknown): Loss[] {
  return (loss as { losses?: Loss[] } | null)?.losses ?? [];
}

const ANSWERS: Record<string, string> = { consensus: "consensus", all: "everybody's", accepted: "accepted" };

interface Props {
  exports: Schemas["ExportView"][];
  snapshots: Schemas["SnapshotView"][];
}

export function ExportList({ exports, snapshots }: Props) {
  if (exports.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing was exported yet: press Export beside a snapshot.
      </Text>
    );
  }
  return (
    <TableFrame label="Exports">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Snapshot</Table.Th>
          <Table.Th>Format</Table.Th>
          <Table.Th>Answers</Table.Th>
          <Table.Th>Made</Table.Th>
          <Table.Th>Loss</Table.Th>
          <Table.Th>File</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {exports.map((one) => (
          <Row
            key={one.id}
            row={one}
            snapshot={snapshots.find((other) => other.id === one.snapshot_id)?.name}
          />
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}

function Row({ row, snapshot }: { row: Schemas["ExportView"]; snapshot: string | undefined }) {
  const [open, report] = useDisclosure(false);
  const losses = lossesOf(row.loss);
  const options = row.options as { answers?: string; media?: string; options?: FormatOptions } | null;
  const set = Object.entries(options?.options ?? {}).map(([key, value]) => `, ${key} ${value}`);
  const answers = options?.answers ?? "";
  return (
    <>
      <Table.Tr>
        <Table.Td>{snapshot ?? "–"}</Table.Td>
        <Table.Td>
          {row.format}
          {options?.media === "copy" ? " with data" : ""}
          {set}
        </Table.Td>
        <Table.Td>{ANSWERS[answers] ?? answers}</Table.Td>
        <Table.Td>{dateTime(row.created_at)}</Table.Td>
        <Table.Td>
          {losses.length === 0 ? (
            "none"
          ) : (
            <Button size="compact-xs" variant="default" aria-expanded={open} onClick={report.toggle}>
              {counted(losses.length, "kind")} of loss
            </Button>
          )}
        </Table.Td>
        <Table.Td>
          <Anchor href={row.file_url} download size="sm">
            Download ({bytes(row.bytes)})
          </Anchor>
        </Table.Td>
      </Table.Tr>
      {losses.length > 0 && open ? (
        <Table.Tr>
          <Table.Td colSpan={6}>
            <LossReport losses={losses} label="Loss report" />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </>
  );
}
