import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../api/client";
import { ended, jobQuery, keys } from "../../app/queries";
import { useWorkspace } from "../../app/workspace";
import { ErrorText } from "../../ui/ErrorText";
import { capital, count, dateTime, duration } from "../../ui/format";
import { JobProblems } from "../../ui/JobProblems";
import { JobBar, jobName, outcome } from "../../ui/JobProgress";
import { Loaded } from "../../ui/Loaded";
import { AnchorLink } from "../../ui/links";
import { StateBadge } from "../../ui/StateBadge";

type Job = Schemas["JobView"];

interface Props {
  job: Job;
  project: Schemas["ProjectView"] | undefined;
}

export function JobRow({ job, project }: Props) {
  const workspace = useWorkspace();
  const client = useQueryClient();
  const [open, details] = useDisclosure(false);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.jobs(workspace.id) });
    void client.invalidateQueries({ queryKey: keys.job(job.id) });
  };
  const path = { job: job.id };
  const cancel = useMutation({
    mutationFn: () => take(api.POST("/api/v1/jobs/{job}/cancel", { params: { path } })),
    onSettled: refresh,
  });
  const retry = useMutation({
    mutationFn: () => take(api.POST("/api/v1/jobs/{job}/retry", { params: { path } })),
    onSettled: refresh,
  });
  const over = ended(job.state);
  const name = `${jobName(job.kind)} ${job.id}`;
  return (
    <Paper withBorder p="sm" component="li">
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={2} style={{ flex: "1 1 18rem", minWidth: 0 }}>
          <Group gap="xs">
            <Text size="sm" fw={500}>
              {jobName(job.kind)}
            </Text>
            <StateBadge state={job.state} />
            {project ? (
              <AnchorLink to="/projects/$projectId" params={{ projectId: project.id }} size="sm">
                {project.name}
              </AnchorLink>
            ) : null}
          </Group>
          {over ? (
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {job.state === "done" ? capital(outcome(job)) : job.message}
            </Text>
          ) : (
            <JobBar job={job} />
          )}
          <Text size="xs" c="dimmed">
            Job {job.id}, {dateTime(job.created_at)}
            {job.started_at && job.finished_at
              ? `, took ${duration(seconds(job.started_at, job.finished_at))}`
              : ""}
            {job.attempts > 1 ? `, ${count(job.attempts)} attempts` : ""}
          </Text>
        </Stack>
        <Group gap="xs">
          {over ? (
            <Button
              size="xs"
              variant="default"
              aria-expanded={open}
              onClick={details.toggle}
              aria-label={`Details of ${name}`}
            >
              Details
            </Button>
          ) : (
            <Button
              size="xs"
              variant="default"
              loading={cancel.isPending}
              onClick={() => cancel.mutate()}
              aria-label={`Cancel ${name}`}
            >
              Cancel
            </Button>
          )}
          {over && job.state !== "done" ? (
            <Button
              size="xs"
              variant="default"
              loading={retry.isPending}
              onClick={() => retry.mutate()}
              aria-label={`Try ${name} again`}
            >
              Try again
            </Button>
          ) : null}
        </Group>
      </Group>
      <ErrorText error={cancel.error ?? retry.error} />
      {open ? <Details id={job.id} /> : null}
    </Paper>
  );
}

function seconds(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

function Details({ id }: { id: number }) {
  const query = useQuery(jobQuery(id));
  return (
    <Loaded query={query}>
      {(job) => (
        <div>
          <Text size="xs" c="dimmed" ff="monospace" mt="xs" style={{ overflowWrap: "anywhere" }}>
            {job.result ? JSON.stringify(job.result) : job.message}
          </Text>
          {job.problems > 0 ? (
            <JobProblems job={job.id} total={job.problems} />
          ) : (
            <Text size="sm" mt="xs">
              No record had a problem.
            </Text>
          )}
        </div>
      )}
    </Loaded>
  );
}
