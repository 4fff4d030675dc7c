// Brings more data into a dataset, and into a project where one is given.
import { Button, Group, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../app/queries";
import { DEFAULT_IMPORT, queueImports } from "../app/upload/importFiles";
import type { PickedFile } from "../app/upload/pick";
import { useUpload, wasCancelled } from "../app/upload/useUpload";
import { ErrorText } from "./ErrorText";
import { FilePicker } from "./FilePicker";
import { ImportOptionsFields } from "./ImportOptionsFields";
import { JobProgress } from "./JobProgress";
import { UploadStatus } from "./UploadStatus";

interface Props {
  workspace: number;
  /** The dataset, or how to make it just before the upload. */
  dataset: number | (() => Promise<number>);
  project?: number;
}

export function ImportForm({ workspace, dataset, project }: Props) {
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
      setFiles([]);
    },
  });
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
      <FilePicker files={files} disabled={bringIn.isPending} onChange={setFiles} />
      {files.length > 0 ? (
        <>
          <ImportOptionsFields files={files} value={options} onChange={setOptions} />
          {uploader.progress ? (
            <UploadStatus progress={uploader.progress} onCancel={uploader.cancel} />
          ) : null}
          {wasCancelled(bringIn.error) ? null : <ErrorText error={bringIn.error} />}
          <Group>
            <Button loading={bringIn.isPending} onClick={() => bringIn.mutate()}>
              Upload and import
            </Button>
          </Group>
        </>
      ) : null}
    </Stack>
  );
}
