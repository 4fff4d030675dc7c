// A new call: what is asked for, under which terms, and into which dataset it goes. Its link is shown once.
import { Button, Group, Select, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, take } from "../../../api/client";
import { datasetsQuery, keys } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { besides } from "../../../ui/errors";
import { ButtonLink } from "../../../ui/links";
import { Panel } from "../../../ui/Panel";
import { useProject } from "../useProject";
import { CallForm, PLACES } from "./CallForm";
import { CallLink } from "./CallLink";
import { EMPTY, type Settings } from "./call";

const NEW = "new";

export default function NewCallPage() {
  const project = useProject();
  const datasets = useQuery(datasetsQuery(project.workspace_id));
  const [settings, setSettings] = useState<Settings>(EMPTY);
  const [terms, setTerms] = useState("");
  const [into, setInto] = useState(NEW);
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/calls", {
          params: { path: { project: project.id } },
          body: { settings, terms, dataset_id: into === NEW ? null : Number(into) },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.project(project.id) });
      void client.invalidateQueries({ queryKey: keys.workspace(project.workspace_id) });
    },
  });
  if (make.data) {
    return (
      <Stack gap="md">
        <CallLink token={make.data.token} />
        <Group>
          <ButtonLink
            to="/projects/$projectId/calls/$callId"
            params={{ projectId: project.id, callId: make.data.id }}
          >
            Go to the call
          </ButtonLink>
        </Group>
      </Stack>
    );
  }
  return (
    <Panel title="New call for contributions">
      <Stack gap="sm">
        <CallForm
          settings={settings}
          terms={terms}
          error={make.error}
          change={(part) => setSettings((before) => ({ ...before, ...part }))}
          changeTerms={setTerms}
        />
        <Select
          label="What is accepted goes into the dataset"
          allowDeselect={false}
          w={300}
          value={into}
          data={[
            { value: NEW, label: "A new one, named like the call" },
            ...(datasets.data ?? []).map((one) => ({ value: String(one.id), label: one.name })),
          ]}
          onChange={(next) => setInto(next ?? NEW)}
        />
        <ErrorText error={besides(make.error, PLACES)} />
        <Group>
          <Button loading={make.isPending} onClick={() => make.mutate()}>
            Make the call
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
