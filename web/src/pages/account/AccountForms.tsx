import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { meQuery, useMe } from "../../app/session";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { Panel } from "../../ui/Panel";

function useChange(said: string, then?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["ChangeMe"]) => take(api.PATCH("/api/v1/me", { body })),
    onSuccess: (me) => {
      client.setQueryData(meQuery.queryKey, me);
      notifications.show({ message: said });
      then?.();
    },
  });
}

export function NameForm() {
  const me = useMe();
  const [name, setName] = useState(me.user.name);
  const change = useChange("Your name is saved.");
  return (
    <Panel title="Name">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ name });
        }}
      >
        <Group align="flex-start" gap="xs">
          <TextInput
            aria-label="Name"
            description="Others see it beside your answers."
            w={320}
            autoComplete="name"
            value={name}
            error={at(change.error, "/name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            type="submit"
            mt={21}
            variant="default"
            disabled={name === me.user.name}
            loading={change.isPending}
          >
            Save name
          </Button>
        </Group>
        <ErrorText error={besides(change.error, ["/name"])} />
      </form>
    </Panel>
  );
}

export function PasswordForm() {
  const me = useMe();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useChange(me.has_password ? "Your password is changed." : "Your password is set.", () => {
    setCurrent("");
    setPassword("");
  });
  return (
    <Panel
      title={me.has_password ? "Change password" : "Set a password"}
      about={
        me.has_password ? "All your other sessions end." : "With it you can sign in again from anywhere."
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ password, current_password: me.has_password ? current : null });
        }}
      >
        <Stack gap="sm" maw={320}>
          <input type="text" name="username" autoComplete="username" value={me.user.email} readOnly hidden />
          {me.has_password ? (
            <PasswordInput
              label="Current password"
              autoComplete="current-password"
              required
              value={current}
              error={at(change.error, "/current_password")}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          ) : null}
          <PasswordInput
            label="New password"
            description="At least 10 characters"
            autoComplete="new-password"
            required
            value={password}
            error={at(change.error, "/password")}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <ErrorText error={besides(change.error, ["/password", "/current_password"])} />
          <Group>
            <Button type="submit" variant={me.has_password ? "default" : "filled"} loading={change.isPending}>
              {me.has_password ? "Change password" : "Set password"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
