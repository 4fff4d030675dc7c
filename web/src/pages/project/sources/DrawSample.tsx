// A sample of datasets as a new dataset of the project: by weights, by a field of the metadata, or diverse. What would be
// drawn is shown before.
import { Button, Checkbox, Group, NumberInput, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { at, besides } from "../../../ui/errors";
import { count, counted } from "../../../ui/format";
import { JobProgress } from "../../../ui/JobProgress";
import { Panel } from "../../../ui/Panel";

const PAUSE_MS = 400;
const PLACES = ["/count", "/by/field", "/name"];

type By = "random" | "share" | "even" | "diverse";

interface Props {
  project: Schemas["ProjectView"];
  datasets: Schemas["DatasetView"][];
}

export function DrawSample({ project, datasets }: Props) {
  const [weights, setWeights] = useState<Record<number, number>>({});
  const [size, setSize] = useState(100);
  const [by, setBy] = useState<By>("random");
  const [field, setField] = useState("");
  const [seed, setSeed] = useState(1);
  const [name, setName] = useState(`${project.name}, sample`);
  const [jobs, setJobs] = useState<number[]>([]);
  const client = useQueryClient();
  const chosen = datasets.filter((one) => one.id in weights);
  const needsField = by === "share" || by === "even";
  const draw: Schemas["Draw"] = {
    datasets: chosen.map((one) => ({ dataset_id: one.id, weight: weights[one.id] ?? 1 })),
    count: size,
    by: needsField ? { type: "field", field, even: by === "even" } : { type: by },
    seed,
  };
  const [settled] = useDebouncedValue(JSON.stringify(draw), PAUSE_MS);
  const isWhole = chosen.length > 0 && (!needsField || field.trim() !== "");
  const preview = useQuery({
    queryKey: ["draw", project.id, settled],
    queryFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/draws/preview", {
          params: { path: { project: project.id } },
          body: JSON.parse(settled) as Schemas["Draw"],
        }),
      ),
    enabled: isWhole,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.workspace(project.workspace_id) });
    void client.invalidateQueries({ queryKey: keys.project(project.id) });
  };
  const begin = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/draws", {
          params: { path: { project: project.id } },
          body: { name, draw },
        }),
      ),
    onSuccess: (made) => {
      setJobs([made.id, ...jobs]);
      refresh();
    },
  });
  const error = begin.error ?? preview.error;
  const toggle = (id: number, on: boolean) => {
    const { [id]: _, ...others } = weights;
    setWeights(on ? { ...weights, [id]: 1 } : others);
  };
  if (datasets.length === 0) return null;
  return (
    <Panel
      title="Draw a sample"
      about="So many items of some datasets become a new dataset of this project. They keep where they come from; the same bytes are drawn once."
    >
      <Stack gap="md">
        {jobs.map((job) => (
          <JobProgress key={job} job={job} onDone={refresh} />
        ))}
        <Stack gap="xs" role="group" aria-label="Datasets to draw from">
          {datasets.map((one) => (
            <Group key={one.id}>
              <Checkbox
                label={one.name}
                w={260}
                checked={one.id in weights}
                onChange={(event) => toggle(one.id, event.currentTarget.checked)}
              />
              {one.id in weights && chosen.length > 1 ? (
                <NumberInput
                  aria-label={`Weight of ${one.name}`}
                  min={0}
                  step={1}
                  w={110}
                  size="xs"
                  prefix="weight "
                  value={weights[one.id]}
                  onChange={(value) => setWeights({ ...weights, [one.id]: Number(value) || 0 })}
                />
              ) : null}
            </Group>
          ))}
        </Stack>
        <Group align="flex-start">
          <NumberInput
            label="Items to draw"
            min={1}
            w={140}
            value={size}
            error={at(error, "/count")}
            onChange={(value) => setSize(Number(value) || 0)}
          />
          <Select
            label="How"
            allowDeselect={false}
            w={260}
            value={by}
            data={[
              { value: "random", label: "At random" },
              { value: "share", label: "By a field, in its shares" },
              { value: "even", label: "By a field, as many of each" },
              { value: "diverse", label: "As different as can be" },
            ]}
            onChange={(next) => setBy((next ?? "random") as By)}
          />
          {needsField ? (
            <TextInput
              label="Metadata field"
              placeholder="language"
              w={200}
              value={field}
              error={at(error, "/by/field")}
              onChange={(event) => setField(event.currentTarget.value)}
            />
          ) : null}
          <NumberInput
            label="Seed"
            min={0}
            w={100}
            value={seed}
            onChange={(value) => setSeed(Number(value) || 0)}
          />
          <TextInput
            label="Name of the sample"
            w={260}
            value={name}
            error={at(error, "/name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Group>
        {isWhole && preview.data && !preview.error ? (
          <Preview told={preview.data} datasets={datasets} />
        ) : null}
        <ErrorText error={besides(error, PLACES)} />
        <Group>
          <Button disabled={!isWhole} loading={begin.isPending} onClick={() => begin.mutate()}>
            Draw
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

function Preview({ told, datasets }: { told: Schemas["DrawView"]; datasets: Schemas["DatasetView"][] }) {
  const named = told.cells.some((cell) => cell.value != null);
  return (
    <Stack gap="xs">
      <Text size="sm">
        {counted(told.taken, "item")} will be drawn.
        {told.twice > 0
          ? ` ${counted(told.twice, "item")} with the same bytes as another one are left out.`
          : ""}
        {told.other_kind > 0 ? ` ${counted(told.other_kind, "item")} of another kind are left out.` : ""}
      </Text>
      <Table.ScrollContainer minWidth={420} mah={320}>
        <Table aria-label="What will be drawn">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Dataset</Table.Th>
              {named ? <Table.Th>Value</Table.Th> : null}
              <Table.Th>There are</Table.Th>
              <Table.Th>Drawn</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {told.cells.map((cell) => (
              <Table.Tr key={`${cell.dataset_id} ${cell.value ?? ""} ${cell.value == null}`}>
                <Table.Td>{datasets.find((one) => one.id === cell.dataset_id)?.name}</Table.Td>
                {named ? <Table.Td>{cell.value ?? "without"}</Table.Td> : null}
                <Table.Td>{count(cell.available)}</Table.Td>
                <Table.Td>{count(cell.taken)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
