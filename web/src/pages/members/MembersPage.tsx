// The people of the workspace: roles, invitations.
import { Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../api/client";
import { membersQuery } from "../../app/queries";
import { atLeast, givableRoles } from "../../app/roles";
import { type Role, useMe } from "../../app/session";
import { useWorkspace, type Workspace } from "../../app/workspace";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { ErrorText } from "../../ui/ErrorText";
import { Loaded } from "../../ui/Loaded";
import { PageHeader } from "../../ui/PageHeader";
import { Panel } from "../../ui/Panel";
import { RoleSelect } from "../../ui/RoleSelect";
import { TableFrame } from "../../ui/TableFrame";
import { Invitations } from "./Invitations";

export default function MembersPage() {
  const workspace = useWorkspace();
  const query = useQuery(membersQuery(workspace.id));
  return (
    <>
      <PageHeader title="Members" about="Who works in this workspace, and as what." />
      <Stack gap="md">
        {atLeast(workspace.role, "manager") ? <Invitations workspace={workspace} /> : null}
        <Panel title="People">
          <Loaded query={query}>
            {(members) => (
              <TableFrame label="Members">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>E-mail address</Table.Th>
                    <Table.Th w={200}>Role</Table.Th>
                    <Table.Th w={110} aria-label="Actions" />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {members.map((member) => (
                    <Member key={member.user.id} workspace={workspace} member={member} />
                  ))}
                </Table.Tbody>
              </TableFrame>
            )}
          </Loaded>
        </Panel>
      </Stack>
    </>
  );
}

function Member({ workspace, member }: { workspace: Workspace; member: Schemas["MemberView"] }) {
  const me = useMe();
  const client = useQueryClient();
  const path = { workspace: workspace.id, user: member.user.id };
  const refresh = () => client.invalidateQueries({ queryKey: membersQuery(workspace.id).queryKey });
  const set = useMutation({
    mutationFn: (role: Role) =>
      take(api.PATCH("/api/v1/workspaces/{workspace}/members/{user}", { params: { path }, body: { role } })),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => take(api.DELETE("/api/v1/workspaces/{workspace}/members/{user}", { params: { path } })),
    onSuccess: refresh,
  });
  const roles = givableRoles(workspace.role);
  const mine = member.user.id === me.user.id;
  const changeable = roles.includes(member.role);
  return (
    <Table.Tr>
      <Table.Td>
        {member.user.name}
        {mine ? (
          <Text span size="xs" c="dimmed">
            {" "}
            (you)
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td>{member.user.email}</Table.Td>
      <Table.Td>
        {changeable ? (
          <RoleSelect
            aria-label={`Role of ${member.user.name}`}
            size="xs"
            roles={roles}
            value={set.isPending ? set.variables : member.role}
            disabled={set.isPending}
            onChange={(role) => set.mutate(role)}
          />
        ) : (
          member.role
        )}
        <ErrorText error={set.error ?? remove.error} />
      </Table.Td>
      <Table.Td ta="right">
        {changeable ? (
          <ConfirmButton
            aria-label={`Remove ${member.user.name}`}
            question={`Remove ${member.user.name}?`}
            consequence="They can no longer see anything of this workspace. Their answers stay."
            act="Remove"
            loading={remove.isPending}
            onConfirm={() => remove.mutate()}
          >
            Remove
          </ConfirmButton>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
