// The head of a page: its one title, a line on what it is for, and what can be done.
import { Box, Group, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

/** What the tab of the browser says. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · labelwright`;
  }, [title]);
}

export function PageHeader({
  title,
  about,
  actions,
}: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
}) {
  useTitle(title);
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      <Box style={{ minWidth: 0, flex: "1 1 20rem" }}>
        <Title order={1} style={{ overflowWrap: "anywhere" }}>
          {title}
        </Title>
        {about ? (
          <Text c="dimmed" size="sm" component="div">
            {about}
          </Text>
        ) : null}
      </Box>
      {actions ? <Group gap="xs">{actions}</Group> : null}
    </Group>
  );
}
