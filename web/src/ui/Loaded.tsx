// What a query brings, or why it does not. A quick answer shows no skeleton: it would only flicker.
import { Button, Group, Skeleton, Stack } from "@mantine/core";
import type { UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { ErrorText } from "./ErrorText";

const PATIENCE_MILLISECONDS = 300;

export function LateSkeleton({ rows = 3 }: { rows?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), PATIENCE_MILLISECONDS);
    return () => window.clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <Stack gap="xs" aria-busy="true" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} height={24} />
      ))}
    </Stack>
  );
}

interface Props<T> {
  query: UseQueryResult<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, rows, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorText error={query.error} retry={() => void query.refetch()} />;
  return <LateSkeleton rows={rows} />;
}

interface PagesProps<T> {
  query: UseInfiniteQueryResult<{ pages: { items: T[] }[] }>;
  /** The page shows the error of the query itself, where it belongs. */
  errorShown?: boolean;
  children: (items: T[]) => ReactNode;
}

/** All pages loaded so far, with a button for the next. */
export function LoadedPages<T>({ query, errorShown = false, children }: PagesProps<T>) {
  if (query.data === undefined) {
    if (!query.error) return <LateSkeleton />;
    return errorShown ? null : <ErrorText error={query.error} retry={() => void query.refetch()} />;
  }
  return (
    <>
      {children(query.data.pages.flatMap((page) => page.items))}
      {query.hasNextPage ? (
        <Group justify="center" mt="sm">
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show more
          </Button>
        </Group>
      ) : null}
    </>
  );
}
