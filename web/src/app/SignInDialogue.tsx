// The session ended while a page was open: asks for the password above the page, which stays as it is.
import { Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { SignInForm } from "../ui/SignInForm";
import { type Me, meQuery, settleSignIn } from "./session";

export default function SignInDialogue() {
  const client = useQueryClient();
  const before = client.getQueryData(meQuery.queryKey);
  const goOn = (me: Me) => {
    if (before && before.user.id !== me.user.id) {
      // Somebody else: what is on the page is not theirs to send.
      window.location.assign("/");
      return;
    }
    client.setQueryData(meQuery.queryKey, me);
    settleSignIn(true);
    void client.invalidateQueries();
  };
  // Somebody who has no password comes in by a link in another tab: this one sees it when it is looked at again.
  const comeBack = useEffectEvent(async () => {
    const response = await fetch("/api/v1/me").catch(() => undefined);
    if (response?.ok) goOn((await response.json()) as Me);
  });
  useEffect(() => {
    const look = () => void comeBack();
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, []);
  return (
    <Modal opened onClose={() => settleSignIn(false)} title="Sign in again" zIndex={1000}>
      <Text size="sm" mb="sm">
        Your session has ended. What you were doing stays here and goes on once you are in.
        {before && !before.has_password
          ? " Your account has no password: ask whoever runs this server for a new sign-in link, open it in another tab and come back."
          : null}
      </Text>
      <SignInForm email={before?.user.email} onSignedIn={goOn} />
    </Modal>
  );
}
