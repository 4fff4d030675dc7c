// Withdrawing by a receipt, from any browser.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorText } from "../../ui/ErrorText";
import { withdraw } from "./api";
import type { Visit } from "./useGive";

export function TakeBack({ token, visit }: { token: string; visit: Visit }) {
  const [open, setOpen] = useState(false);
  const [receipt, setReceipt] = useState("");
  const back = useMutation({
    mutationFn: () => withdraw(token, undefined, { receipts: [receipt.trim()] }),
    onSuccess: () => visit.load(),
  });
  if (!open) {
    return (
      <Group>
        <Button size="xs" variant="subtle" onClick={() => setOpen(true)}>
          Withdraw with a receipt
        </Button>
      </Group>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        back.mutate();
      }}
    >
      <Stack gap="xs">
        <TextInput
          label="Receipt"
          description="It was shown after giving."
          value={receipt}
          onChange={(event) => setReceipt(event.currentTarget.value)}
        />
        <ErrorText error={back.error} />
        {back.data ? (
          <Text size="sm" role="status">
            {back.data.withdrawn > 0
              ? "It is withdrawn."
              : "Nothing was given under this receipt, or it is gone already."}
          </Text>
        ) : null}
        <Group>
          <Button type="submit" variant="default" loading={back.isPending} disabled={!receipt.trim()}>
            Withdraw
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
