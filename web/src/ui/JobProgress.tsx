// One job where somebody waits for it: how far it is, what it made, or why it stopped and what to do.
import { Button, Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, type Schemas, take } from "../api/client";
import { ended, jobQuery, keys } from "../app/queries";
import { ErrorText } from "./ErrorText";
import { capital, count, counted, duration } from "./format";
import { JobProblems } from "./JobProblems";
import { StateBadge } from "./StateBadge";

type Job = Schemas["JobView"];

export const JOB_NAMES: Record<string, string> = {
  import: "Import",
  collect: "Collect data",
  draw: "Draw a sample",
  profile: "Look at the data",
  plan: "Make tasks",
  resolve: "Resolve consensus",
  snapshot: "Freeze snapshot",
  export: "Export",
  train: "Learn from labels",
  autolabel: "Label by machine",
  audit: "Audit of machine labels",
  functions: "Apply labeling functions",
  map: "Make the map",
  bulk_label: "Label at once",
  concepts: "Load concepts",
};

export function jobName(kind: string): string {
  return JOB_NAMES[kind] ?? capital(kind);
}

/** What a job made, in words. */
export function outcome(job: Job): string {
  const result = (job.result ?? {}) as Record<string, number | undefined>;
  switch (job.kind) {
    case "import":
    case "collect": {
      const parts = [`${counted(result.added ?? 0, "item")} added`];
      if (result.known) parts.push(`${count(result.known)} known already`);
      if (result.refused) parts.push(`${count(result.refused)} refused`);
      return parts.join(", ");
    }
    case "draw":
      return `${counted(result.added ?? 0, "item")} drawn`;
    case "plan":
      return result.items_of_other_kind
        ? `${counted(result.tasks_added ?? 0, "task")} added, ${counted(result.items_of_other_kind, "item")} of another kind than the schema's`
        : `${counted(result.tasks_added ?? 0, "task")} added`;
    case "resolve":
      return `${counted(result.consensus_made ?? 0, "answer")} settled by vote`;
    case "snapshot": {
      const counts = (job.result as { counts?: Record<string, number> } | null)?.counts ?? {};
      return `${counted(counts.items ?? 0, "item")} with ${counted(counts.answers ?? 0, "answer")} frozen`;
    }
    case "export":
      return result.losses
        ? `written, with ${counted(result.losses, "kind")} of loss`
        : "written, nothing was lost";
    case "train":
    case "autolabel":
    case "audit":
      return learned(job);
    case "functions":
      return `${counted(result.prelabels ?? 0, "pre-label")} made from the votes of ${counted(result.functions ?? 0, "function")}`;
    case "map":
      return `${counted(result.items ?? 0, "item")} laid out in ${counted(result.clusters ?? 0, "cluster")}`;
    case "concepts":
      return `${counted(result.concepts ?? 0, "concept")} in the list${result.refused ? `, ${count(result.refused)} problems` : ""}`;
    case "bulk_label":
      return `${counted(result.labeled ?? 0, "task")} of ${count(result.tasks ?? 0)} ${result.undone ? "taken back" : "labeled"}`;
    default:
      return job.state;
  }
}

/** What a machine learned or labeled. */
function learned(job: Job): string {
  const result = (job.result ?? {}) as Record<string, number | string | boolean | undefined>;
  if (typeof result.reason === "string") {
    const asked = typeof result.asked === "number" && result.asked > 0 ? result.asked : 0;
    return asked > 0
      ? `${result.reason}; ${counted(asked, "task")} of the random sample come next in the queue`
      : result.reason;
  }
  if (job.kind === "train")
    return `run ${result.run} learned from ${counted(Number(result.labels ?? 0), "label")}`;
  if (result.pulled_back) return "all machine labels are with people again";
  return `${count(Number(result.right ?? 0))} of ${counted(Number(result.checked ?? 0), "check")} right`;
}

export function JobBar({ job }: { job: Job }) {
  const known = job.progress.total > 0;
  const share = known ? Math.min(100, (job.progress.done / job.progress.total) * 100) : 100;
  return (
    <Stack gap={4}>
      <Progress
        value={share}
        animated={!known || job.state === "running"}
        aria-label={`${jobName(job.kind)} progress`}
      />
      <Text size="xs" c="dimmed">
        {job.state === "queued" ? "waiting for its turn" : job.progress.message || "working"}
        {job.progress.done > 0
          ? `: ${count(job.progress.done)}${known ? ` of ${count(job.progress.total)}` : ""}`
          : null}
        {job.progress.eta_seconds != null && job.state === "running"
          ? `, about ${duration(job.progress.eta_seconds)} left`
          : null}
      </Text>
    </Stack>
  );
}

interface Props {
  job: number;
  /** Called once when the job has come to a good end. */
  onDone?: (job: Job) => void;
}

export function JobProgress({ job: id, onDone }: Props) {
  const query = useQuery(jobQuery(id));
  const client = useQueryClient();
  const told = useRef(false);
  const job = query.data;
  useEffect(() => {
    if (job?.state !== "done" || told.current) return;
    told.current = true;
    onDone?.(job);
  }, [job, onDone]);
  const again = () => client.invalidateQueries({ queryKey: keys.job(id) });
  const cancel = useMutation({
    mutationFn: () => take(api.POST("/api/v1/jobs/{job}/cancel", { params: { path: { job: id } } })),
    onSettled: again,
  });
  const retry = useMutation({
    mutationFn: () => take(api.POST("/api/v1/jobs/{job}/retry", { params: { path: { job: id } } })),
    onSettled: again,
  });
  if (!job) return <ErrorText error={query.error} retry={() => void query.refetch()} />;
  if (!ended(job.state)) {
    return (
      <Group align="flex-start" wrap="nowrap" role="status">
        <div style={{ flex: 1 }}>
          <Text size="sm" fw={500} mb={4}>
            {jobName(job.kind)}
          </Text>
          <JobBar job={job} />
        </div>
        <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel
        </Button>
      </Group>
    );
  }
  const good = job.state === "done";
  return (
    <Paper withBorder p="sm" role="status">
      <Group gap="xs">
        <Text size="sm" fw={500}>
          {jobName(job.kind)}
        </Text>
        <StateBadge state={job.state} />
        <Text size="sm">{good ? capital(outcome(job)) : job.message}</Text>
      </Group>
      {good ? null : (
        <Button size="xs" variant="default" mt="xs" loading={retry.isPending} onClick={() => retry.mutate()}>
          Try again
        </Button>
      )}
      <ErrorText error={retry.error} />
      {job.problems > 0 ? <JobProblems job={job.id} total={job.problems} /> : null}
    </Paper>
  );
}
