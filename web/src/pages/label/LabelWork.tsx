// The task on the screen, with everything that one does to a task.
import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { conceptsOf } from "../../app/concepts";
import { type Complaint, placeOf } from "../../core/fields";
import bars from "../../editor/shell/bars.module.css";
import { Comments } from "../../editor/shell/Comments";
import { ConceptContext } from "../../editor/shell/concepts";
import { EditorShell } from "../../editor/shell/EditorShell";
import { focusField } from "../../editor/shell/FieldForm";
import { Guidelines } from "../../editor/shell/Guidelines";
import { useKeyOf, useKeys } from "../../editor/shell/hooks";
import { LABEL_KEYS } from "../../editor/shell/keys";
import { ReasonDialog } from "../../editor/shell/ReasonDialog";
import classes from "../../editor/shell/shell.module.css";
import { type BarProps, LabelBar } from "./LabelBar";
import { OneKey } from "./OneKey";
import type { StreamState, TaskStream } from "./stream";
import { Tour } from "./Tour";
import type { Task } from "./task";
import { useActivity } from "./useActivity";

const SKIP_REASONS = ["I cannot tell", "Broken or empty", "Not my field"];
const FLAG_REASONS = ["The guidelines do not say", "Two answers are right"];

interface Props {
  stream: TaskStream;
  state: StreamState;
  task: Task;
  bar: BarProps;
  notices: ReactNode;
  projectId: number;
  leaseSeconds: number;
  /** Who labels. */
  person: number;
}

/** Brings the person to the first thing that is wrong. */
export function goTo(task: Task, complaint: Complaint | undefined): void {
  if (!complaint) return;
  const place = placeOf(complaint.pointer, task.session.whole.answer());
  if (place.field !== undefined) focusField("field", place.field);
  if (place.region === undefined) return;
  task.session.reveal(place.region);
  const attribute = /\/attributes\/([^/]+)/.exec(complaint.pointer)?.[1];
  if (attribute !== undefined) requestAnimationFrame(() => focusField("attribute", attribute));
}

