// An invitation: a name and a password make an account; who has one already proves it with its password.
import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, take } from "../../api/client";
import { signedIn } from "../../app/signedIn";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { EntryFrame } from "./EntryFrame";
import { useSecret } from "./secret";

const KEPT = "labelwright.invitation";

export default function JoinPage() {
  const router = useRouter();
  const token = useSecret(sessionStorage.getItem(KEPT) ?? "");
  // Kept for this tab, so that a reload of the form does not lose the invitation.
  useEffect(() => sessionStorage.setItem(KEPT, token), [token]);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const join = useMutation({
    mutationFn: () => take(api.POST("/api/v1/auth/accept-invitation", { body: { token, name, password } })),
    onSuccess: (me) => {
      sessionStorage.removeItem(KEPT);
      signedIn(me);
      router.history.replace("/");
    },
  });
  return (
    <EntryFrame
      title="Join"
      about="You were invited to label data. If your e-mail address has an account here already, use its password."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          join.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Your name"
            description="Reviewers and managers see it beside your answers."
            autoComplete="name"
            required
            withAsterisk={false}
            value={name}
            error={at(join.error, "/name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            description="At least 10 characters."
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={password}
            error={at(join.error, "/password")}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <ErrorText error={besides(join.error, ["/name", "/password"])} />
          <Button type="submit" loading={join.isPending}>
            Join
          </Button>
        </Stack>
      </form>
    </EntryFrame>
  );
}
