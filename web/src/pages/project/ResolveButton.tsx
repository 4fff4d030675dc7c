import { Button, Stack, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, take } from "../../api/client";
import { keys } from "../../app/queries";
import { ErrorText } from "../../ui/ErrorText";
import { JobProgress } from "../../ui/JobProgress";

export function ResolveButton({ project }: { project: number }) {
  const client = useQueryClient();
  const resolve = useMutation({
    mutationFn: () => take(api.POST("/api/v1/projects/{project}/resolve", { params: { path: { project } } })),
  });
  return (
    <Stack gap="xs" align="flex-end" maw={420}>
      <Tooltip
        label="Finds one answer for every task whose answers are all in: by vote, or as a reviewer settled it."
        w={260}
      >
        <Button variant="default" loading={resolve.isPending} onClick={() => resolve.mutate()}>
          Resolve consensus
        </Button>
      </Tooltip>
      <ErrorText error={resolve.error} />
      {resolve.data ? (
        <JobProgress
          key={resolve.data.id}
          job={resolve.data.id}
          onDone={() => void client.invalidateQueries({ queryKey: keys.project(project) })}
        />
      ) : null}
    </Stack>
  );
}
