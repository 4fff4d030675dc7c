import { useState } from "react";

/** Which tasks are chosen. Those that are no longer shown no longer count. */
export function useSelection(shown: readonly number[]) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const distinct = [...new Set(shown)];
  const selected = distinct.filter((task) => chosen.has(task));
  return {
    selected,
    all: selected.length > 0 && selected.length === distinct.length,
    has: (task: number) => chosen.has(task),
    toggle: (task: number) =>
      setChosen((before) => {
        const next = new Set(before);
        if (!next.delete(task)) next.add(task);
        return next;
      }),
    setAll: (on: boolean) => setChosen(new Set(on ? distinct : [])),
  };
}
