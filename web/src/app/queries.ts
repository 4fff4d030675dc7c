// What pages ask the server for, and under which keys it is kept. Everything of a project lies under ["project", id],
// everything of a workspace under ["workspace", id]: a live update makes one prefix stale.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Schemas, take } from "../api/client";
import { readPoints } from "../core/map/points";

export const keys = {
  workspace: (id: number) => ["workspace", id] as const,
  jobs: (id: number) => ["workspace", id, "jobs"] as const,
  /** Below the jobs: what is told of a repeated source is how its last job goes. */
  repeats: (workspace: number, project: number) => [...keys.jobs(workspace), "repeats", project] as const,
  project: (id: number) => ["project", id] as const,
  /** What takes all answers of a project at once: not made stale by every single answer. */
  judged: (id: number) => ["judged", id] as const,
  job: (id: number) => ["job", id] as const,
};

/** A list that is loaded page after page by its cursor. */
export function pages<Page extends { next?: string | null }>(
  queryKey: readonly unknown[],
  load: (query: { cursor?: string; limit: number }) => Promise<Page>,
  limit = 50,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }) => load({ cursor: pageParam ?? undefined, limit }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
  });
}

export const projectsQuery = (workspace: number) =>
  queryOptions({
    queryKey: [...keys.workspace(workspace), "projects"],
    queryFn: () =>
      take(api.GET("/api/v1/workspaces/{workspace}/projects", { params: { path: { workspace } } })),
  });

export const datasetsQuery = (workspace: number) =>
  queryOptions({
    queryKey: [...keys.workspace(workspace), "datasets"],
    queryFn: () =>
      take(api.GET("/api/v1/workspaces/{workspace}/datasets", { params: { path: { workspace } } })),
  });

export const attachedQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "datasets"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/datasets", { params: { path: { project } } })),
  });

export const itemsQuery = (dataset: number) =>
  pages(["dataset", dataset, "items"], (query) =>
    take(api.GET("/api/v1/datasets/{dataset}/items", { params: { path: { dataset }, query } })),
  );

export const schemasQuery = (workspace: number) =>
  queryOptions({
    queryKey: [...keys.workspace(workspace), "schemas"],
    queryFn: () =>
      take(api.GET("/api/v1/workspaces/{workspace}/schemas", { params: { path: { workspace } } })),
  });

export const conceptListsQuery = (workspace: number) =>
  queryOptions({
    queryKey: [...keys.workspace(workspace), "concept lists"],
    queryFn: () =>
      take(api.GET("/api/v1/workspaces/{workspace}/concept-lists", { params: { path: { workspace } } })),
  });

export const membersQuery = (workspace: number) =>
  queryOptions({
    queryKey: [...keys.workspace(workspace), "members"],
    queryFn: () =>
      take(api.GET("/api/v1/workspaces/{workspace}/members", { params: { path: { workspace } } })),
  });

export const invitationsQuery = (workspace: number) =>
  queryOptions({
    queryKey: [...keys.workspace(workspace), "invitations"],
    queryFn: () =>
      take(api.GET("/api/v1/workspaces/{workspace}/invitations", { params: { path: { workspace } } })),
  });

export const webhooksQuery = (workspace: number) =>
  queryOptions({
    queryKey: [...keys.workspace(workspace), "webhooks"],
    queryFn: () =>
      take(api.GET("/api/v1/workspaces/{workspace}/webhooks", { params: { path: { workspace } } })),
    // What waits goes out by itself.
    refetchInterval: 10_000,
  });

export const jobsQuery = (workspace: number) =>
  pages(keys.jobs(workspace), (query) =>
    take(api.GET("/api/v1/workspaces/{workspace}/jobs", { params: { path: { workspace }, query } })),
  );

export const auditQuery = (workspace: number) =>
  pages([...keys.workspace(workspace), "audit"], (query) =>
    take(api.GET("/api/v1/workspaces/{workspace}/audit", { params: { path: { workspace }, query } })),
  );

