// An error where it happened: what is wrong, where, and what to do.
import { Alert, Button, List, Text } from "@mantine/core";
import { ApiError } from "../api/client";
import { capital } from "./format";

interface Props {
  error: unknown;
  /** Fields that show their own part. */
  except?: string[];
  retry?: () => void;
  title?: string;
}

export function ErrorText({ error, except = [], retry, title }: Props) {
  if (error == null) return null;
  const detail = error instanceof Error ? error.message : String(error);
  const places =
    error instanceof ApiError
      ? (error.problem.errors ?? []).filter((one) => !except.includes(one.pointer))
      : [];
  const single = places.length === 1 && places[0]?.message === detail;
  return (
    <Alert color="red" variant="light" title={title} role="alert">
      <Text size="sm">{capital(detail)}.</Text>
      {single && places[0]?.pointer ? <Text size="xs" c="dimmed">{`At ${places[0].pointer}`}</Text> : null}
      {places.length > 0 && !single ? (
        <List size="sm" mt={4}>
          {places.map((one) => (
            <List.Item key={`${one.pointer} ${one.message}`}>
              {one.pointer ? `${one.pointer}: ${one.message}` : one.message}
            </List.Item>
          ))}
        </List>
      ) : null}
      {retry ? (
        <Button size="xs" variant="default" mt="xs" onClick={retry}>
          Try again
        </Button>
      ) : null}
    </Alert>
  );
}
