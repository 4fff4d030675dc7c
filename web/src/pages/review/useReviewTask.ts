// The task under review: from the queue or by its number, with what is needed to show it.
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, api, type Schemas, take } from "../../api/client";
import type { LabelSchema } from "../../core/types";
import { loadMedia } from "../../editor/media";
import { companionsOf } from "../../editor/opening";
import type { LoadedPanes } from "../../editor/panes/index";
import type { EditorPlugin, Media } from "../../editor/plugin";
import { loadPlugin } from "../../editor/registry";
import { schemaOf } from "../label/task";

export type Detail = Schemas["TaskDetailView"];

export interface Shown {
  detail: Detail;
  schema: LabelSchema;
  plugin: EditorPlugin;
  media: Media;
  /** What comes with the item; none where the schema has no panes. */
  panes: LoadedPanes | undefined;
}

export interface ReviewTask {
  shown: Shown | undefined;
  phase: "loading" | "shown" | "empty" | "failed";
  problem: string | undefined;
  /** The next task of the queue, behind the one that is shown. */
  next: () => Promise<void>;
  /** The same task with what happened meanwhile. */
  reload: () => Promise<Detail | undefined>;
}

/** `kept` is the same task as it was shown before: its data need not come again. */
async function show(detail: Detail, schemaVersion: number, kept?: Shown): Promise<Shown> {
  const schema = await schemaOf(schemaVersion);
  const [plugin, media, panes] = await Promise.all([
    loadPlugin(schema.modality),
    kept?.media ?? loadMedia(detail),
    kept?.panes ?? companionsOf(schema, detail),
  ]);
  if (!plugin) throw new Error(`There is no editor for ${schema.modality} yet.`);
  return { detail, schema: plugin.schemaFor?.(schema, media) ?? schema, plugin, media, panes };
}

export function useReviewTask(
  projectId: number,
  taskId: number | undefined,
  schemaVersion: number | undefined,
): ReviewTask {
  const [shown, setShown] = useState<Shown>();
  const [phase, setPhase] = useState<ReviewTask["phase"]>("loading");
  const [problem, setProblem] = useState<string>();
  const latest = useRef<Shown>(undefined);
  latest.current = shown;

  const put = useCallback(
    async (load: () => Promise<Detail | null | undefined>, keepMedia: boolean) => {
      if (schemaVersion === undefined) return undefined;
      try {
        const detail = await load();
        if (!detail) {
          setShown(undefined);
          setPhase("empty");
          return undefined;
        }
        setShown(await show(detail, schemaVersion, keepMedia ? latest.current : undefined));
        setPhase("shown");
        return detail;
      } catch (error) {
        setProblem(error instanceof ApiError || error instanceof Error ? error.message : String(error));
        setPhase((before) => (before === "shown" ? before : "failed"));
        return undefined;
      }
    },
    [schemaVersion],
  );

  const next = useCallback(async () => {
    const after = latest.current?.detail.task.id ?? null;
    await put(async () => {
      const params = { path: { project: projectId } };
      const answer = await take(
        api.POST("/api/v1/projects/{project}/review/next", { params, body: { after } }),
      );
      return answer.task;
    }, false);
  }, [projectId, put]);

  const byId = useCallback(
    (id: number, keepMedia: boolean) =>
      put(() => take(api.GET("/api/v1/tasks/{task}", { params: { path: { task: id } } })), keepMedia),
    [put],
  );

  const reload = useCallback(async () => {
    const id = latest.current?.detail.task.id;
    return id === undefined ? undefined : byId(id, true);
  }, [byId]);

  useEffect(() => {
    if (taskId === undefined) void next();
    else void byId(taskId, false);
  }, [taskId, next, byId]);

  return { shown, phase, problem, next, reload };
}
