// Who has which role in this project: that of the workspace, unless they were given one of their own here.
import { Button, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../api/client";
import { membersQuery, projectMembersQuery } from "../../app/queries";
import { atLeast, givableRoles } from "../../app/roles";
import type { Role } from "../../app/session";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { ErrorText } from "../../ui/ErrorText";
import { Loaded } from "../../ui/Loaded";
import { AnchorLink } from "../../ui/links";
import { Panel } from "../../ui/Panel";
import { RoleSelect } from "../../ui/RoleSelect";
import { TableFrame } from "../../ui/TableFrame";
import { useProject } from "./useProject";

interface Row {
  user: Schemas["UserView"];
  workspace: Role | undefined;
  own: Role | undefined;
}

/** Everybody of the workspace and everybody who is only in the project. */
export function rowsOf(members: Schemas["MemberView"][], own: Schemas["MemberView"][]): Row[] {
  const rows = members.map((member) => ({
    user: member.user,
    workspace: member.role as Role | undefined,
    own: own.find((one) => one.user.id === member.user.id)?.role,
  }));
  for (const one of own) {
    if (!rows.some((row) => row.user.id === one.user.id)) {
      rows.push({ user: one.user, workspace: undefined, own: one.role });
    }
  }
  return rows;
}

export default function ProjectMembersPage() {
  const project = useProject();
  const own = useQuery(projectMembersQuery(project.id));
  const members = useQuery(membersQuery(project.workspace_id));
  return (
    <Panel
      title="Members"
      about={
        <>
          Everybody of the workspace has their role here too; you can give somebody another one for this
          project. New people are invited under{" "}
          <AnchorLink to="/members" size="sm" underline="always">
            Members
          </AnchorLink>
          , also into a single project.
        </>
      }
    >
      <Loaded query={own}>
        {(ownRows) => (
          <Loaded query={members}>
            {(workspaceRows) => (
              <TableFrame label="Members of the project">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>In the workspace</Table.Th>
                    <Table.Th w={220}>In this project</Table.Th>
                    <Table.Th w={130}>
                      <VisuallyHidden>Actions</VisuallyHidden>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rowsOf(workspaceRows, ownRows).map((row) => (
                    <Member key={row.user.id} project={project} row={row} />
                  ))}
                </Table.Tbody>
              </TableFrame>
            )}
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

function Member({ project, row }: { project: Schemas["ProjectView"]; row: Row }) {
  const client = useQueryClient();
  const path = { project: project.id, user: row.user.id };
  const refresh = () => client.invalidateQueries({ queryKey: projectMembersQuery(project.id).queryKey });
  const set = useMutation({
    mutationFn: (role: Role) =>
      take(api.PUT("/api/v1/projects/{project}/members/{user}", { params: { path }, body: { role } })),
    onSuccess: refresh,
  });
  const reset = useMutation({
    mutationFn: () => take(api.DELETE("/api/v1/projects/{project}/members/{user}", { params: { path } })),
    onSuccess: refresh,
  });
  const everywhere = atLeast(row.workspace, "manager");
  const roles = givableRoles(project.role);
  const shown = everywhere ? row.workspace : (row.own ?? row.workspace);
  return (
    <Table.Tr>
      <Table.Td>
        {row.user.name}
        <Text size="xs" c="dimmed">
          {row.user.email}
        </Text>
      </Table.Td>
      <Table.Td>{row.workspace ?? "not a member"}</Table.Td>
      <Table.Td>
        <Stack gap={4}>
          {everywhere || roles.length === 0 || shown === undefined ? (
            <Text size="sm" c={everywhere ? "dimmed" : undefined}>
              {everywhere ? `${shown}, as everywhere` : shown}
            </Text>
          ) : (
            <RoleSelect
              aria-label={`Role of ${row.user.name} in this project`}
              size="xs"
              roles={roles}
              value={shown}
              disabled={set.isPending}
              onChange={(role) => set.mutate(role)}
            />
          )}
          <ErrorText error={set.error ?? reset.error} />
        </Stack>
      </Table.Td>
      <Table.Td>
        {row.own && roles.length > 0 && !everywhere ? (
          row.workspace ? (
            <Button size="xs" variant="default" loading={reset.isPending} onClick={() => reset.mutate()}>
              As workspace
            </Button>
          ) : (
            <ConfirmButton
              aria-label={`Remove ${row.user.name}`}
              question={`Remove ${row.user.name} from the project?`}
              consequence="They can no longer see it. Their answers stay."
              act="Remove"
              loading={reset.isPending}
              onConfirm={() => reset.mutate()}
            >
              Remove
            </ConfirmButton>
          )
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
