// One more program that is told what happens. The secret with which events are signed is shown once.
import { Button, Checkbox, Group, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { webhooksQuery } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { Panel } from "../../ui/Panel";
import { Secret } from "../../ui/Secret";

export function NewWebhook({ workspace, events }: { workspace: number; events: Schemas["EventKindView"][] }) {
  const [url, setUrl] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/workspaces/{workspace}/webhooks", {
          params: { path: { workspace } },
          body: { url, events: chosen },
        }),
      ),
    onSuccess: () => {
      setUrl("");
      setChosen([]);
      return client.invalidateQueries({ queryKey: webhooksQuery(workspace).queryKey });
    },
  });
  return (
    <Panel title="New webhook">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="sm">
          {create.data ? (
            <Secret
              title="The webhook is there"
              label="Signing secret"
              about="It is shown this once. Whoever listens checks the signature with it, as Standard Webhooks says."
              secret={create.data.secret}
              onClose={create.reset}
            />
          ) : null}
          <TextInput
            label="Address"
            description="Of a program that takes a POST and answers with a status from 200 to 299."
            placeholder="https://pipeline.example.org/labels"
            required
            maw={560}
            value={url}
            error={at(create.error, "/url")}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <Checkbox.Group
            label="Told of"
            description="None chosen means everything, also what is added later."
            value={chosen}
            onChange={setChosen}
          >
            <Stack gap={6} mt={6}>
              {events.map((event) => (
                <Checkbox key={event.id} value={event.id} label={event.id} description={event.about} />
              ))}
            </Stack>
          </Checkbox.Group>
          <ErrorText error={besides(create.error, ["/url"])} />
          <Group>
            <Button type="submit" variant="default" loading={create.isPending}>
              Make a webhook
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
