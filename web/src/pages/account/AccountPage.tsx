// One's own name, password and API tokens.
import { Stack } from "@mantine/core";
import { useMe } from "../../app/session";
import { PageHeader } from "../../ui/PageHeader";
import { NameForm, PasswordForm } from "./AccountForms";
import { Tokens } from "./Tokens";

export default function AccountPage() {
  const me = useMe();
  return (
    <>
      <PageHeader title="Account" about={me.user.email} />
      <Stack gap="md">
        <NameForm />
        <PasswordForm />
        <Tokens />
      </Stack>
    </>
  );
}
