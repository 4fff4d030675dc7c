// A titled part of a page.
import { Box, Group, Paper, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, about, actions, children }: Props) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" align="flex-start" mb="sm" gap="xs">
        <Box style={{ flex: "1 1 16rem" }}>
          <Title order={2}>{title}</Title>
          {about ? (
            <Text size="sm" c="dimmed" component="div">
              {about}
            </Text>
          ) : null}
        </Box>
        {actions}
      </Group>
      {children}
    </Paper>
  );
}
