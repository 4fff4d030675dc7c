// One call: what came in, who gave it, its settings and its link.
import { Badge, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../../api/client";
import { callQuery } from "../../../app/sources";
import { EmptyState } from "../../../ui/EmptyState";
import { isStatus } from "../../../ui/errors";
import { count, counted } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { ButtonLink } from "../../../ui/links";
import { useProject } from "../useProject";
import { CallSettingsPanel } from "./CallSettingsPanel";
import { Contributors } from "./Contributors";
import { stateOf } from "./call";
import { Moderation } from "./Moderation";

export default function CallPage() {
  const project = useProject();
  const { callId } = useParams({ from: "/app/projects/$projectId/calls/$callId" });
  const query = useQuery({ ...callQuery(project.id, callId), refetchInterval: 10_000 });
  if (isStatus(query.error, 404)) {
    return (
      <EmptyState
        title="There is no such call"
        action={
          <ButtonLink to="/projects/$projectId/sources" params={{ projectId: project.id }}>
            Sources
          </ButtonLink>
        }
      >
        It belongs to another project, or never was.
      </EmptyState>
    );
  }
  return <Loaded query={query}>{(call) => <Call project={project} call={call} />}</Loaded>;
}

interface Props {
  project: Schemas["ProjectView"];
  call: Schemas["CallView"];
}

function Call({ project, call }: Props) {
  const [part, setPart] = useState("moderate");
  const { counts } = call;
  return (
    <Stack gap="md">
      <Group gap="xs">
        <Title order={2} style={{ overflowWrap: "anywhere" }}>
          {call.settings.title}
        </Title>
        <Badge variant="default">{stateOf(call.settings)}</Badge>
        <Text size="sm" c="dimmed">
          {counted(call.contributors, "contributor")}, {count(counts.accepted)} accepted,{" "}
          {count(counts.rejected)} rejected, {count(counts.withdrawn)} withdrawn
        </Text>
      </Group>
      <SegmentedControl
        aria-label="Part"
        value={part}
        onChange={setPart}
        data={[
          { value: "moderate", label: `Moderate (${count(counts.waiting)})` },
          { value: "contributors", label: "Contributors" },
          { value: "settings", label: "Settings and link" },
        ]}
        style={{ alignSelf: "flex-start" }}
      />
      {part === "moderate" ? <Moderation project={project.id} call={call} /> : null}
      {part === "contributors" ? <Contributors project={project.id} call={call.id} /> : null}
      {part === "settings" ? <CallSettingsPanel project={project.id} call={call} /> : null}
    </Stack>
  );
}
