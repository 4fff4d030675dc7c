import { Text } from "@mantine/core";
import { useRouter, useSearch } from "@tanstack/react-router";
import { safeNext, signedIn } from "../../app/signedIn";
import { SignInForm } from "../../ui/SignInForm";
import { EntryFrame } from "./EntryFrame";

export default function SignInPage() {
  const router = useRouter();
  const { next } = useSearch({ from: "/sign-in" });
  return (
    <EntryFrame title="Sign in">
      <SignInForm
        onSignedIn={(me) => {
          signedIn(me);
          router.history.push(safeNext(next));
        }}
      />
      <Text size="xs" c="dimmed" mt="md">
        Forgot the password, or never had one? Whoever runs this server can print a sign-in link: labelwright
        user link.
      </Text>
    </EntryFrame>
  );
}
