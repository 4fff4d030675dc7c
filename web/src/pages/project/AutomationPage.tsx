// What a machine learns while people label: how good it is, what comes next, and what it may label by itself.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../api/client";
import { automationQuery, ended, keys } from "../../app/queries";
import { atLeast } from "../../app/roles";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorText } from "../../ui/ErrorText";
import { count, counted } from "../../ui/format";
import { JobProgress } from "../../ui/JobProgress";
import { Loaded } from "../../ui/Loaded";
import { ButtonLink } from "../../ui/links";
import { Panel } from "../../ui/Panel";
import { Certificates } from "./automation/Certificates";
import { LearningCurve } from "./automation/LearningCurve";
import { Queue } from "./automation/Queue";
import { RuleForm } from "./automation/RuleForm";
import { useProject } from "./useProject";

type Automation = Schemas["AutomationView"];

export default function AutomationPage() {
  const project = useProject();
  const query = useQuery(automationQuery(project.id));
  return (
    <Loaded query={query}>
      {(automation) =>
        automation.unusable ? (
          <EmptyState title="Nothing can be learned here">{automation.unusable}</EmptyState>
        ) : (
          <Parts automation={automation} />
        )
      }
    </Loaded>
  );
}

function Parts({ automation }: { automation: Automation }) {
  const project = useProject();
  const manages = atLeast(project.role, "manager");
  return (
    <Stack gap="md">
      <Model automation={automation} manages={manages} />
      {automation.runs.length > 0 ? <LearningCurve project={project.id} runs={automation.runs} /> : null}
      {manages ? <RuleForm key={project.version} automation={automation} /> : null}
      <Queue automation={automation} />
      <Certificates automation={automation} manages={manages} />
    </Stack>
  );
}

function Model({ automation, manages }: { automation: Automation; manages: boolean }) {
  const project = useProject();
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: keys.project(project.id) });
  const train = useMutation({
    mutationFn: () =>
      take(api.POST("/api/v1/projects/{project}/train", { params: { path: { project: project.id } } })),
    onSuccess: again,
  });
  const { job } = automation;
  const running = job != null && !ended(job.state);
  const last = automation.runs.at(-1);
  return (
    <Panel
      title="Model"
      about={`Learns “${automation.field?.title ?? ""}” from people's answers. Items as numbers: ${automation.features ?? ""}.`}
      actions={
        manages ? (
          <Button size="xs" loading={train.isPending} disabled={running} onClick={() => train.mutate()}>
            Train now
          </Button>
        ) : null
      }
    >
      <Stack gap="sm">
        {last ? (
          <Text size="sm">
            Run {last.number} learned from {counted(last.labels, "label")}. {share(last.accuracy)}{" "}
            {control(last.control)}
          </Text>
        ) : (
          <First automation={automation} />
        )}
        {automation.blind ? <Text size="sm">This project is blind: labelers see no suggestions.</Text> : null}
        <ErrorText error={train.error} />
        {job ? <JobProgress key={job.id} job={job.id} onDone={again} /> : null}
      </Stack>
    </Panel>
  );
}

/** What to do before there is a model. */
function First({ automation }: { automation: Automation }) {
  const project = useProject();
  const { finished, labels_minimum: least } = automation;
  const missing = Math.max(0, least - finished);
  return (
    <Group gap="sm">
      <Text size="sm">
        {missing > 0
          ? `Label ${counted(missing, "task")} more, of at least two kinds: ${count(least)} labels are the least to learn from.`
          : `${counted(finished, "task")} are labeled: train now, and every other task gets a suggestion.`}
      </Text>
      {missing > 0 ? (
        <ButtonLink
          to="/projects/$projectId/label"
          params={{ projectId: project.id }}
          size="xs"
          variant="default"
        >
          Label tasks
        </ButtonLink>
      ) : null}
    </Group>
  );
}

type Share = Schemas["ShareView"] | null | undefined;

function share(found: Share): string {
  return found
    ? `It guessed ${count(found.right)} of ${count(found.all)} labels that it had not seen (${Math.round(found.share * 100)} %).`
    : "";
}

function control(found: Share): string {
  return found
    ? `On the random control slice, which is the honest number, ${count(found.right)} of ${count(found.all)}.`
    : "No task of the random control slice is labeled yet.";
}
