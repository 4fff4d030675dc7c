// What the numbers of the quality pages mean, in words.
import type { Schemas } from "../../../api/client";
import { count, counted, percent } from "../../../ui/format";

/** Below it a difference is told, because chance alone would seldom make it. */
export const SIGNIFICANT = 0.05;

/** `0.72 (0.65 to 0.78)`. */
export function intervalWords(value: number, low?: number | null, high?: number | null): string {
  const middle = value.toFixed(2);
  return low == null || high == null ? middle : `${middle} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

export function pWords(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}

/** `8 of 10 right, 80 % (49 to 94 %)`. */
export function goldWords(gold: Schemas["GoldView"]): string {
  const range = `${(gold.low * 100).toFixed(0)} to ${percent(gold.high)}`;
  return `${count(gold.right)} of ${count(gold.all)} right, ${percent(gold.right / gold.all)} (${range})`;
}

const VERDICTS: Record<string, string> = {
  qualified: "qualified",
  failed: "not qualified",
  undecided: "too few gold answers to tell",
};

export function verdictWords(verdict: string): string {
  return VERDICTS[verdict] ?? verdict;
}

/** A change that is more than chance, over all answers; nothing is said of one that is not. */
export function trendWords(trend: Schemas["TrendView"] | null | undefined): string | undefined {
  if (trend == null || trend.p_value >= SIGNIFICANT) return undefined;
  const verb = trend.end < trend.start ? "less" : "more";
  return `Agrees with the consensus ${verb} and ${verb} over time: ${percent(trend.start)} at the first answer, ${percent(
    trend.end,
  )} at the last (${pWords(trend.p_value)}).`;
}

/** Where the share of right answers broke; `at` is the first answer after it, counted from 0. */
interface Break {
  at: number;
  before: number;
  after: number;
  p_value: number;
}

function isBreak(change: unknown): change is Break {
  const read = change as Partial<Break> | null | undefined;
  return [read?.at, read?.before, read?.after, read?.p_value].every((one) => typeof one === "number");
}

export function changeWords(change: unknown): string | undefined {
  if (!isBreak(change) || change.p_value >= SIGNIFICANT) return undefined;
  const then = `${percent(change.after)} agree with the consensus from answer ${count(change.at + 1)} on`;
  return `${then}, ${percent(change.before)} did before (${pWords(change.p_value)}).`;
}

/** How a probability reads that is never quite 1. */
export function chanceWords(probability: number): string {
  if (probability > 0.99) return "over 99 %";
  if (probability > 0 && probability < 0.01) return "under 1 %";
  return percent(probability);
}

/** What was sent, and why not all of it. */
export function sentWords(sent: number, asked: number): string {
  const words = `${counted(sent, "task")} ${sent === 1 ? "was" : "were"} sent to review.`;
  const rest = asked - sent;
  if (rest === 0) return words;
  const left = rest === 1 ? "it is" : "they are";
  return `${words} ${count(rest)} of ${count(asked)} stayed: ${left} in review already, or not all answers are in.`;
}
