// Verdicts on their way: one at a time, then on to the next answer or task. What was changed meanwhile is loaded again
// and not overwritten.
import { useState } from "react";
import { ApiError } from "../../api/client";
import type { Complaint } from "../../core/fields";
import type { Answer } from "../../core/types";
import type { ReviewTask } from "./useReviewTask";
import { type Annotation, judge, setGold, settle, waits } from "./verdicts";

const SEEN_AGAIN = "The newest version is shown now; look again.";
const KEPT_ON_TOP = "Your own version is kept and lies on top of the newest one; undo shows that.";

export interface Judging {
  busy: boolean;
  problem: string | undefined;
  complaints: readonly Complaint[];
  said: string;
  setSaid: (words: string) => void;
  setComplaints: (complaints: readonly Complaint[]) => void;
  /** May this person judge it? Nobody judges their own answer. */
  may: (annotation: Annotation) => boolean;
  accept: (annotations: readonly Annotation[]) => Promise<boolean>;
  reject: (annotation: Annotation, reason: string) => Promise<boolean>;
  fix: (annotation: Annotation, answer: Answer) => Promise<boolean>;
  settle: (task: number, answer: Answer, seen: readonly Annotation[]) => Promise<boolean>;
  gold: (task: number, answer: Answer | undefined) => Promise<boolean>;
}

export function useJudging(task: ReviewTask, me: number): Judging {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [complaints, setComplaints] = useState<readonly Complaint[]>([]);
  const [said, setSaid] = useState("");

  /** Does it, and says what went wrong. True when it is done. */
  const doing = async (work: () => Promise<void>, changed = SEEN_AGAIN): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem(undefined);
    setComplaints([]);
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error.message);
      setComplaints((error.problem.errors ?? []).map(({ pointer, message }) => ({ pointer, message })));
      if (error.problem.status === 409) {
        setProblem(`${error.message}. ${changed}`);
        await task.reload();
      }
      return false;
    } finally {
      setBusy(false);
    }
  };

  /** The next answer that waits, else the next task. */
  const goOn = async () => {
    const fresh = await task.reload();
    if (!fresh?.annotations.some((one) => waits(one) && one.author_id !== me)) await task.next();
  };

  return {
    busy,
    problem,
    complaints,
    said,
    setSaid,
    setComplaints,
    may(annotation) {
      if (annotation.author_id !== me) return true;
      setProblem("This answer is your own: somebody else has to judge it.");
      return false;
    },
    accept: (annotations) =>
      doing(async () => {
        for (const one of annotations) await judge(one, { verdict: "accept" });
        setSaid("Accepted");
        await goOn();
      }),
    reject: (annotation, reason) =>
      doing(async () => {
        await judge(annotation, { verdict: "reject", reason });
        setSaid("Sent back");
        await goOn();
      }),
    fix: (annotation, answer) =>
      doing(async () => {
        await judge(annotation, { verdict: "fix", answer });
        setSaid("Corrected and accepted");
        await goOn();
      }, KEPT_ON_TOP),
    settle: (id, answer, seen) =>
      doing(async () => {
        await settle(id, answer, seen);
        setSaid("Settled");
        await task.next();
      }, KEPT_ON_TOP),
    gold: (id, answer) =>
      doing(async () => {
        await setGold(id, answer);
        setSaid(answer ? "This is the gold answer now" : "No gold answer any more");
        await task.reload();
      }),
  };
}
