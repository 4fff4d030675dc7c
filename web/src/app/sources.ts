// What the pages of sources and calls ask the server for.
import { queryOptions } from "@tanstack/react-query";
import { api, take } from "../api/client";
import { keys, pages } from "./queries";

export const sourcesQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "sources"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/sources", { params: { path: { project } } })),
  });

export const callsQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "calls"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/calls", { params: { path: { project } } })),
  });

export const callQuery = (project: number, call: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "calls", call],
    queryFn: () =>
      take(api.GET("/api/v1/projects/{project}/calls/{call}", { params: { path: { project, call } } })),
  });

/** What was given to a call and is in one state. */
export const contributionsQuery = (project: number, call: number, state: string) =>
  pages([...keys.project(project), "calls", call, "contributions", state], (query) =>
    take(
      api.GET("/api/v1/projects/{project}/calls/{call}/contributions", {
        params: { path: { project, call }, query: { ...query, state } },
      }),
    ),
  );

export const contributorsQuery = (project: number, call: number) =>
  pages([...keys.project(project), "calls", call, "contributors"], (query) =>
    take(
      api.GET("/api/v1/projects/{project}/calls/{call}/contributors", {
        params: { path: { project, call }, query },
      }),
    ),
  );

export const repeatsQuery = (workspace: number, project: number) =>
  queryOptions({
    queryKey: keys.repeats(workspace, project),
    queryFn: () => take(api.GET("/api/v1/projects/{project}/repeats", { params: { path: { project } } })),
  });

export const connectionsQuery = (workspace: number) =>
  queryOptions({
    queryKey: [...keys.workspace(workspace), "connections"],
    queryFn: () =>
      take(api.GET("/api/v1/workspaces/{workspace}/connections", { params: { path: { workspace } } })),
  });

/** The last look at a project's data. */
export const profileQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "profile"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/profile", { params: { path: { project } } })),
  });
