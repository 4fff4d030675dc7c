// Brings more data into a dataset, and into a project where one is given; with a look at it first, where that is wanted.
import { Button, Group, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { keys } from "../app/queries";
import { DEFAULT_IMPORT, type ImportOptions, previewImports, queueImports } from "../app/upload/importFiles";
import type { PickedFile } from "../app/upload/pick";
import { useUpload, wasCancelled } from "../app/upload/useUpload";
import { ErrorText } from "./ErrorText";
import { FilePicker } from "./FilePicker";
import { ImportOptionsFields } from "./ImportOptionsFields";
import { ImportPreview } from "./ImportPreview";
import { JobProgress } from "./JobProgress";
import { UploadStatus } from "./UploadStatus";

interface Props {
  workspace: number;
  /** The dataset, or how to make it just before the upload. */
  dataset: number | (() => Promise<number>);
  project?: number;
  /** The panes of the project's schema. */
  panes?: readonly Schemas["Pane"][];
}

export function ImportForm({ workspace, dataset, project, panes }: Props) {
  const [files, setFiles] = useState<PickedFile[]>([]);
  const [options, setOptions] = useState(DEFAULT_IMPORT);
  const [jobs, setJobs] = useState<number[]>([]);
  const uploader = useUpload(workspace);
  const client = useQueryClient();
  const bringIn = useMutation({
    mutationFn: async () => {
      const into = typeof dataset === "number" ? dataset : await dataset();
      const uploads = await uploader.run(files);
      const queued = await queueImports({ dataset: into, project, files, uploads, options });
      uploader.forget(files);
      return queued;
    },
    onSuccess: (made) => {
      setJobs(made);
      choose([]);
    },
  });
  const look = useMutation({
    mutationFn: async () => previewImports(workspace, files, await uploader.run(files), options),
  });
  // A look at other files, or at the same ones read in another way, is no longer one at these.
  const choose = (next: PickedFile[]) => {
    setFiles(next);
    look.reset();
  };
  const read = (next: ImportOptions) => {
    setOptions(next);
    look.reset();
  };
  const busy = bringIn.isPending || look.isPending;
  const done = () => {
    void client.invalidateQueries({ queryKey: keys.workspace(workspace) });
    void client.invalidateQueries({ queryKey: ["dataset"] });
    if (project !== undefined) void client.invalidateQueries({ queryKey: keys.project(project) });
  };
  return (
    <Stack gap="md">
      {jobs.map((job) => (
        <JobProgress key={job} job={job} onDone={done} />
      ))}
      <FilePicker files={files} disabled={busy} onChange={choose} />
      {files.length > 0 ? (
        <>
          <ImportOptionsFields files={files} panes={panes} value={options} onChange={read} />
          {uploader.progress ? (
            <UploadStatus progress={uploader.progress} onCancel={uploader.cancel} />
          ) : null}
          {wasCancelled(bringIn.error) ? null : <ErrorText error={bringIn.error} />}
          {wasCancelled(look.error) ? null : <ErrorText error={look.error} />}
          {look.data?.map((preview, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the looks stay in the order of the imports.
            <ImportPreview key={index} preview={preview} />
          ))}
          <Group>
            <Button loading={bringIn.isPending} disabled={look.isPending} onClick={() => bringIn.mutate()}>
              Upload and import
            </Button>
            <Button
              variant="default"
              loading={look.isPending}
              disabled={bringIn.isPending}
              onClick={() => look.mutate()}
            >
              Look at it first
            </Button>
          </Group>
        </>
      ) : null}
    </Stack>
  );
}
