// API tokens: what programs sign in with. The secret of a token is shown once.
import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  SimpleGrid,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, take } from "../../api/client";
import { tokensQuery } from "../../app/queries";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { date, dateTime } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Panel";
import { Secret } from "../../ui/Secret";
import { TableFrame } from "../../ui/TableFrame";

const SCOPES = [
  { value: "view", label: "See projects, schemas and guidelines" },
  { value: "label", label: "Take tasks and answer them" },
  { value: "review", label: "See and judge other people's answers" },
  { value: "quality", label: "See agreement and progress" },
  { value: "projects", label: "Make and change projects" },
  { value: "data", label: "Bring data in, make schemas" },
  { value: "export", label: "Freeze and export" },
  { value: "members", label: "Invite and change roles" },
];

export function Tokens() {
  const query = useQuery(tokensQuery);
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: number) => take(api.DELETE("/api/v1/me/tokens/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  return (
    <Panel title="API tokens" about="For scripts and the Python SDK. A token can do at most what you can.">
      <Stack gap="md">
        <NewToken />
        <Loaded query={query}>
          {(tokens) =>
            tokens.length === 0 ? (
              <Text size="sm" c="dimmed">
                You have no token yet.
              </Text>
            ) : (
              <TableFrame label="API tokens" fz="sm">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>May</Table.Th>
                    <Table.Th>Last used</Table.Th>
                    <Table.Th>Good until</Table.Th>
                    <Table.Th w={100} aria-label="Actions" />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {tokens.map((token) => (
                    <Table.Tr key={token.id}>
                      <Table.Td>{token.name}</Table.Td>
                      <Table.Td>{token.scopes.join(", ") || "everything"}</Table.Td>
                      <Table.Td>{token.last_used_at ? dateTime(token.last_used_at) : "never"}</Table.Td>
                      <Table.Td>{date(token.expires_at)}</Table.Td>
                      <Table.Td ta="right">
                        <ConfirmButton
                          aria-label={`End ${token.name}`}
                          question={`End ${token.name}?`}
                          consequence="Programs that use it are refused from now on."
                          act="End it"
                          onConfirm={() => revoke.mutate(token.id)}
                        >
                          End
                        </ConfirmButton>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </TableFrame>
            )
          }
        </Loaded>
        <ErrorText error={revoke.error} />
      </Stack>
    </Panel>
  );
}

function NewToken() {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const [days, setDays] = useState<string | number>(90);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      take(api.POST("/api/v1/me/tokens", { body: { name, scopes, expires_in_days: Number(days) || 0 } })),
    onSuccess: () => {
      setName("");
      setScopes([]);
      void client.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Stack gap="sm">
        {create.data?.secret ? (
          <Secret
            title={`The token ${create.data.name}`}
            label="Secret"
            about="It is shown this once. Programs send it as: Authorization: Bearer …"
            secret={create.data.secret}
            onClose={create.reset}
          />
        ) : null}
        <Group align="flex-start">
          <TextInput
            label="Name"
            description="What it is for"
            required
            w={260}
            value={name}
            error={at(create.error, "/name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NumberInput
            label="Good for"
            description="Days, 1 to 366"
            w={140}
            allowDecimal={false}
            value={days}
            error={at(create.error, "/expires_in_days")}
            onChange={setDays}
          />
        </Group>
        <Checkbox.Group
          label="May"
          description="None chosen means everything that you may do."
          value={scopes}
          onChange={setScopes}
        >
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing={6} mt={6}>
            {SCOPES.map((scope) => (
              <Checkbox key={scope.value} value={scope.value} label={scope.label} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <ErrorText error={besides(create.error, ["/name", "/expires_in_days"])} />
        <Group>
          <Button type="submit" variant="default" loading={create.isPending}>
            Make a token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
