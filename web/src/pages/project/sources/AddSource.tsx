// A new source: what it is, which dataset it goes into, and how far the collection is.
import { Button, Group, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { datasetsQuery, keys, schemaVersionQuery } from "../../../app/queries";
import { connectionsQuery } from "../../../app/sources";
import { ErrorText } from "../../../ui/ErrorText";
import { besides } from "../../../ui/errors";
import { JobProgress } from "../../../ui/JobProgress";
import { Panel } from "../../../ui/Panel";
import { ApifyFields, BucketFields, DatabaseFields } from "./KeyedFields";
import { AugmentationFields, filled, SynthesisFields } from "./MadeFields";
import { HttpFields, HubFields, WebFields } from "./SourceFields";
import { EMPTY, isMade, type Kind, mistake, PAUSES, PLACES, type Written, wanted } from "./source";

interface Props {
  project: Schemas["ProjectView"];
  datasets: Schemas["DatasetView"][];
}

const NEW = "new";

export function AddSource({ project, datasets }: Props) {
  const [typed, setTyped] = useState<Written>(EMPTY);
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data?.document;
  const written = filled(typed, schema);
  const [into, setInto] = useState(NEW);
  const [name, setName] = useState(`${project.name}, collected`);
  const [every, setEvery] = useState("");
  const [jobs, setJobs] = useState<number[]>([]);
  const connections = useQuery(connectionsQuery(project.workspace_id));
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.workspace(project.workspace_id) });
    void client.invalidateQueries({ queryKey: ["dataset"] });
    void client.invalidateQueries({ queryKey: keys.project(project.id) });
  };
  const add = useMutation({
    mutationFn: async () => {
      const wrong = mistake(written);
      if (wrong !== undefined) throw new Error(wrong);
      let dataset = Number(into);
      if (into === NEW) {
        const made = await take(
          api.POST("/api/v1/workspaces/{workspace}/datasets", {
            params: { path: { workspace: project.workspace_id } },
            body: { name },
          }),
        );
        dataset = made.id;
        await client.invalidateQueries({ queryKey: datasetsQuery(project.workspace_id).queryKey });
        // A second try after a mistake goes into the dataset that the first one made.
        setInto(String(dataset));
      }
      return take(
        api.POST("/api/v1/datasets/{dataset}/collections", {
          params: { path: { dataset } },
          body: {
            source: wanted(written),
            project_id: project.id,
            every_seconds: every === "" || isMade(written.kind) ? null : Number(every),
          },
        }),
      );
    },
    onSuccess: (made) => {
      setJobs([made.id, ...jobs]);
      setTyped({ ...EMPTY, kind: written.kind });
      setEvery("");
      refresh();
    },
  });
  const change = (part: Partial<Written>) => {
    // What was wrong with what was written before is not said of what is written now.
    if (add.isError) add.reset();
    setTyped({ ...typed, ...part });
  };
  const fields = { written, change, error: add.error };
  const keyed = { ...fields, connections: connections.data ?? [] };
  return (
    <Panel
      title="Add a source"
      about="Every item keeps where it comes from, when it was fetched, its hash, and the licence that its page names. Use only what you may use."
    >
      <Stack gap="md">
        {jobs.map((job) => (
          <JobProgress key={job} job={job} onDone={refresh} />
        ))}
        <SegmentedControl
          aria-label="Kind of source"
          value={written.kind}
          onChange={(kind) => change({ kind: kind as Kind, connection: "" })}
          data={[
            { value: "web", label: "Web site" },
            { value: "hub", label: "Dataset hub" },
            { value: "http", label: "Address of a file" },
            { value: "bucket", label: "Bucket" },
            { value: "apify", label: "Apify" },
            { value: "database", label: "Database" },
            { value: "synthesis", label: "Make by a recipe" },
            { value: "augmentation", label: "Change copies" },
          ]}
          style={{ alignSelf: "flex-start", maxWidth: "100%", overflowX: "auto" }}
        />
        {written.kind === "web" ? <WebFields {...fields} project={project.id} /> : null}
        {written.kind === "hub" ? <HubFields {...fields} /> : null}
        {written.kind === "http" ? <HttpFields {...fields} /> : null}
        {written.kind === "bucket" ? <BucketFields {...keyed} /> : null}
        {written.kind === "apify" ? <ApifyFields {...keyed} /> : null}
        {written.kind === "database" ? <DatabaseFields {...keyed} /> : null}
        {written.kind === "synthesis" && schema ? <SynthesisFields {...fields} schema={schema} /> : null}
        {written.kind === "augmentation" && schema ? (
          <AugmentationFields {...fields} schema={schema} project={project.id} />
        ) : null}
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
          {isMade(written.kind) ? null : (
            <Select
              label="How often"
              allowDeselect={false}
              w={200}
              value={every}
              data={PAUSES}
              onChange={(next) => setEvery(next ?? "")}
            />
          )}
        </Group>
        <ErrorText error={besides(add.error, PLACES)} />
        <Group>
          <Button loading={add.isPending} onClick={() => add.mutate()}>
            {isMade(written.kind) ? "Make" : "Collect"}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
