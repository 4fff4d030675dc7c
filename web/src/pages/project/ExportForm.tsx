import { Button, Fieldset, Group, Select, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../api/client";
import { exportsQuery, formatsQuery } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";
import { at, besides } from "../../ui/errors";
import { FormatOptionFields, type FormatOptions } from "../../ui/FormatOptionFields";
import { JobProgress } from "../../ui/JobProgress";
import { Loaded } from "../../ui/Loaded";
import { ExportPreview } from "./ExportPreview";

export function ExportForm({ project, snapshot }: { project: number; snapshot: Schemas["SnapshotView"] }) {
  const formats = useQuery(formatsQuery);
  const [format, setFormat] = useState<string | null>(null);
  const [answers, setAnswers] = useState("consensus");
  const [media, setMedia] = useState("none");
  const [options, setOptions] = useState<FormatOptions>({});
  const client = useQueryClient();
  const write = useMutation({
    mutationFn: (chosen: string) =>
      take(
        api.POST("/api/v1/snapshots/{snapshot}/exports", {
          params: { path: { snapshot: snapshot.id } },
          body: { format: chosen, answers, media, options },
        }),
      ),
  });
  return (
    <Fieldset legend={`Export ${snapshot.name}`}>
      <Loaded query={formats}>
        {(all) => {
          const writable = all.filter((one) => one.writes);
          const chosen = format ?? writable[0]?.id ?? "";
          const known = writable.find((one) => one.id === chosen);
          return (
            <Stack gap="sm">
              <Group align="flex-end">
                <Select
                  label="Format"
                  searchable
                  description={known?.carries}
                  allowDeselect={false}
                  w={300}
                  value={chosen}
                  data={writable.map((one) => ({ value: one.id, label: one.title }))}
                  error={at(write.error, "/format")}
                  onChange={(next) => {
                    setFormat(next);
                    setOptions({});
                  }}
                />
                <Select
                  label="Answers"
                  description="Which of them the file holds"
                  allowDeselect={false}
                  w={260}
                  value={answers}
                  data={[
                    { value: "consensus", label: "One an item: the consensus" },
                    { value: "all", label: "Everybody's" },
                    { value: "accepted", label: "Those a reviewer accepted" },
                  ]}
                  onChange={(next) => setAnswers(next ?? "consensus")}
                />
                <Select
                  label="Pictures and other data"
                  description="Beside the labels, or not at all"
                  allowDeselect={false}
                  w={260}
                  value={media}
                  data={[
                    { value: "none", label: "Labels alone" },
                    { value: "copy", label: "With the data, as a zip file" },
                  ]}
                  onChange={(next) => setMedia(next ?? "none")}
                />
                <Button loading={write.isPending} onClick={() => write.mutate(chosen)}>
                  Write the file
                </Button>
              </Group>
              <FormatOptionFields
                options={(known?.options ?? []).filter((option) => option.writes)}
                value={options}
                onChange={setOptions}
              />
              {chosen === "" ? null : (
                <ExportPreview
                  snapshot={snapshot.id}
                  format={chosen}
                  answers={answers}
                  media={media}
                  options={options}
                />
              )}
              <ErrorText error={besides(write.error, ["/format"])} />
              {write.data ? (
                <JobProgress
                  key={write.data.id}
                  job={write.data.id}
                  onDone={() => void client.invalidateQueries({ queryKey: exportsQuery(project).queryKey })}
                />
              ) : null}
            </Stack>
          );
        }}
      </Loaded>
    </Fieldset>
  );
}
