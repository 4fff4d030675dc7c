import { Badge, Card, Group, Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { atLeast } from "../../app/roles";
import { count, counted } from "../../ui/format";
import { AnchorLink, ButtonLink } from "../../ui/links";
import { ProgressBar, ProgressLegend, progressWords } from "../../ui/ProgressBar";

export function ProjectCard({ project }: { project: Schemas["ProjectView"] }) {
  const { progress } = project;
  const reviews = atLeast(project.role, "reviewer");
  const params = { projectId: project.id };
  const left = progress.seats_open;
  return (
    <Card withBorder padding="md" component="article" aria-label={project.name}>
      <Stack gap="xs" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Title order={2} size="1.05rem" style={{ overflowWrap: "anywhere" }}>
            {reviews ? (
              <AnchorLink to="/projects/$projectId" params={params} c="var(--mantine-color-text)" inherit>
                {project.name}
              </AnchorLink>
            ) : (
              project.name
            )}
          </Title>
          <Badge variant="default" fw={500} tt="none" style={{ flexShrink: 0 }}>
            {project.role}
          </Badge>
        </Group>
        {project.description ? (
          <Text size="sm" c="dimmed" lineClamp={2}>
            {project.description}
          </Text>
        ) : null}
        <Stack gap={6} mt="auto">
          <Text size="sm">{progressWords(progress)}</Text>
          <ProgressBar progress={progress} />
          {reviews ? (
            <ProgressLegend progress={progress} />
          ) : (
            <Text size="sm" c="dimmed">
              {left > 0 ? `${counted(left, "answer")} still wanted` : "all answers are in"}
            </Text>
          )}
        </Stack>
        <Group gap="xs" mt={4}>
          <ButtonLink to="/projects/$projectId/label" params={params} size="xs">
            Label
          </ButtonLink>
          {reviews ? (
            <>
              <ButtonLink to="/projects/$projectId/review" params={params} size="xs" variant="default">
                {progress.in_review > 0 ? `Review (${count(progress.in_review)})` : "Review"}
              </ButtonLink>
              <ButtonLink to="/projects/$projectId" params={params} size="xs" variant="default">
                Open
              </ButtonLink>
            </>
          ) : null}
        </Group>
      </Stack>
    </Card>
  );
}
