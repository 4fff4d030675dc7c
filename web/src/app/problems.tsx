// Pages for addresses that lead nowhere, and for errors that a page did not expect.
import { Container } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { EmptyState } from "../ui/EmptyState";
import { ErrorText } from "../ui/ErrorText";
import { ButtonLink } from "../ui/links";

export function Failed({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Container size="sm" py="xl">
      <ErrorText error={error} retry={() => void router.invalidate()} title="This page cannot be shown" />
    </Container>
  );
}

export function Missing() {
  return (
    <Container size="sm" py="xl">
      <EmptyState title="There is no such page" action={<ButtonLink to="/">Home</ButtonLink>}>
        The address may be mistyped, or what it led to is gone.
      </EmptyState>
    </Container>
  );
}