export const templatesQuery = queryOptions({
  queryKey: ["templates"],
  queryFn: () => take(api.GET("/api/v1/schema-templates")),
  staleTime: Number.POSITIVE_INFINITY,
});

export const formatsQuery = queryOptions({
  queryKey: ["formats"],
  queryFn: () => take(api.GET("/api/v1/formats")),
  staleTime: Number.POSITIVE_INFINITY,
});

export const methodsQuery = queryOptions({
  queryKey: ["methods"],
  queryFn: () => take(api.GET("/api/v1/quality/methods")),
  staleTime: Number.POSITIVE_INFINITY,
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: () => take(api.GET("/api/v1/me/tokens")),
});

export const jobQuery = (job: number) =>
  queryOptions({
    queryKey: keys.job(job),
    queryFn: () => take(api.GET("/api/v1/jobs/{job}", { params: { path: { job } } })),
    // Live updates may be off; a job that runs is looked at again in any case.
    refetchInterval: (query) => (query.state.data && ended(query.state.data.state) ? false : 2000),
  });

/** Has a job come to an end, good or bad? */
export function ended(state: string): boolean {
  return state !== "queued" && state !== "running";
}

export const jobProblemsQuery = (job: number) =>
  pages([...keys.job(job), "problems"], (query) =>
    take(api.GET("/api/v1/jobs/{job}/problems", { params: { path: { job }, query } })),
  );

export const projectQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "view"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}", { params: { path: { project } } })),
    // A new project waits for its tasks; live updates may be off.
    refetchInterval: (query) => (query.state.data?.progress.tasks === 0 ? 3000 : false),
  });

/** Which tasks, in the server's filter language, and in which order. */
export interface TaskSelection {
  filter: string;
  sort: string;
}

export const tasksQuery = (project: number, { filter, sort }: TaskSelection) =>
  pages([...keys.project(project), "tasks", filter, sort], (query) =>
    take(
      api.GET("/api/v1/projects/{project}/tasks", {
        params: {
          path: { project },
          query: { ...query, filter: filter || undefined, sort: sort || undefined },
        },
      }),
    ),
  );

/** So many rows of the table of tasks come at once. */
export const TASK_ROWS = 100;

/** One piece of the table of tasks, wherever it lies. */
export const taskRowsQuery = (project: number, { filter, sort }: TaskSelection, piece: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "tasks", filter, sort, piece],
    queryFn: () =>
      take(
        api.GET("/api/v1/projects/{project}/tasks", {
          params: {
            path: { project },
            query: {
              offset: piece * TASK_ROWS,
              limit: TASK_ROWS,
              filter: filter || undefined,
              sort: sort || undefined,
            },
          },
        }),
      ),
    // What was scrolled past is let go before long: there may be thousands of pieces.
    gcTime: 30_000,
  });

export const slicesQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "slices"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/slices", { params: { path: { project } } })),
  });

export const automationQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "automation"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/automation", { params: { path: { project } } })),
    // Live updates may be off; while a job runs its end is waited for.
    refetchInterval: (query) => (query.state.data?.job && !ended(query.state.data.job.state) ? 2000 : false),
  });

export const agreementQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "agreement"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/agreement", { params: { path: { project } } })),
  });

export const distributionQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "distribution"],
    queryFn: () =>
      take(api.GET("/api/v1/projects/{project}/distribution", { params: { path: { project } } })),
  });

export const labelersQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "labelers"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/labelers", { params: { path: { project } } })),
  });

export const suspectsQuery = (project: number, least: number) =>
  queryOptions({
    queryKey: [...keys.judged(project), "suspects", least],
    queryFn: () =>
      take(
        api.GET("/api/v1/projects/{project}/suspects", { params: { path: { project }, query: { least } } }),
      ),
  });

export const skillsQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.judged(project), "skills"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/skills", { params: { path: { project } } })),
  });

/** `split` is the moment between the windows in microseconds since 1970; without it the middle of the answers. */
export const driftQuery = (project: number, split: number | undefined) =>
  queryOptions({
    queryKey: [...keys.judged(project), "drift", split ?? null],
    queryFn: () =>
      take(api.GET("/api/v1/projects/{project}/drift", { params: { path: { project }, query: { split } } })),
  });

