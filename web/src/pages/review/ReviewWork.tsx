// One task under review: look, compare, judge; or edit, to correct an answer or to settle the task.
import { useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "../../api/client";
import { useMe } from "../../app/session";
import { differences } from "../../core/match";
import { paneOf } from "../../core/panes";
import { readAnswer } from "../../core/types";
import { openSession } from "../../editor/opening";
import type { LayerView } from "../../editor/plugin";
import bars from "../../editor/shell/bars.module.css";
import { Comments } from "../../editor/shell/Comments";
import { CompareTable, layersOf } from "../../editor/shell/CompareView";
import { EditorShell } from "../../editor/shell/EditorShell";
import { Guidelines } from "../../editor/shell/Guidelines";
import { useKeys } from "../../editor/shell/hooks";
import { NO_KEYS, REVIEW_KEYS } from "../../editor/shell/keys";
import { ReasonDialog } from "../../editor/shell/ReasonDialog";
import classes from "../../editor/shell/shell.module.css";
import { AnchorLink } from "../../ui/links";
import { Answers, styleOf } from "./Answers";
import { Edit } from "./Edit";
import { History } from "./History";
import { LookActions } from "./LookActions";
import { ReviewBar } from "./ReviewPage";
import { useJudging } from "./useJudging";
import type { ReviewTask, Shown } from "./useReviewTask";
import { type Annotation, waits } from "./verdicts";

const REJECT_REASONS = [
  "Something is missing",
  "The wrong class",
  "Not exact enough",
  "Against the guidelines",
];

interface Props {
  project: Schemas["ProjectView"];
  task: ReviewTask;
  shown: Shown;
}

/** An answer that is being corrected, or the task that is being settled. */
type Editing = { kind: "fix"; id: number } | { kind: "settle" };

export function ReviewWork({ project, task, shown }: Props) {
  const { detail } = shown;
  const { annotations } = detail;
  const me = useMe().user.id;
  const [pickedId, setPicked] = useState<number>();
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [editing, setEditing] = useState<Editing>();
  const [rejecting, setRejecting] = useState(false);
  const [panel, setPanel] = useState({ guidelines: false, comments: detail.comments.length > 0 });
  const [region, setRegion] = useState<string>();
  const threshold = Number((project.settings as { iou_threshold?: number }).iou_threshold ?? 0.5);
  const manages = project.role === "manager" || project.role === "owner";
  const current =
    annotations.find((one) => one.id === pickedId) ??
    annotations.find((one) => waits(one) && one.author_id !== me) ??
    annotations[0];
  const judging = useJudging(task, me);
  const { said, setSaid } = judging;

  const answers = useMemo(() => annotations.map((one) => readAnswer(one.answer)), [annotations]);
  const panes = useMemo(() => paneOf(shown.schema), [shown.schema]);
  const different = useMemo(() => differences(answers, threshold, panes), [answers, threshold, panes]);
  const at = current ? annotations.indexOf(current) : -1;
  const session = useMemo(() => {
    const { schema, plugin, media } = shown;
    const made = openSession({ schema, plugin, media, answer: answers[at] ?? readAnswer({}) }, shown.panes);
    for (const { ui } of made.editors) {
      ui.set({ tool: "select", different: answers.length > 1 ? different[at] : undefined });
    }
    return made;
  }, [shown, answers, different, at]);
  session.announce = setSaid;
  const latest = useRef(session);
  latest.current = session;

  const layers = useMemo(
    () =>
      annotations.flatMap((one, index): LayerView[] =>
        index === at || hidden.has(one.id)
          ? []
          : [
              {
                id: String(one.id),
                name: one.author_name,
                style: styleOf(annotations, annotations[at], index),
                regions: answers[index]?.regions ?? [],
                different: different[index] ?? new Set(),
              },
            ],
      ),
    [annotations, answers, different, hidden, at],
  );
  // For the one who settles: only what not all say.
  const disputed = useMemo(
    () =>
      annotations.map((one, index): LayerView => {
        const own = different[index] ?? new Set();
        const regions = (answers[index]?.regions ?? []).filter((region) => own.has(region.id));
        return { id: String(one.id), name: one.author_name, style: index + 1, regions, different: own };
      }),
    [annotations, answers, different],
  );
  const named = useMemo(() => {
    const list = annotations.map((one, index) => ({
      id: String(one.id),
      name: one.author_name,
      answer: answers[index] ?? readAnswer({}),
    }));
    if (detail.gold) list.push({ id: "gold", name: "Gold", answer: readAnswer(detail.gold) });
    if (detail.consensus) {
      list.push({ id: "consensus", name: "Consensus", answer: readAnswer(detail.consensus.answer) });
    }
    return list;
  }, [annotations, answers, detail]);
  const tableLayers = useMemo(() => layersOf(named, threshold, panes), [named, threshold, panes]);
  const origins = shown.plugin.origins?.(shown.media);
  const comparison = (
    <CompareTable schema={session.wholeSchema} answers={named} layers={tableLayers} origins={origins} />
  );

  useEffect(() => {
    latest.current.canvas?.focus({ preventScroll: true });
  }, []);

  const own = current?.author_id === me;
  const step = (by: number) => {
    const next = annotations[(at + by + annotations.length) % annotations.length];
    if (next) setPicked(next.id);
  };
  const reject = () => {
    if (current && judging.may(current)) setRejecting(true);
  };
  const fix = () => {
    if (current && judging.may(current)) setEditing({ kind: "fix", id: current.id });
  };
  const accept = (which: readonly Annotation[]) => void judging.accept(which);
  const acceptEvery = () => accept(annotations.filter((one) => waits(one) && one.author_id !== me));
  const actions = {
    accept: () => current && judging.may(current) && accept([current]),
    "accept-every": acceptEvery,
    reject,
    fix,
    adjudicate: () => setEditing({ kind: "settle" }),
    "next-answer": () => step(1),
    "previous-answer": () => step(-1),
    later: () => void task.next(),
    comment: () => {
      setRegion(session.current.ui.state.selection[0]);
      setPanel((before) => ({ ...before, comments: true }));
    },
    guidelines: () => setPanel((before) => ({ ...before, guidelines: !before.guidelines })),
  };
  useKeys("review", 18, editing ? NO_KEYS : REVIEW_KEYS, (command) => {
    const action = actions[command as keyof typeof actions];
    if (!action || judging.busy) return false;
    action();
    return true;
  });

  if (editing) {
    // The newest revision, also after it was loaded again.
    const about = editing.kind === "fix" ? annotations.find((one) => one.id === editing.id) : undefined;
    return (
      <Edit
        project={project}
        shown={shown}
        about={about}
        threshold={threshold}
        layers={about ? layers : disputed}
        comparison={comparison}
        judging={judging}
        onLeave={() => setEditing(undefined)}
      />
    );
  }
  return (
    <>
      <EditorShell
        key={`${detail.task.id} ${current?.id} ${current?.revision}`}
        session={session}
        readOnly
        hideFields
        layers={layers}
        said={said}
        topBar={
          <ReviewBar projectId={project.id} project={project}>
            <span className={bars.key}>{detail.task.key}</span>
            <span className={bars.status}>{detail.task.state.replace("_", " ")}</span>
            <AnchorLink
              to="/projects/$projectId/map"
              params={{ projectId: project.id }}
              search={{ part: "oddities", task: detail.task.id }}
              size="xs"
            >
              Similar items
            </AnchorLink>
            <span className={bars.spacer} />
            <LookActions
              actions={actions}
              disabled={own || !current || judging.busy}
              more={annotations.length > 1}
            />
          </ReviewBar>
        }
        notices={
          <div className={bars.notices}>
            {own ? (
              <div className={bars.notice}>This answer is your own: somebody else has to judge it.</div>
            ) : null}
            {judging.problem ? (
              <div className={bars.notice} role="alert">
                {judging.problem}
              </div>
            ) : null}
          </div>
        }
        sideTop={
          <>
            <Answers
              annotations={annotations}
              current={current}
              hidden={hidden}
              manages={manages}
              onPick={(one) => setPicked(one.id)}
              onShow={(one, visible) => {
                const next = new Set(hidden);
                if (visible) next.delete(one.id);
                else next.add(one.id);
                setHidden(next);
              }}
              onGold={(one) => void judging.gold(detail.task.id, readAnswer(one.answer))}
            />
            <section className={classes.section} aria-label="Comparison">
              {comparison}
            </section>
            <History
              detail={detail}
              onRemoveGold={manages ? () => void judging.gold(detail.task.id, undefined) : undefined}
            />
          </>
        }
        sideBottom={
          <>
            <Guidelines projectId={project.id} opened={panel.guidelines} onToggle={actions.guidelines} />
            <Comments
              taskId={detail.task.id}
              session={session}
              opened={panel.comments}
              region={region}
              onToggle={() => {
                setRegion(undefined);
                setPanel((before) => ({ ...before, comments: !before.comments }));
              }}
            />
          </>
        }
      />
      <ReasonDialog
        opened={rejecting}
        title={`Send back to ${current?.author_name ?? ""}`}
        verb="Send back"
        required
        presets={REJECT_REASONS}
        problem={rejecting ? judging.problem : undefined}
        busy={judging.busy}
        onDone={(reason) => {
          if (!current) return;
          void judging.reject(current, reason).then((done) => {
            if (done) setRejecting(false);
          });
        }}
        onClose={() => setRejecting(false)}
      />
    </>
  );
}
