// From the votes of all functions to pre-labels.
import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schemas, take } from "../../../api/client";
import { functionReportQuery, keys } from "../../../app/queries";
import { ErrorText } from "../../../ui/ErrorText";
import { counted, percent } from "../../../ui/format";
import { JobProgress } from "../../../ui/JobProgress";
import { Panel } from "../../../ui/Panel";

interface Props {
  project: Schemas["ProjectView"];
  field: Schemas["Field"];
  functions: Schemas["FunctionView"][];
}

export function ApplyPanel({ project, field, functions }: Props) {
  const client = useQueryClient();
  const voting = functions.filter((one) => one.enabled).length;
  const report = useQuery({ ...functionReportQuery(project.id, field.id), enabled: voting > 0 });
  const apply = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/functions/apply", {
          params: { path: { project: project.id } },
          body: { field: field.id },
        }),
      ),
  });
  if (voting === 0) return null;
  return (
    <Panel
      title="All together"
      about="A label model weighs the functions by how they agree, and gives every item with a vote its likeliest option with a probability. It is used only where it is right at least as often as the majority of votes."
      actions={
        <Button loading={apply.isPending} onClick={() => apply.mutate()}>
          Make pre-labels
        </Button>
      }
    >
      <Stack gap="xs">
        {report.data ? <Together report={report.data} /> : null}
        <ErrorText error={apply.error} />
        {apply.data ? (
          <JobProgress
            key={apply.data.id}
            job={apply.data.id}
            onDone={() => void client.invalidateQueries({ queryKey: keys.project(project.id) })}
          />
        ) : null}
      </Stack>
    </Panel>
  );
}

function Together({ report }: { report: Schemas["FunctionReportView"] }) {
  const { labeled, majority_right: majority, model_right: model } = report;
  return (
    <>
      <Text size="sm">
        {percent(report.coverage, 1)} of the items have a vote.{" "}
        {labeled === 0
          ? "None of them has a known value yet: label some to see how often the votes are right."
          : `Of ${counted(labeled, "item")} with a vote and a known value the label model gets ${percent(model / labeled)} right, the majority ${percent(majority / labeled)}.`}
      </Text>
      {report.notes.map((note) => (
        <Text key={note} size="xs" c="dimmed">
          {note}
        </Text>
      ))}
    </>
  );
}
