// How a project stands: progress, pace, what was labeled, who labeled.
import { SimpleGrid, Stack, Text } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { atLeast } from "../../app/roles";
import { EmptyState } from "../../ui/EmptyState";
import { count, duration } from "../../ui/format";
import { JobProgress } from "../../ui/JobProgress";
import { ButtonLink } from "../../ui/links";
import { Panel } from "../../ui/Panel";
import { ProgressBar, ProgressLegend } from "../../ui/ProgressBar";
import { Distribution } from "./Distribution";
import { Labelers } from "./Labelers";
import { NoTasks } from "./NoTasks";
import { ResolveButton } from "./ResolveButton";
import { useProject } from "./useProject";

export default function OverviewPage() {
  const project = useProject();
  const { jobs = [] } = useSearch({ from: "/app/projects/$projectId/" });
  const params = { projectId: project.id };
  const { progress } = project;
  if (!atLeast(project.role, "reviewer")) {
    return (
      <EmptyState
        title="You label in this project"
        action={
          <ButtonLink to="/projects/$projectId/label" params={params}>
            Label
          </ButtonLink>
        }
      >
        Read the guidelines, then take the next task. Numbers and other people's answers are for reviewers.
      </EmptyState>
    );
  }
  const manages = atLeast(project.role, "manager");
  return (
    <Stack gap="md">
      {manages ? jobs.map((job) => <JobProgress key={job} job={job} />) : null}
      {progress.tasks === 0 ? (
        <NoTasks project={project} manages={manages} />
      ) : (
        <Panel title="Progress" actions={manages ? <ResolveButton project={project.id} /> : undefined}>
          <Stack gap="sm">
            <ProgressBar progress={progress} size="lg" />
            <ProgressLegend progress={progress} />
            <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm" mt={4}>
              <Fact name="Tasks" value={count(progress.tasks)} />
              <Fact
                name="Answers"
                value={`${count(progress.seats_submitted)} of ${count(
                  progress.seats_submitted + progress.seats_open + progress.seats_leased,
                )}`}
              />
              <Fact name="Being labeled" value={count(progress.seats_leased)} />
              <Fact name="Pace" value={`${count(progress.pace_per_hour)} per hour`} />
              <Fact
                name="All answers in"
                value={
                  progress.eta_seconds != null
                    ? `about ${duration(progress.eta_seconds)}`
                    : progress.seats_open + progress.seats_leased === 0
                      ? "yes"
                      : "nobody labels now"
                }
              />
              <Fact name="Flagged" value={count(progress.flagged)} />
            </SimpleGrid>
          </Stack>
        </Panel>
      )}
      <Distribution project={project} />
      <Labelers project={project.id} />
    </Stack>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={600}>{value}</Text>
    </div>
  );
}
