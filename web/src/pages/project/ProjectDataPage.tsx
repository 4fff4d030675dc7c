// More data for a project: files into a dataset of choice, or a dataset that is there already.
import { Button, Group, List, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { attachedQuery, datasetsQuery, keys, schemaVersionQuery } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { counted } from "../../ui/format";
import { ImportForm } from "../../ui/ImportForm";
import { Loaded } from "../../ui/Loaded";
import { AnchorLink } from "../../ui/links";
import { Panel } from "../../ui/Panel";
import { useProject } from "./useProject";

type Project = Schemas["ProjectView"];
type Dataset = Schemas["DatasetView"];

const NEW = "new";

export default function ProjectDataPage() {
  const project = useProject();
  const query = useQuery(datasetsQuery(project.workspace_id));
  return (
    <Loaded query={query}>
      {(datasets) => (
        <Stack gap="md">
          <Attached project={project} datasets={datasets} />
          <Upload project={project} datasets={datasets} />
          {datasets.length > 0 ? <Attach project={project} datasets={datasets} /> : null}
        </Stack>
      )}
    </Loaded>
  );
}

/** What the tasks of the project are made from. */
function Attached({ project, datasets }: { project: Project; datasets: Dataset[] }) {
  const query = useQuery(attachedQuery(project.id));
  return (
    <Panel title="Datasets of this project" about="Every item of these is a task, once.">
      <Loaded query={query}>
        {(attached) =>
          attached.length === 0 ? (
            <Text size="sm">None yet: upload files below, or use a dataset that is there.</Text>
          ) : (
            <List size="sm">
              {attached.map((one) => (
                <List.Item key={one.id}>
                  <AnchorLink to="/data/$datasetId" params={{ datasetId: one.id }} size="sm">
                    {one.name}
                  </AnchorLink>
                  {`, ${counted(datasets.find((known) => known.id === one.id)?.items ?? 0, "item")}`}
                </List.Item>
              ))}
            </List>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Upload({ project, datasets }: { project: Project; datasets: Dataset[] }) {
  const [into, setInto] = useState(NEW);
  const [name, setName] = useState(project.name);
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data;
  const client = useQueryClient();
  const create = async () => {
    const made = await take(
      api.POST("/api/v1/workspaces/{workspace}/datasets", {
        params: { path: { workspace: project.workspace_id } },
        body: { name },
      }),
    );
    await client.invalidateQueries({ queryKey: datasetsQuery(project.workspace_id).queryKey });
    // A second try after a failed upload goes into the dataset that the first one made.
    setInto(String(made.id));
    return made.id;
  };
  return (
    <Panel
      title="Upload"
      about="Files become items of a dataset, and every item becomes a task of this project."
    >
      <Stack gap="md">
        <Group align="flex-start">
          <Select
            label="Into the dataset"
            allowDeselect={false}
            w={280}
            value={into}
            data={[
              { value: NEW, label: "A new one" },
              ...datasets.map((one) => ({ value: String(one.id), label: one.name })),
            ]}
            onChange={(next) => setInto(next ?? NEW)}
          />
          {into === NEW ? (
            <TextInput
              label="Name of the new dataset"
              w={280}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          ) : null}
        </Group>
        <ImportForm
          workspace={project.workspace_id}
          dataset={into === NEW ? create : Number(into)}
          project={project.id}
          panes={schema?.document.panes}
        />
      </Stack>
    </Panel>
  );
}

function Attach({ project, datasets }: { project: Project; datasets: Dataset[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const client = useQueryClient();
  const attach = useMutation({
    mutationFn: () =>
      take(
        api.PATCH("/api/v1/projects/{project}", {
          params: { path: { project: project.id } },
          body: { dataset_ids: [Number(chosen)] },
        }),
      ),
    onSuccess: () => {
      setChosen(null);
      void client.invalidateQueries({ queryKey: keys.project(project.id) });
    },
  });
  const dataset = datasets.find((one) => String(one.id) === chosen);
  return (
    <Panel
      title="Use a dataset that is there"
      about={
        <>
          All its items become tasks, also those that come later. What is a task already stays as it is.
          Datasets are looked at under{" "}
          <AnchorLink to="/data" size="sm" underline="always">
            Data
          </AnchorLink>
          .
        </>
      }
    >
      <Group align="flex-end">
        <Select
          label="Dataset"
          placeholder="Choose one"
          w={280}
          searchable
          value={chosen}
          error={at(attach.error, "/dataset_ids/0")}
          data={datasets.map((one) => ({
            value: String(one.id),
            label: `${one.name} (${counted(one.items, "item")})`,
          }))}
          onChange={setChosen}
        />
        <Button
          variant="default"
          disabled={!dataset}
          loading={attach.isPending}
          onClick={() => attach.mutate()}
        >
          Use it
        </Button>
      </Group>
      <ErrorText error={besides(attach.error, ["/dataset_ids/0"])} />
      {attach.isSuccess && !chosen ? (
        <Group mt="xs" role="status">
          The tasks are being made; they appear under Tasks.
        </Group>
      ) : null}
    </Panel>
  );
}
