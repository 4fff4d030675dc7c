// What was wrong with single records of a job: file and line, and why.
import { Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { jobProblemsQuery } from "../app/queries";
import { counted } from "./format";
import { LoadedPages } from "./Loaded";
import { TableFrame } from "./TableFrame";

export function JobProblems({ job, total }: { job: number; total: number }) {
  const query = useInfiniteQuery(jobProblemsQuery(job));
  return (
    <div style={{ marginTop: "var(--mantine-spacing-sm)" }}>
      <Text size="sm" fw={500} mb={4}>
        {counted(total, "record")} with a problem
      </Text>
      <LoadedPages query={query}>
        {(problems) => (
          <TableFrame label="Problems" fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Where</Table.Th>
                <Table.Th>What is wrong</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {problems.map((problem) => (
                <Table.Tr key={problem.number}>
                  <Table.Td ff="monospace">{problem.place || "the whole file"}</Table.Td>
                  <Table.Td>{problem.message}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </TableFrame>
        )}
      </LoadedPages>
    </div>
  );
}
