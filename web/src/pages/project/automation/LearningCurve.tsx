// How good the model is after so many labels, on all labels and on the random control slice; the numbers stand in a
// table behind it.
import { Table } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { CsvLink } from "../../../ui/CsvLink";
import { count, dateTime, duration, percent } from "../../../ui/format";
import { Panel } from "../../../ui/Panel";
import { Legend, SharePlot } from "../../../ui/SharePlot";
import { TableFrame } from "../../../ui/TableFrame";
import classes from "./LearningCurve.module.css";

type Run = Schemas["RunView"];
type Share = Schemas["ShareView"];

interface Props {
  project: number;
  runs: Run[];
}

interface Point {
  labels: number;
  share: Share;
}

export function LearningCurve({ project, runs }: Props) {
  const most = Math.max(1, ...runs.map((run) => run.labels));
  const points = (of: "accuracy" | "control"): Point[] =>
    runs.flatMap((run) => {
      const share = run[of];
      return share ? [{ labels: run.labels, share }] : [];
    });
  const lines = [
    { name: "all labels", kind: "accuracy" as const },
    { name: "random control slice", kind: "control" as const },
  ];
  const said = lines
    .map(({ name, kind }) => `${name} ${percent(points(kind).at(-1)?.share.share)}`)
    .join(", ");
  return (
    <Panel
      title="Learning curve"
      about="Labels that the model guessed rightly without having seen them, by how many labels it had. Bands are intervals of 95 %. Labels that the queue picks are harder than most; the random control slice is a fair sample."
      actions={<CsvLink project={project} table="runs" of="learning curve" />}
    >
      <SharePlot
        label={`Accuracy after up to ${count(most)} labels, at last: ${said}`}
        width={100}
        ends={["0 labels", `${count(most)} labels`]}
      >
        {lines.map(({ kind }) => (
          <Line key={kind} points={points(kind)} most={most} kind={kind} />
        ))}
      </SharePlot>
      <Legend label="Lines">
        {lines.map(({ name, kind }) => (
          <li key={kind}>
            <span className={classes.key} data-kind={kind} aria-hidden="true" />
            {name}
          </li>
        ))}
      </Legend>
      <Runs runs={runs} />
    </Panel>
  );
}

function Line({ points, most, kind }: { points: Point[]; most: number; kind: string }) {
  const at = (labels: number, share: number) => `${(labels / most) * 100},${100 - share * 100}`;
  const upper = points.map((point) => at(point.labels, point.share.high));
  const lower = points.map((point) => at(point.labels, point.share.low)).reverse();
  return (
    <g data-kind={kind} className={classes.line}>
      <polygon points={[...upper, ...lower].join(" ")} />
      <polyline points={points.map((point) => at(point.labels, point.share.share)).join(" ")} />
      {points.map((point) => (
        <line
          key={`${point.labels} ${point.share.share}`}
          className={classes.whisker}
          x1={(point.labels / most) * 100}
          x2={(point.labels / most) * 100}
          y1={100 - point.share.high * 100}
          y2={100 - point.share.low * 100}
        >
          <title>{`${count(point.labels)} labels: ${inWords(point.share)}`}</title>
        </line>
      ))}
    </g>
  );
}

function inWords(share: Share | null | undefined): string {
  return share
    ? `${percent(share.share)} (${percent(share.low)} to ${percent(share.high)}, ${count(share.right)} of ${count(share.all)})`
    : "–";
}

function Runs({ runs }: { runs: Run[] }) {
  return (
    <TableFrame label="Runs" verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Run</Table.Th>
          <Table.Th ta="right">Labels</Table.Th>
          <Table.Th>On all labels</Table.Th>
          <Table.Th>On the control slice</Table.Th>
          <Table.Th ta="right">Accepted</Table.Th>
          <Table.Th ta="right">Edited</Table.Th>
          <Table.Th ta="right">Rejected</Table.Th>
          <Table.Th ta="right">Took</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
        {[...runs].reverse().map((run) => (
          <Table.Tr key={run.number}>
            <Table.Th scope="row" fw={400} title={[dateTime(run.at), ...run.notes].join("\n")}>
              {run.number}
            </Table.Th>
            <Table.Td ta="right">{count(run.labels)}</Table.Td>
            <Table.Td>{inWords(run.accuracy)}</Table.Td>
            <Table.Td>{inWords(run.control)}</Table.Td>
            <Table.Td ta="right">{count(run.accepted)}</Table.Td>
            <Table.Td ta="right">{count(run.edited)}</Table.Td>
            <Table.Td ta="right">{count(run.rejected)}</Table.Td>
            <Table.Td ta="right">{duration(run.seconds)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}
