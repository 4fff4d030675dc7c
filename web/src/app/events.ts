// Live updates: the server says what changed, the queries that show it load again. Without the stream everything still
// works, only later: queries reload when the window gets the focus, and running jobs are asked for.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "./queries";

/** A busy project announces every answer, a running job five times a second: pages reload less often than that. */
const GATHER_MILLISECONDS = 700;

export function staleAfter(event: string, id: number, workspace: number): (readonly unknown[])[] {
  switch (event) {
    case "job":
      return [keys.job(id), keys.jobs(workspace)];
    case "project":
      return [keys.project(id), [...keys.workspace(workspace), "projects"]];
    default:
      return [["workspace"], ["project"], ["job"], ["dataset"]];
  }
}

function listen(client: QueryClient, workspace: number): () => void {
  const source = new EventSource(`/api/v1/workspaces/${workspace}/events`);
  const gathered = new Map<string, readonly unknown[]>();
  let timer: number | undefined;
  const flush = () => {
    timer = undefined;
    for (const queryKey of gathered.values()) void client.invalidateQueries({ queryKey });
    gathered.clear();
  };
  for (const name of ["job", "project", "missed"]) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      for (const key of staleAfter(name, Number(event.data), workspace))
        gathered.set(JSON.stringify(key), key);
      timer ??= window.setTimeout(flush, GATHER_MILLISECONDS);
    });
  }
  return () => {
    window.clearTimeout(timer);
    source.close();
  };
}

export function useLiveUpdates(workspace: number | undefined): void {
  const client = useQueryClient();
  useEffect(() => (workspace === undefined ? undefined : listen(client, workspace)), [client, workspace]);
}
