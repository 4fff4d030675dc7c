// Answers that the server did not take: why, both versions where there are two, and what to do. None is ever dropped
// without the person saying so.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, take } from "../../api/client";
import type { OutboxEntry } from "../../core/outbox";
import { readAnswer } from "../../core/types";
import { loadMedia } from "../../editor/media";
import { companionsOf } from "../../editor/opening";
import { loadPlugin } from "../../editor/registry";
import bars from "../../editor/shell/bars.module.css";
import { CompareView } from "../../editor/shell/CompareView";
import classes from "../../editor/shell/shell.module.css";
import own from "./label.module.css";
import type { TaskStream } from "./stream";
import { schemaOf } from "./task";

const SAME_FROM = 0.5;

interface Props {
  stream: TaskStream;
  refused: readonly OutboxEntry[];
}

export function Refusals({ stream, refused }: Props) {
  return refused.map((entry) =>
    entry.refused?.code === "stale_parent" && entry.refused.head ? (
      <Conflict key={entry.key} stream={stream} entry={entry} />
    ) : (
      <Refusal key={entry.key} stream={stream} entry={entry} />
    ),
  );
}

function Refusal({ stream, entry }: { stream: TaskStream; entry: OutboxEntry }) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const { refused } = entry;
  const invalid = refused?.status === 422;
  const lost = refused?.code === "lease_expired" || refused?.code === "no_seat";
  const open = async () => {
    setBusy(true);
    try {
      const complaints = (refused?.errors ?? []).map(({ pointer, message }) => ({ pointer, message }));
      await stream.open(entry.task, entry.answer, complaints);
      await stream.outbox.drop(entry.key);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={bars.notice} role="alert">
      <p>
        <strong>{entry.title}</strong>{" "}
        {lost
          ? "came too late: the time for it ran out and the task went to somebody else. Your answer is kept as a draft here."
          : invalid
            ? "was not taken, it needs a correction:"
            : `was not taken: ${refused?.detail}`}
      </p>
      {refused?.errors && refused.errors.length > 0 ? (
        <ul>
          {refused.errors.map((error) => (
            <li key={error.pointer + error.code}>{error.message}</li>
          ))}
        </ul>
      ) : null}
      {problem ? <p className={classes.complaint}>{problem}</p> : null}
      {refused?.code === "accepted" ? null : (
        <Button size="compact-sm" loading={busy} onClick={() => void open()}>
          {lost ? "Try to get it again" : "Open it"}
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={() => void stream.outbox.drop(entry.key)}>
        Discard my answer
      </Button>
    </div>
  );
}

function Conflict({ stream, entry }: { stream: TaskStream; entry: OutboxEntry }) {
  const head = entry.refused?.head;
  const shown = useQuery({
    queryKey: ["conflict", entry.task, entry.key],
    staleTime: Infinity,
    queryFn: async () => {
      const params = { path: { task: entry.task } };
      const assignment = await take(api.GET("/api/v1/tasks/{task}/assignment", { params }));
      const schema = await schemaOf(assignment.schema_version_id);
      const [plugin, media, panes] = await Promise.all([
        loadPlugin(schema.modality),
        loadMedia(assignment),
        companionsOf(schema, assignment),
      ]);
      return { schema, plugin, media, panes };
    },
  }).data;
  const answers = useMemo(
    () => [
      { id: "mine", name: "Mine", answer: entry.answer },
      { id: "stored", name: `Revision ${head?.revision}`, answer: readAnswer(head?.answer) },
    ],
    [entry, head],
  );
  const keepMine = () => void stream.outbox.again(entry.key, { parent: head?.revision ?? null });
  const takeStored = async () => {
    await stream.outbox.drop(entry.key);
    stream.forget(entry.task);
  };
  return (
    <section className={bars.notice} role="alert" aria-label={`Two versions of ${entry.title}`}>
      <div className={own.conflict}>
        <p>
          <strong>{entry.title}</strong> was changed meanwhile, in another tab or by a reviewer. Nothing is
          lost: here are both versions.
        </p>
        <div className={own.actions}>
          <Button size="compact-sm" onClick={keepMine}>
            Keep mine, as a new revision on top
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => void takeStored()}>
            Take revision {head?.revision}
          </Button>
        </div>
        {shown?.plugin ? (
          <div className={own.versions}>
            <CompareView
              schema={shown.schema}
              media={shown.media}
              plugin={shown.plugin}
              panes={shown.panes}
              answers={answers}
              threshold={SAME_FROM}
            />
          </div>
        ) : null}
      </div>
    </section>
  );
}
