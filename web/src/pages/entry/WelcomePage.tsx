// A link that signs in once: from the first start of a server, or from its operator.
import { Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { api, take } from "../../api/client";
import { signedIn } from "../../app/signedIn";
import { ErrorText } from "../../ui/ErrorText";
import { ButtonLink } from "../../ui/links";
import { EntryFrame } from "./EntryFrame";
import { takeSecret } from "./secret";

export default function WelcomePage() {
  const router = useRouter();
  const secret = useRef<string | undefined>(undefined);
  const { mutate, error } = useMutation({
    mutationFn: (token: string) => take(api.POST("/api/v1/auth/link", { body: { token } })),
    onSuccess: (me) => {
      signedIn(me);
      router.history.replace("/");
    },
  });
  useEffect(() => {
    // The link works once: a second run of the effect must not use it again.
    if (secret.current !== undefined) return;
    secret.current = takeSecret();
    mutate(secret.current);
  }, [mutate]);
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
