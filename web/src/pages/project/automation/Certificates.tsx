// Labels by machine, only where a certificate covers them, and what people found when they checked.
import { Badge, Button, Group, List, NumberInput, Paper, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { ended, keys } from "../../../app/queries";
import { ConfirmButton } from "../../../ui/ConfirmButton";
import { ErrorText } from "../../../ui/ErrorText";
import { capital, count, counted, dateTime, percent } from "../../../ui/format";
import { Panel } from "../../../ui/Panel";
import { useProject } from "../useProject";
import { stateWords } from "./words";

type Automation = Schemas["AutomationView"];
type Certificate = Schemas["CertificateView"];

export function Certificates({ automation, manages }: { automation: Automation; manages: boolean }) {
  const standing = automation.certificates.some((one) => one.state === "holds" || one.state === "labeling");
  return (
    <Panel
      title="Label by machine"
      about="Tasks are labeled by machine only where a test on the random sample shows that enough of the labels are right. People go on checking some of them at random; when the checks show that the target is missed, all of them go back to people."
    >
      <Stack gap="md">
        {manages && !standing ? <Form automation={automation} /> : null}
        {automation.certificates.map((one) => (
          <One key={one.id} certificate={one} manages={manages} />
        ))}
        {automation.certificates.length === 0 && !manages ? (
          <Text size="sm">No task was labeled by machine.</Text>
        ) : null}
      </Stack>
    </Panel>
  );
}

function Form({ automation }: { automation: Automation }) {
  const project = useProject();
  const client = useQueryClient();
  const [target, setTarget] = useState<number | string>(95);
  const [risk, setRisk] = useState<number | string>(5);
  const label = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/autolabel", {
          params: { path: { project: project.id } },
          body: { target: Number(target) / 100, risk: Number(risk) / 100 },
        }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.project(project.id) }),
  });
  const running = automation.job != null && !ended(automation.job.state);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        label.mutate();
      }}
    >
      <Group align="flex-end" gap="md">
        <NumberInput
          label="Labels that shall be right, %"
          min={1}
          max={99.9}
          value={target}
          onChange={setTarget}
        />
        <NumberInput label="Risk that they are not, %" min={0.1} max={50} value={risk} onChange={setRisk} />
        <Button type="submit" variant="default" disabled={running} loading={label.isPending}>
          Label by machine
        </Button>
      </Group>
      <ErrorText error={label.error} />
    </form>
  );
}

interface Document {
  reason?: string;
  sample?: number;
  sample_above?: number;
  right_above?: number;
  cut?: number | null;
  needed?: number;
  model_run?: number;
  method?: string;
  assumptions?: string[];
}

function One({ certificate, manages }: { certificate: Certificate; manages: boolean }) {
  const project = useProject();
  const client = useQueryClient();
  const document = certificate.document as Document;
  const withdraw = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/certificates/{certificate}/withdraw", {
          params: { path: { project: project.id, certificate: certificate.id } },
        }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.project(project.id) }),
  });
  const { state } = certificate;
  return (
    <Paper withBorder p="sm" component="section" aria-label={`Certificate ${certificate.id}`}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text fw={600} size="sm">
            Certificate {certificate.id}
          </Text>
          <Badge variant="default">{stateWords(state)}</Badge>
          <Text size="sm" c="dimmed">
            {dateTime(certificate.created_at)}
          </Text>
        </Group>
        {manages && state === "holds" ? (
          <ConfirmButton
            question="Withdraw this certificate?"
            consequence={`${counted(certificate.automatic, "machine label")} go back to people as open tasks. What people have answered stays.`}
            act="Withdraw"
            loading={withdraw.isPending}
            onConfirm={() => withdraw.mutate()}
          >
            Withdraw
          </ConfirmButton>
        ) : null}
      </Group>
      <Text size="sm" mt={4}>
        At least {percent(certificate.target, 1)} right, at a risk of {percent(certificate.risk, 1)}.{" "}
        {document.reason ? `${capital(document.reason)}.` : ""}
      </Text>
      {certificate.automatic > 0 ? (
        <Text size="sm">
          {counted(certificate.automatic, "task")} labeled by machine. Checked by people at random:{" "}
          {count(certificate.checked)}, right: {count(certificate.checked_right)}; at every moment of the
          audit at least {percent(certificate.lower_bound, 1)} are right.
          {certificate.undecided > 0
            ? ` People are divided over ${counted(certificate.undecided, "check")}: settle them under Review.`
            : ""}
          {state === "pulled_back" ? " The target was missed: all labels went back to people." : ""}
        </Text>
      ) : null}
      <details>
        <summary>Sample and assumptions</summary>
        <Text size="sm">
          Sample: {count(document.sample ?? 0)} random tasks, {count(document.right_above ?? 0)} of{" "}
          {count(document.sample_above ?? 0)} right above the cut; at least {count(document.needed ?? 0)} are
          needed. Model of run {document.model_run}; {document.method}.
        </Text>
        <List size="sm">
          {(document.assumptions ?? []).map((one) => (
            <List.Item key={one}>{one}</List.Item>
          ))}
        </List>
      </details>
      <ErrorText error={withdraw.error} />
    </Paper>
  );
}
