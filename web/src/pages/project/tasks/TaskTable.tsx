// All tasks that are found, as rows of one table: only those in view are in the page, and they come in pieces when they
// are scrolled to, so that a million rows are as quick as a hundred.
import { Paper, Table, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { type CSSProperties, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Schemas } from "../../../api/client";
import { TASK_ROWS, type TaskSelection, taskRowsQuery } from "../../../app/queries";
import { inView, piecesOf, reachable } from "../../../core/window";
import { ErrorText } from "../../../ui/ErrorText";
import { dateTime, count as inWords, percent, words } from "../../../ui/format";
import { AnchorLink } from "../../../ui/links";
import { StateBadge } from "../../../ui/StateBadge";
import { PriorityInput } from "../PriorityInput";
import classes from "./TaskTable.module.css";

/** Pixels; the style sheet has it too. */
const ROW = 33;

interface Props {
  project: Schemas["ProjectView"];
  selection: TaskSelection;
  /** How many there are, as far as they are counted. */
  count: number;
  /** There are more than were counted. */
  more: boolean;
  manages: boolean;
}

const WIDTHS = ["auto", 110, 110, 100, 190, 120];

function Columns() {
  return (
    <colgroup>
      {WIDTHS.map((width, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns do not change places.
        <col key={at} style={{ width }} />
      ))}
    </colgroup>
  );
}

export function TaskTable({ project, selection, count, more, manages }: Props) {
  const scroll = useRef<HTMLElement>(null);
  const [at, setAt] = useState({ top: 0, height: 600 });
  // Counted to its end only as far as it was scrolled.
  const [seen, setSeen] = useState(0);
  const rows = reachable(more ? Math.max(count, seen) : count, ROW);
  const look = useCallback(() => {
    const { scrollTop, clientHeight } = scroll.current ?? { scrollTop: 0, clientHeight: 600 };
    setAt((now) =>
      now.top === scrollTop && now.height === clientHeight ? now : { top: scrollTop, height: clientHeight },
    );
  }, []);
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    if (scroll.current) observer.observe(scroll.current);
    return () => observer.disconnect();
  }, [look]);
  const window = inView(rows, ROW, at.top, at.height);
  const pieces = piecesOf(window, TASK_ROWS);
  const queries = useQueries({ queries: pieces.map((piece) => taskRowsQuery(project.id, selection, piece)) });
  const tasks = new Map<number, Schemas["TaskView"]>();
  queries.forEach((query, index) => {
    query.data?.items.forEach((task, place) => {
      tasks.set((pieces[index] ?? 0) * TASK_ROWS + place, task);
    });
  });
  const last = queries.at(-1)?.data;
  const end = ((pieces.at(-1) ?? 0) + 1) * TASK_ROWS;
  if (more && last?.next && end + TASK_ROWS > Math.max(count, seen)) setSeen(end + TASK_ROWS);
  const failed = queries.find((query) => query.error);
  return (
    <Paper withBorder>
      {failed ? <ErrorText error={failed.error} retry={() => void failed.refetch()} /> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section ref={scroll} aria-label="Tasks" tabIndex={0} className={classes.scroll} onScroll={look}>
        <Table className={classes.head} horizontalSpacing="sm" verticalSpacing={6} aria-hidden>
          <Columns />
          <Heads />
        </Table>
        <div className={classes.whole} style={{ height: rows * ROW }}>
          <Table
            className={classes.table}
            style={{ top: window.start * ROW } as CSSProperties}
            horizontalSpacing="sm"
            highlightOnHover
            aria-label="Tasks"
            aria-rowcount={rows + 1}
          >
            <Columns />
            <Heads hidden />
            <Table.Tbody>
              {Array.from({ length: window.end - window.start }, (_, place) => window.start + place).map(
                (row) => (
                  <Row key={row} row={row} task={tasks.get(row)} project={project} manages={manages} />
                ),
              )}
            </Table.Tbody>
          </Table>
        </div>
      </section>
      {rows < count ? (
        <Text size="xs" c="dimmed" p="xs">
          The first {inWords(rows)} can be scrolled to. Filter or sort them to see the others.
        </Text>
      ) : null}
    </Paper>
  );
}

/** Screen readers find the names of the columns in the table itself, eyes above it. */
function Heads({ hidden = false }: { hidden?: boolean }) {
  const style: CSSProperties | undefined = hidden
    ? { position: "absolute", width: 1, height: 1, overflow: "hidden", clipPath: "inset(50%)" }
    : undefined;
  return (
    <Table.Thead style={style}>
      <Table.Tr aria-rowindex={hidden ? 1 : undefined}>
        <Table.Th>Item</Table.Th>
        <Table.Th>Kind</Table.Th>
        <Table.Th>State</Table.Th>
        <Table.Th ta="right">Agreement</Table.Th>
        <Table.Th>Changed</Table.Th>
        <Table.Th>Priority</Table.Th>
      </Table.Tr>
    </Table.Thead>
  );
}

interface RowProps {
  row: number;
  task: Schemas["TaskView"] | undefined;
  project: Schemas["ProjectView"];
  manages: boolean;
}

function Row({ row, task, project, manages }: RowProps) {
  if (!task) {
    return (
      <Table.Tr aria-rowindex={row + 2} aria-busy>
        <Table.Td c="dimmed">…</Table.Td>
        <Table.Td colSpan={5} />
      </Table.Tr>
    );
  }
  return (
    <Table.Tr aria-rowindex={row + 2}>
      <Table.Td title={task.key}>
        <AnchorLink
          to="/projects/$projectId/review/$taskId"
          params={{ projectId: project.id, taskId: task.id }}
          size="sm"
        >
          {task.key}
        </AnchorLink>
      </Table.Td>
      <Table.Td>{words(task.modality)}</Table.Td>
      <Table.Td>
        <StateBadge state={task.state} />
      </Table.Td>
      <Table.Td ta="right">{percent(task.agreement)}</Table.Td>
      <Table.Td>{dateTime(task.updated_at)}</Table.Td>
      <Table.Td>
        {manages ? (
          <PriorityInput key={`${task.id} ${task.priority}`} project={project.id} task={task} />
        ) : (
          task.priority
        )}
      </Table.Td>
    </Table.Tr>
  );
}
