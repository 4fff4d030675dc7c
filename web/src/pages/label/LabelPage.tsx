// The page on which people label, all day long.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { api, take } from "../../api/client";
import { useOwnHotkeys } from "../../app/ownKeys";
import { projectQuery } from "../../app/queries";
import { useMe } from "../../app/session";
import { HotkeysContext, useHotkeys, useKeyboard } from "../../editor/shell/hooks";
import "../../editor/shell/styles";
import { outboxOf } from "./delivery";
import { LabelBar } from "./LabelBar";
import { LabelWork } from "./LabelWork";
import classes from "./label.module.css";
import { Nothing, Waiting } from "./Nothing";
import { Refusals } from "./Refusals";
import { TaskStream } from "./stream";

interface Props {
  projectId: number;
  taskId?: number;
}

export default function LabelPage({ projectId, taskId }: Props) {
  const me = useMe();
  const outbox = useMemo(() => outboxOf(me.user.id), [me.user.id]);
  const hotkeys = useOwnHotkeys();
  const [stream, setStream] = useState<TaskStream>();

  useEffect(() => {
    const made = new TaskStream(me.user.id, projectId, outbox);
    setStream(made);
    void made.start(taskId).catch(() => {});
    const hide = () => made.hide();
    window.addEventListener("pagehide", hide);
    document.addEventListener("visibilitychange", hide);
    return () => {
      window.removeEventListener("pagehide", hide);
      document.removeEventListener("visibilitychange", hide);
      made.end();
    };
  }, [me.user.id, projectId, taskId, outbox]);

  return (
    <HotkeysContext value={hotkeys}>
      {stream ? <Stream stream={stream} projectId={projectId} person={me.user.id} /> : <Waiting />}
    </HotkeysContext>
  );
}

interface StreamProps {
  stream: TaskStream;
  projectId: number;
  person: number;
}

function Stream({ stream, projectId, person }: StreamProps) {
  const state = useSyncExternalStore(stream.subscribe, () => stream.state);
  const outbox = useSyncExternalStore(stream.outbox.subscribe, () => stream.outbox.state);
  const project = useQuery({ ...projectQuery(projectId), refetchInterval: 60_000 }).data;
  const mine = useQuery({
    queryKey: ["mine", projectId],
    queryFn: () => {
      const params = { path: { project: projectId }, query: { limit: 200 } };
      return take(api.GET("/api/v1/projects/{project}/mine", { params }));
    },
  });
  const counted = useDoneToday(mine.data?.items ?? [], mine.dataUpdatedAt, state.storedHere);
  useKeyboard(useHotkeys());
  const bar = {
    stream,
    projectId,
    name: project?.name ?? "",
    role: project?.role,
    remaining: project ? project.progress.seats_open + project.progress.seats_leased : undefined,
    today: counted,
    outbox,
  };
  const refusals = <Refusals stream={stream} refused={outbox.refused} />;
  if (state.phase === "task" && state.task) {
    return (
      <LabelWork
        stream={stream}
        state={state}
        task={state.task}
        bar={bar}
        notices={refusals}
        projectId={projectId}
        person={person}
        leaseSeconds={Number(
          (project?.settings as { lease_seconds?: number } | undefined)?.lease_seconds ?? 1800,
        )}
      />
    );
  }
  return (
    <div className={classes.page}>
      <LabelBar {...bar} />
      {refusals}
      {state.phase === "loading" ? (
        <Waiting />
      ) : (
        <Nothing stream={stream} state={state} outbox={outbox} bar={bar} />
      )}
    </div>
  );
}

/** Answers given today: those that the server knows, and those stored since it was asked. */
function useDoneToday(items: readonly { at: string }[], askedAt: number, storedHere: number): number {
  const [before, setBefore] = useState({ askedAt, storedHere });
  if (before.askedAt !== askedAt) setBefore({ askedAt, storedHere });
  const today = new Date().toDateString();
  const known = items.filter((item) => new Date(item.at).toDateString() === today).length;
  return known + (before.askedAt === askedAt ? storedHere - before.storedHere : 0);
}
