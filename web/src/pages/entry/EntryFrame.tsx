// The plain page of everybody who is not in yet.
import { Container, Paper, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "../../ui/PageHeader";

export function EntryFrame({
  title,
  about,
  children,
}: {
  title: string;
  about?: string;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <Container size={420} py={64} component="main">
      <Text fw={650} mb="md">
        labelwright
      </Text>
      <Paper withBorder p="lg">
        <Title order={1} mb={about ? 4 : "md"}>
          {title}
        </Title>
        {about ? (
          <Text size="sm" c="dimmed" mb="md">
            {about}
          </Text>
        ) : null}
        {children}
      </Paper>
    </Container>
  );
}
