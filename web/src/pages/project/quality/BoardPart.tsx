// Which models do people prefer? One table for each question that compares responses, and whether the place on the
// screen was picked rather than what stood there.
import { Alert, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client";
import { boardQuery } from "../../../app/queries";
import { letterOf } from "../../../core/dialogue/conversation";
import { CsvLink } from "../../../ui/CsvLink";
import { EmptyState } from "../../../ui/EmptyState";
import { count, percent } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";

type Board = Schemas["BoardView"];

const number = (value: number | null | undefined): string => (value == null ? "–" : value.toFixed(2));

export function BoardPart({ project }: { project: Schemas["ProjectView"] }) {
  const query = useQuery(boardQuery(project.id));
  return (
    <Loaded query={query}>
      {(boards) => {
        const judged = boards.filter((one) => one.judgments + one.unnamed > 0);
        return judged.length === 0 ? (
          <EmptyState title="No comparisons yet">
            Models are ranked from the first answers on that prefer one response to another.
          </EmptyState>
        ) : (
          <Stack gap="md">
            {judged.map((board) => (
              <FieldBoard key={board.field} project={project.id} board={board} />
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}

function FieldBoard({ project, board }: { project: number; board: Board }) {
  return (
    <Panel
      title={board.title}
      about={
        <>
          <b>Strength</b> is that of Bradley and Terry’s model with ties (Davidson), as a logarithm around 0,
          with its interval of 95 %: two models whose intervals lie apart differ. <b>Elo</b> says the same in
          points around 1000, without an order of games. The best of several responses wins against each of
          the others.
        </>
      }
      actions={<CsvLink project={project} table="board" of={board.title} />}
    >
      <Stack gap="md">
        <Notes board={board} />
        {board.standings.length > 0 ? <Standings board={board} /> : null}
        {board.positions.length > 0 ? <Positions positions={board.positions} /> : null}
      </Stack>
    </Panel>
  );
}

function Notes({ board }: { board: Board }) {
  const notes = [
    board.unnamed > 0
      ? `${count(board.unnamed)} judgments are of responses that name fewer than two models: they rank none.`
      : "",
    board.groups > 1
      ? `${count(board.groups)} groups of models were never compared with each other: only within a group do strengths say something.`
      : "",
    board.by_prior
      ? "A model won or lost always: a weak prior holds its strength, which is otherwise without end."
      : "",
  ].filter((note) => note !== "");
  return notes.length === 0 ? null : (
    <Alert variant="light" color="yellow" role="group">
      {notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
    </Alert>
  );
}

function Standings({ board }: { board: Board }) {
  return (
    <TableFrame label={`Models, ${board.title}`}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Model</Table.Th>
          <Table.Th ta="right">Strength</Table.Th>
          <Table.Th ta="right">Interval</Table.Th>
          <Table.Th ta="right">Elo</Table.Th>
          <Table.Th ta="right">Comparisons</Table.Th>
          <Table.Th ta="right">Won</Table.Th>
          <Table.Th ta="right">Lost</Table.Th>
          <Table.Th ta="right">Tied</Table.Th>
          <Table.Th ta="right">Win rate</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
        {board.standings.map((one) => (
          <Table.Tr key={one.model}>
            <Table.Td>
              <bdi>{one.model}</bdi>
            </Table.Td>
            <Table.Td ta="right">{number(one.strength)}</Table.Td>
            <Table.Td ta="right">
              {number(one.low)} … {number(one.high)}
            </Table.Td>
            <Table.Td ta="right">{Math.round(one.elo)}</Table.Td>
            <Table.Td ta="right">{count(one.comparisons)}</Table.Td>
            <Table.Td ta="right">{count(one.wins)}</Table.Td>
            <Table.Td ta="right">{count(one.losses)}</Table.Td>
            <Table.Td ta="right">{count(one.ties)}</Table.Td>
            <Table.Td ta="right">{percent(one.win_rate)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}

/** Responses stand in a random order: without a preference for a place, all are picked as often. */
function Positions({ positions }: { positions: Board["positions"] }) {
  return (
    <TableFrame label="Picks by place">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Place on the screen</Table.Th>
          <Table.Th ta="right">Shown</Table.Th>
          <Table.Th ta="right">Picked</Table.Th>
          <Table.Th ta="right">Share of picks</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
        {positions.map((one, place) => (
          <Table.Tr key={letterOf(place)}>
            <Table.Td>{letterOf(place)}</Table.Td>
            <Table.Td ta="right">{count(one.shown)}</Table.Td>
            <Table.Td ta="right">{count(one.picked)}</Table.Td>
            <Table.Td ta="right">{one.shown === 0 ? "–" : percent(one.picked / one.shown)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}
