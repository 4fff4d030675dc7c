// A link that signs in once: from the first start of a server, or from its operator.
import { Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, take } from "../../api/client";
import type { Me } from "../../app/session";
import { signedIn } from "../../app/signedIn";
import { ErrorText } from "../../ui/ErrorText";
import { ButtonLink } from "../../ui/links";
import { EntryFrame } from "./EntryFrame";
import { useSecret } from "./secret";

const used = new Map<string, Promise<Me>>();

/** A link works once: a second asking for the same one gets the first answer. */
function signInOnce(token: string): Promise<Me> {
  const answer = used.get(token) ?? take(api.POST("/api/v1/auth/link", { body: { token } }));
  used.set(token, answer);
  return answer;
}

export default function WelcomePage() {
  const router = useRouter();
  const { mutate, error } = useMutation({
    mutationFn: signInOnce,
    onSuccess: (me) => {
      signedIn(me);
      router.history.replace("/");
    },
  });
  const secret = useSecret();
  useEffect(() => mutate(secret), [mutate, secret]);
  return (
    <EntryFrame title="Welcome">
      {error ? (
        <>
          <ErrorText error={error} />
          <ButtonLink to="/sign-in" mt="md" variant="default">
            Sign in with a password
          </ButtonLink>
        </>
      ) : (
        <Text size="sm" role="status">
          Signing you in …
        </Text>
      )}
    </EntryFrame>
  );
}
