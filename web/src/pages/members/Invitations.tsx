// Invites people by a link that is theirs alone, and takes open invitations back.
import { Button, Group, Select, Stack, Table, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { invitationsQuery, projectsQuery } from "../../app/queries";
import { givableRoles } from "../../app/roles";
import type { Role } from "../../app/session";
import type { Workspace } from "../../app/workspace";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { date } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Panel";
import { RoleSelect } from "../../ui/RoleSelect";
import { Secret } from "../../ui/Secret";
import { TableFrame } from "../../ui/TableFrame";

const WHOLE = "workspace";

export function Invitations({ workspace }: { workspace: Workspace }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("labeler");
  const [into, setInto] = useState(WHOLE);
  const projects = useQuery(projectsQuery(workspace.id)).data ?? [];
  const open = useQuery(invitationsQuery(workspace.id));
  const client = useQueryClient();
  const invite = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/workspaces/{workspace}/invitations", {
          params: { path: { workspace: workspace.id } },
          body: { email, role, project_id: into === WHOLE ? null : Number(into) },
        }),
      ),
    onSuccess: () => {
      setEmail("");
      void client.invalidateQueries({ queryKey: invitationsQuery(workspace.id).queryKey });
    },
  });
  return (
    <Panel
      title="Invite somebody"
      about="You get a link to give to them. It is good for 14 days and works once."
    >
      <Stack gap="sm">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate();
          }}
        >
          <Group align="flex-start">
            <TextInput
              label="E-mail address"
              type="email"
              required
              w={260}
              value={email}
              error={at(invite.error, "/email")}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <RoleSelect label="Role" roles={givableRoles(workspace.role)} value={role} onChange={setRole} />
            <Select
              label="Into"
              w={240}
              allowDeselect={false}
              value={into}
              data={[
                { value: WHOLE, label: "The whole workspace" },
                ...projects.map((project) => ({ value: String(project.id), label: project.name })),
              ]}
              onChange={(next) => setInto(next ?? WHOLE)}
            />
            <Button type="submit" mt={25} loading={invite.isPending}>
              Make the link
            </Button>
          </Group>
        </form>
        <ErrorText error={besides(invite.error, ["/email"])} />
        {invite.data?.link ? (
          <Secret
            title={`The invitation of ${invite.data.email}`}
            label="Link"
            about="It is shown this once. Send it to them yourself: this server sends no mail."
            secret={invite.data.link}
            onClose={invite.reset}
          />
        ) : null}
        <Loaded query={open}>
          {(rows) => (rows.length > 0 ? <Open workspace={workspace} rows={rows} /> : null)}
        </Loaded>
      </Stack>
    </Panel>
  );
}

function Open({ workspace, rows }: { workspace: Workspace; rows: Schemas["InvitationView"][] }) {
  const client = useQueryClient();
  const projects = useQuery(projectsQuery(workspace.id)).data ?? [];
  const withdraw = useMutation({
    mutationFn: (invitation: number) =>
      take(
        api.DELETE("/api/v1/workspaces/{workspace}/invitations/{invitation}", {
          params: { path: { workspace: workspace.id, invitation } },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: invitationsQuery(workspace.id).queryKey }),
  });
  return (
    <>
      <TableFrame label="Open invitations">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Invited</Table.Th>
            <Table.Th>As</Table.Th>
            <Table.Th>Into</Table.Th>
            <Table.Th>Good until</Table.Th>
            <Table.Th w={110} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>{row.email}</Table.Td>
              <Table.Td>{row.role}</Table.Td>
              <Table.Td>
                {row.project_id == null
                  ? "the workspace"
                  : (projects.find((project) => project.id === row.project_id)?.name ?? "a project")}
              </Table.Td>
              <Table.Td>{date(row.expires_at)}</Table.Td>
              <Table.Td ta="right">
                <ConfirmButton
                  aria-label={`Withdraw the invitation of ${row.email}`}
                  question={`Withdraw the invitation of ${row.email}?`}
                  consequence="Their link stops working. You can invite them again."
                  act="Withdraw"
                  onConfirm={() => withdraw.mutate(row.id)}
                >
                  Withdraw
                </ConfirmButton>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
      <ErrorText error={withdraw.error} />
    </>
  );
}
