// Changing a call, and a new link for it.
import { Button, Group, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys } from "../../../app/queries";
import { ConfirmButton } from "../../../ui/ConfirmButton";
import { ErrorText } from "../../../ui/ErrorText";
import { besides } from "../../../ui/errors";
import { Panel } from "../../../ui/Panel";
import { CallForm, PLACES } from "./CallForm";
import { CallLink } from "./CallLink";
import type { Settings } from "./call";

export function CallSettingsPanel({ project, call }: { project: number; call: Schemas["CallView"] }) {
  const [settings, setSettings] = useState<Settings>(call.settings);
  const [terms, setTerms] = useState(call.terms);
  const client = useQueryClient();
  const path = { project, call: call.id };
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PUT("/api/v1/projects/{project}/calls/{call}", { params: { path }, body: { settings, terms } }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.project(project) }),
  });
  const renew = useMutation({
    mutationFn: () => take(api.POST("/api/v1/projects/{project}/calls/{call}/link", { params: { path } })),
  });
  return (
    <Stack gap="md">
      <Panel
        title="Link"
        about="The server keeps only a hash of the link. With earlier links people can withdraw what they gave, and nothing else."
      >
        {renew.data ? <CallLink key={renew.data.token} token={renew.data.token} /> : null}
        <ErrorText error={renew.error} />
        <Group>
          <ConfirmButton
            question="Make a new link?"
            consequence="Nobody can give through the link that is out now; it is good for withdrawing only."
            act="Make a new link"
            onConfirm={() => renew.mutate()}
          >
            New link
          </ConfirmButton>
        </Group>
      </Panel>
      <Panel title="Settings" about={`The terms are version ${call.terms_version}.`}>
        <Stack gap="sm">
          <CallForm
            settings={settings}
            terms={terms}
            error={save.error}
            change={(part) => setSettings((before) => ({ ...before, ...part }))}
            changeTerms={setTerms}
          />
          <ErrorText error={besides(save.error, PLACES)} />
          <Group>
            <Button loading={save.isPending} onClick={() => save.mutate()}>
              Save
            </Button>
          </Group>
        </Stack>
      </Panel>
    </Stack>
  );
}