export function LabelWork({ stream, state, task, bar, notices, projectId, leaseSeconds, person }: Props) {
  const [said, setSaid] = useState("");
  const [asking, setAsking] = useState<"skip" | "flag">();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [panel, setPanel] = useState({ guidelines: true, comments: false });
  const [region, setRegion] = useState<string>();
  const { session } = task;
  session.announce = setSaid;
  const spent = useActivity(task, stream, leaseSeconds);

  useEffect(() => {
    setSaid(task.restored ? "Your unfinished answer is back" : "");
    setRegion(undefined);
    // Keys go to the canvas at once.
    task.session.canvas?.focus({ preventScroll: true });
  }, [task]);

  const acts = useMemo(() => {
    const submit = () => {
      const found = stream.submit();
      if (found.length === 0) return;
      setSaid(found[0]?.message ?? "");
      goTo(task, found[0]);
    };
    const step = (go: Promise<boolean>, none: string) => {
      go.then((there) => {
        if (!there) setSaid(none);
      }).catch((error: Error) => setSaid(error.message));
    };
    const onward = () => step(stream.onward(), "This is the newest task");
    return {
      submit,
      onward,
      back: () => step(stream.back(), "There is no task before this one"),
      // What was answered before keeps its answer.
      ignore: () => {
        if (task.parent !== null) return onward();
        stream.skip("Ignored").catch((error: Error) => setSaid(error.message));
      },
      skip: () => setAsking("skip"),
      flag: () => setAsking("flag"),
      comment: (about?: string) => {
        setRegion(about);
        setPanel((before) => ({ ...before, comments: true }));
      },
    };
  }, [stream, task]);
  const { submit, onward, back, comment } = acts;

  useKeys("label", 5, LABEL_KEYS, (command) => {
    if (command === "submit" || command === "submit-always") {
      if (!session.current.finish()) submit();
    } else if (command === "back") {
      if (session.current.engine?.run("step-back") !== true) back();
    } else if (command === "onward") onward();
    else if (command === "skip" || command === "flag") setAsking(command);
    else if (command === "comment") {
      const [first] = session.current.ui.state.selection;
      comment(first && session.doc.region(first) ? first : undefined);
    } else if (command === "guidelines")
      setPanel((before) => ({ ...before, guidelines: !before.guidelines }));
    else return false;
    return true;
  });

  const dialogue = useMemo(() => {
    const withReason = async (reason: string) => {
      setBusy(true);
      setProblem(undefined);
      try {
        if (asking === "skip") await stream.skip(reason);
        else {
          await stream.flag(reason);
          setSaid("Flagged for a reviewer");
        }
        setAsking(undefined);
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      } finally {
        setBusy(false);
      }
    };
    return (
      <ReasonDialog
        opened={asking !== undefined}
        title={asking === "skip" ? "Skip this task" : "Flag as ambiguous"}
        verb={asking === "skip" ? "Skip" : "Flag"}
        presets={asking === "skip" ? SKIP_REASONS : FLAG_REASONS}
        problem={problem}
        busy={busy}
        onDone={(reason) => void withReason(reason)}
        onClose={() => setAsking(undefined)}
      />
    );
  }, [stream, asking, problem, busy]);

  const returned = task.assignment.returned_reason;
  const stepsBack = state.place;
  // Made again only when what they show changes: every mark on the canvas is told in words, and draws the page anew.
  const topBar = useMemo(
    () => (
      <LabelBar {...bar}>
        <span className={bars.key} title={task.assignment.item.key}>
          {task.assignment.item.key}
        </span>
        {stepsBack > 0 ? <strong>{stepsBack} back</strong> : null}
        <span className={bars.spacer} />
        <span className={bars.status} title="Active time on this task; pauses over a minute are left out">
          {clockWords(spent)}
        </span>
        <OneKey session={session} projectId={projectId} onSubmit={acts.submit} onIgnore={acts.ignore} />
        <Actions
          onBack={acts.back}
          onOnward={stepsBack > 0 ? acts.onward : undefined}
          onSkip={task.parent === null ? acts.skip : undefined}
          onFlag={acts.flag}
          onSubmit={acts.submit}
        />
      </LabelBar>
    ),
    [bar, task, task.parent, session, projectId, acts, stepsBack, spent],
  );
  const sideBottom = useMemo(
    () => (
      <>
        <Guidelines
          projectId={projectId}
          opened={panel.guidelines}
          onToggle={() => setPanel((before) => ({ ...before, guidelines: !before.guidelines }))}
        />
        <Comments
          taskId={task.id}
          session={session}
          opened={panel.comments}
          region={region}
          onToggle={() => {
            setRegion(undefined);
            setPanel((before) => ({ ...before, comments: !before.comments }));
          }}
        />
      </>
    ),
    [projectId, panel, task, session, region],
  );
  return (
    <ConceptContext value={conceptsOf(projectId)}>
      <EditorShell
        key={task.id}
        session={session}
        said={said}
        complaints={state.complaints}
        onComment={comment}
        topBar={topBar}
        notices={
          <div className={bars.notices}>
            <Tour person={person} session={session} />
            {returned ? (
              <div className={bars.notice} role="alert">
                <p>
                  <strong>Sent back by a reviewer:</strong> <bdi>{returned}</bdi>
                </p>
              </div>
            ) : null}
            {state.lost ? <Lost onNext={() => void stream.next()} /> : null}
            {state.complaints.length > 0 ? <Complaints task={task} complaints={state.complaints} /> : null}
            {notices}
          </div>
        }
        sideBottom={sideBottom}
      />
      {dialogue}
    </ConceptContext>
  );
}

function clockWords(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

interface ActionProps {
  onBack: () => void;
  onOnward: (() => void) | undefined;
  onSkip: (() => void) | undefined;
  onFlag: () => void;
  onSubmit: () => void;
}

function Actions({ onBack, onOnward, onSkip, onFlag, onSubmit }: ActionProps) {
  const keys = {
    back: useKeyOf("back"),
    skip: useKeyOf("skip"),
    flag: useKeyOf("flag"),
    submit: useKeyOf("submit"),
  };
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={onBack} title={keys.back}>
        Back
      </Button>
      {onOnward ? (
        <Button size="compact-sm" variant="default" onClick={onOnward}>
          Onward
        </Button>
      ) : null}
      {onSkip ? (
        <Button size="compact-sm" variant="default" onClick={onSkip} title={keys.skip}>
          Skip
        </Button>
      ) : null}
      <Button size="compact-sm" variant="default" onClick={onFlag} title={keys.flag}>
        Flag
      </Button>
      <Button size="compact-sm" onClick={onSubmit} title={keys.submit}>
        Submit
      </Button>
    </>
  );
}

function Lost({ onNext }: { onNext: () => void }) {
  return (
    <div className={bars.notice} role="alert">
      <p>
        The time for this task ran out and it went to somebody else. What you did is kept as a draft on this
        computer.
      </p>
      <Button size="compact-sm" onClick={onNext}>
        Next task
      </Button>
    </div>
  );
}

function Complaints({ task, complaints }: { task: Task; complaints: readonly Complaint[] }) {
  return (
    <div className={bars.notice} role="alert">
      <ul>
        {complaints.map((one) => (
          <li key={one.pointer + one.message}>
            <button type="button" className={classes.link} onClick={() => goTo(task, one)}>
              {one.message}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
