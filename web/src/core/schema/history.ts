// What was, for undo. A run of changes with one key, such as typing into one input, is one step.

export interface History<State> {
  past: readonly State[];
  now: State;
  future: readonly State[];
  key?: string;
}

const STEPS_MAXIMUM = 500;

export const begin = <State>(now: State): History<State> => ({ past: [], now, future: [] });

export function step<State>(history: History<State>, now: State, key?: string): History<State> {
  if (now === history.now) return history;
  const same = key !== undefined && key === history.key;
  const past = same ? history.past : [...history.past, history.now].slice(-STEPS_MAXIMUM);
  return { past, now, future: [], key };
}

export function undo<State>(history: History<State>): History<State> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future] };
}

export function redo<State>(history: History<State>): History<State> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future };
}
