import type { Schemas } from "../../../api/client";

export type Strategy = NonNullable<Schemas["Automation"]["strategy"]>;

export const STRATEGIES: { value: Strategy; label: string }[] = [
  { value: "order", label: "In the project's order" },
  { value: "random", label: "At random" },
  { value: "uncertainty", label: "Where the model is least sure" },
  { value: "auto", label: "Where a label removes most errors" },
];

const WHY: Record<string, string> = {
  random: "at random",
  margin: "the model is unsure",
  auto: "removes most errors",
  control: "random control slice",
  later: "was next before",
};

/** Why a task is in the queue. */
export const why = (code: string): string => WHY[code] ?? code;

const STATES: Record<string, string> = {
  none: "nothing certified",
  labeling: "labeling",
  holds: "holds",
  pulled_back: "pulled back",
  withdrawn: "withdrawn",
};

export const stateWords = (code: string): string => STATES[code] ?? code;
