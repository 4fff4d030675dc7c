// Which tasks are offered next, and why. Labelers do not see this.
import { Table, Text } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { percent } from "../../../ui/format";
import { AnchorLink } from "../../../ui/links";
import { Panel } from "../../../ui/Panel";
import { TableFrame } from "../../../ui/TableFrame";
import { useProject } from "../useProject";
import { why } from "./words";

export function Queue({ automation }: { automation: Schemas["AutomationView"] }) {
  const project = useProject();
  const { queue } = automation;
  return (
    <Panel
      title="Next tasks"
      about={`One place in twenty goes to the random control slice (${percent(automation.control_share)} of all tasks), for which labelers see no suggestion and which they cannot tell from the others.`}
    >
      {queue.length === 0 ? (
        <Text size="sm">
          Tasks are offered in the project's order. Choose another order above and train: what a label teaches
          most then comes first.
        </Text>
      ) : (
        <TableFrame label="Queue" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Task</Table.Th>
              <Table.Th>Item</Table.Th>
              <Table.Th>Why</Table.Th>
              <Table.Th>The model thinks</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {queue.map((one) => (
              <Table.Tr key={one.task}>
                <Table.Td>
                  <AnchorLink
                    to="/projects/$projectId/review/$taskId"
                    params={{ projectId: project.id, taskId: one.task }}
                  >
                    Task {one.task}
                  </AnchorLink>
                </Table.Td>
                <Table.Td>{one.key}</Table.Td>
                <Table.Td>{why(one.why)}</Table.Td>
                <Table.Td>{one.value == null ? "–" : `${one.value}, ${percent(one.score)}`}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}