export const boardQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.judged(project), "board"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/board", { params: { path: { project } } })),
  });

export const functionsQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "functions"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/functions", { params: { path: { project } } })),
  });

export const functionReportQuery = (project: number, field: string) =>
  queryOptions({
    queryKey: [...keys.judged(project), "functions", field],
    queryFn: () =>
      take(
        api.GET("/api/v1/projects/{project}/functions/report", {
          params: { path: { project }, query: { field } },
        }),
      ),
  });

/** What a labeling function would do, as it is written now. */
export const functionPreviewQuery = (project: number, body: Schemas["PreviewBody"]) =>
  queryOptions({
    queryKey: [...keys.judged(project), "functions", "preview", body],
    queryFn: () =>
      take(api.POST("/api/v1/projects/{project}/functions/preview", { params: { path: { project } }, body })),
  });

export const mapQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "map"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/map", { params: { path: { project } } })),
  });

/** Typed arrays over the bytes of the server: loaded once, until a map is made again. */
export const mapPointsQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.judged(project), "map", "points"],
    queryFn: async () =>
      readPoints(
        (await take(
          api.GET("/api/v1/projects/{project}/map/points", {
            params: { path: { project } },
            parseAs: "arrayBuffer",
          }),
        )) as ArrayBuffer,
      ),
  });

export const mapLayerQuery = (project: number, by: string, field?: string) =>
  queryOptions({
    queryKey: [...keys.judged(project), "map", "layer", by, field ?? null],
    queryFn: () =>
      take(
        api.GET("/api/v1/projects/{project}/map/layer", {
          params: { path: { project }, query: { by, field } },
        }),
      ),
  });

/** What single items are; they do not change. */
export const looksQuery = (project: number, tasks: number[]) =>
  queryOptions({
    queryKey: ["looks", project, tasks],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/map/items", {
          params: { path: { project } },
          body: { tasks },
        }),
      ),
  });

export const clustersQuery = (project: number, field?: string) =>
  queryOptions({
    queryKey: [...keys.judged(project), "map", "clusters", field ?? null],
    queryFn: () =>
      take(
        api.GET("/api/v1/projects/{project}/map/clusters", {
          params: { path: { project }, query: { field } },
        }),
      ),
  });

export const oddQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.judged(project), "map", "oddities"],
    queryFn: () =>
      take(api.GET("/api/v1/projects/{project}/map/oddities", { params: { path: { project } } })),
  });

export const similarQuery = (task: number) =>
  queryOptions({
    queryKey: ["similar", task],
    queryFn: () => take(api.GET("/api/v1/tasks/{task}/similar", { params: { path: { task } } })),
  });

export const bulkLabelsQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "bulk-labels"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/bulk-labels", { params: { path: { project } } })),
  });

export const guidelinesQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "guidelines"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/guidelines", { params: { path: { project } } })),
  });

export const projectMembersQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "members"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/members", { params: { path: { project } } })),
  });

export const snapshotsQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "snapshots"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/snapshots", { params: { path: { project } } })),
  });

/** What an export would hold and lose: a snapshot never changes, so that it stays right. */
export const exportPreviewQuery = (snapshot: number, body: Schemas["ExportLook"]) =>
  queryOptions({
    queryKey: ["snapshot", snapshot, "preview", body.format, body.answers, body.media, body.options],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      take(
        api.POST("/api/v1/snapshots/{snapshot}/exports/preview", { params: { path: { snapshot } }, body }),
      ),
  });

export const exportsQuery = (project: number) =>
  queryOptions({
    queryKey: [...keys.project(project), "exports"],
    queryFn: () => take(api.GET("/api/v1/projects/{project}/exports", { params: { path: { project } } })),
  });

export const schemaVersionQuery = (version: number) =>
  queryOptions({
    queryKey: ["schema-version", version],
    queryFn: () => take(api.GET("/api/v1/schema-versions/{version}", { params: { path: { version } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
