// The editor in a reviewer's hands: a copy of an answer to correct, or an answer of everybody's to settle the task with.
import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { Schemas } from "../../api/client";
import { useMe } from "../../app/session";
import { checkAnswer } from "../../core/fields";
import { agreed } from "../../core/match";
import { paneOf } from "../../core/panes";
import { type Answer, readAnswer } from "../../core/types";
import { openSession } from "../../editor/opening";
import type { LayerView } from "../../editor/plugin";
import bars from "../../editor/shell/bars.module.css";
import { EditorShell } from "../../editor/shell/EditorShell";
import { focusField } from "../../editor/shell/FieldForm";
import { Guidelines } from "../../editor/shell/Guidelines";
import { useKeys } from "../../editor/shell/hooks";
import { FIX_KEYS } from "../../editor/shell/keys";
import classes from "../../editor/shell/shell.module.css";
import { ReviewBar } from "./ReviewPage";
import own from "./review.module.css";
import type { Judging } from "./useJudging";
import { keptEdit, useKeptEdit } from "./useKeptEdit";
import type { Shown } from "./useReviewTask";
import type { Annotation } from "./verdicts";

interface Props {
  project: Schemas["ProjectView"];
  shown: Shown;
  /** The answer that is corrected; without one the task is settled. */
  about: Annotation | undefined;
  threshold: number;
  layers: readonly LayerView[];
  /** What everybody said, side by side. */
  comparison: ReactNode;
  judging: Judging;
  onLeave: () => void;
}

interface Start {
  name: string;
  answer: Answer;
}

export function Edit({ project, shown, about, threshold, layers, comparison, judging, onLeave }: Props) {
  const { detail } = shown;
  const [guidelines, setGuidelines] = useState(false);
  const key = `${useMe().user.id}:review:${detail.task.id}:${about?.id ?? "all"}`;
  const starts = useMemo((): Start[] => {
    const all = detail.annotations.map((one) => ({
      name: one.author_name,
      answer: readAnswer(one.answer),
    }));
    const answers = all.map((one) => one.answer);
    return [{ name: "What all agree on", answer: agreed(answers, threshold, paneOf(shown.schema)) }, ...all];
  }, [detail, threshold, shown]);
  const session = useMemo(() => {
    const { schema, plugin, media, panes } = shown;
    const answer = about ? readAnswer(about.answer) : starts[0]?.answer;
    return openSession({ schema, plugin, media, answer: answer ?? readAnswer({}) }, panes);
  }, [shown, about, starts]);
  session.announce = judging.setSaid;
  const forget = useKeptEdit(key, session);

  useEffect(() => {
    // What a killed tab left behind, as one step that can be undone.
    const kept = keptEdit(key);
    if (kept) session.doc.replace("take the unfinished answer back", kept);
    session.canvas?.focus({ preventScroll: true });
  }, [key, session]);

  const send = async () => {
    const answer = session.whole.answer();
    const complaints = checkAnswer(shown.schema, answer);
    judging.setComplaints(complaints);
    const [first] = complaints;
    if (first) {
      judging.setSaid(first.message);
      const field = /^\/fields\/(.+)$/.exec(first.pointer)?.[1];
      if (field !== undefined) focusField("field", field);
      return;
    }
    const done = about
      ? await judging.fix(about, answer)
      : await judging.settle(detail.task.id, answer, detail.annotations);
    if (done) {
      forget();
      onLeave();
    }
  };
  const leave = () => {
    forget();
    onLeave();
  };

  useKeys("fix", 5, FIX_KEYS, (command) => {
    if (command === "guidelines") setGuidelines(!guidelines);
    else if (!session.current.finish() && !judging.busy) void send();
    return true;
  });

  return (
    <EditorShell
      session={session}
      said={judging.said}
      layers={layers}
      complaints={judging.complaints}
      topBar={
        <ReviewBar projectId={project.id} project={project}>
          <span className={bars.key}>{detail.task.key}</span>
          <strong>{about ? `correcting ${about.author_name}` : "settling the task"}</strong>
          <span className={bars.spacer} />
          <Button size="compact-sm" variant="default" onClick={leave}>
            Discard
          </Button>
          <Button size="compact-sm" loading={judging.busy} onClick={() => void send()}>
            {about ? "Store the correction" : "Settle with this"}
          </Button>
        </ReviewBar>
      }
      notices={
        <div className={bars.notices}>
          {judging.problem ? (
            <div className={bars.notice} role="alert">
              {judging.problem}
            </div>
          ) : null}
        </div>
      }
      sideTop={
        about === undefined ? (
          <section className={classes.section} aria-label="Start from">
            <h2 className={classes.heading}>Start from</h2>
            <div className={own.starts}>
              {starts.map((start, index) => (
                <Button
                  // biome-ignore lint/suspicious/noArrayIndexKey: two people may have the same name.
                  key={index}
                  size="compact-sm"
                  variant="default"
                  onClick={() => session.doc.replace(`start from ${start.name}`, start.answer)}
                >
                  {start.name}
                </Button>
              ))}
            </div>
            {comparison}
          </section>
        ) : null
      }
      sideBottom={
        <Guidelines projectId={project.id} opened={guidelines} onToggle={() => setGuidelines(!guidelines)} />
      }
    />
  );
}
