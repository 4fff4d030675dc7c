// The terms, read and agreed to before anything is given.
import { Button, Checkbox, Paper, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorText } from "../../ui/ErrorText";
import type { Call } from "./api";
import type { Visit } from "./useGive";

export function Consent({ call, visit }: { call: Call; visit: Visit }) {
  const [read, setRead] = useState(false);
  const agree = useMutation({ mutationFn: () => visit.consent(call.terms.version) });
  const again = call.me !== null && call.me !== undefined;
  return (
    <Paper withBorder p="sm" component="section" aria-labelledby="terms">
      <Stack gap="sm">
        <Title order={2} id="terms">
          {again ? "The terms have changed, or you had withdrawn" : "What you agree to"}
        </Title>
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {call.terms.text}
        </Text>
        {call.licence ? <Text size="sm">Licence: {call.licence}</Text> : null}
        <Text size="xs" c="dimmed">
          Version {call.terms.version}. You can withdraw at any time, here or with your receipts. A picture
          from a file keeps what the camera wrote into it, such as the place.
        </Text>
        <Checkbox
          label="I have read this and agree"
          checked={read}
          onChange={(event) => setRead(event.currentTarget.checked)}
        />
        <ErrorText error={agree.error} />
        <Button size="md" disabled={!read} loading={agree.isPending} onClick={() => agree.mutate()}>
          Go on
        </Button>
      </Stack>
    </Paper>
  );
}
