// Verdicts on contributions, and the way back: each step is taken back by letting its contribution wait again.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas, take } from "../../../api/client";
import { keys } from "../../../app/queries";
import { counted } from "../../../ui/format";

type Contribution = Schemas["ContributionView"];
type Verdict = Schemas["JudgeBody"]["verdict"];

interface Step {
  id: number;
  verdict: Verdict;
}

export function useModeration(project: number, call: number) {
  const client = useQueryClient();
  const [steps, setSteps] = useState<Step[]>([]);
  const [told, setTold] = useState("");
  // Not waited for: the next verdict may come before the list has been loaded again.
  const refresh = () => void client.invalidateQueries({ queryKey: keys.project(project) });
  const path = { project, call };
  const judge = useMutation({
    mutationFn: (body: Schemas["JudgeBody"]) =>
      take(api.POST("/api/v1/projects/{project}/calls/{call}/judge", { params: { path }, body })),
    onSettled: refresh,
  });
  const plain = useMutation({
    mutationFn: () =>
      take(api.POST("/api/v1/projects/{project}/calls/{call}/accept-without-flags", { params: { path } })),
    onSuccess: (done) => setTold(`${counted(done.changed, "contribution")} accepted.`),
    onSettled: refresh,
  });
  const withdraw = useMutation({
    mutationFn: (contribution: number) =>
      take(
        api.POST("/api/v1/projects/{project}/calls/{call}/withdraw", {
          params: { path },
          body: { contribution },
        }),
      ),
    onSuccess: () => setTold("Withdrawn: the item and all that was made of it go."),
    onSettled: refresh,
  });
  const busy = judge.isPending || plain.isPending || withdraw.isPending;
  return {
    steps,
    told,
    busy,
    error: judge.error ?? plain.error ?? withdraw.error,
    judge: (one: Contribution, verdict: Verdict, reason: string) => {
      if (busy) return;
      judge.mutate(
        { contributions: [one.id], verdict, reason },
        {
          onSuccess: () => {
            setSteps((before) => [...before, { id: one.id, verdict }]);
            setTold(verdict === "accept" ? `Number ${one.id} is accepted.` : `Number ${one.id} is rejected.`);
          },
        },
      );
    },
    undo: () => {
      const last = steps.at(-1);
      if (!last || busy) return;
      judge.mutate(
        { contributions: [last.id], verdict: "wait" },
        {
          onSuccess: (done) => {
            setSteps((before) => before.slice(0, -1));
            setTold(
              done.answered > 0
                ? `Number ${last.id} has been answered already and stays; withdraw it to delete it.`
                : `Number ${last.id} waits again.`,
            );
          },
        },
      );
    },
    acceptPlain: () => plain.mutate(),
    withdraw: (one: Contribution) => withdraw.mutate(one.id),
  };
}
