// An unfinished answer as what it was and what was done since: of a large answer only what changed is written.
import type { Change } from "./doc";
import type { Answer, Region, Relation, Value } from "./types";

/** A change without what was before; `stays` tells a changed thing from a new one. */
export type Step =
  | { kind: "region"; id: string; at: number; stays: boolean; after?: Region }
  | { kind: "relation"; id: string; at: number; stays: boolean; after?: Relation }
  | { kind: "field"; id: string; after?: Value };

export function stepOf(change: Change): Step {
  if (change.kind === "field") return { kind: "field", id: change.id, after: change.after };
  const { kind, id, at, before, after } = change;
  return { kind, id, at, stays: before !== undefined && after !== undefined, after } as Step;
}

function put<T extends { id: string }>(
  list: T[],
  step: { id: string; at: number; stays: boolean; after?: T },
): void {
  const { id, at, stays, after } = step;
  if (!stays && after) {
    list.splice(at, 0, after);
    return;
  }
  const found = list[at]?.id === id ? at : list.findIndex((one) => one.id === id);
  if (found < 0) return;
  if (after) list[found] = after;
  else list.splice(found, 1);
}

/** The answer after the steps, in their order. */
export function replayed(answer: Answer, steps: readonly Step[]): Answer {
  const next: Answer = {
    fields: { ...answer.fields },
    regions: [...answer.regions],
    relations: [...answer.relations],
  };
  for (const step of steps) {
    if (step.kind === "region") put(next.regions, step);
    else if (step.kind === "relation") put(next.relations, step);
    else if (step.after === undefined) delete next.fields[step.id];
    else next.fields[step.id] = step.after;
  }
  return next;
}
