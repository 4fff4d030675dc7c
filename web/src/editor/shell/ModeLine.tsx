// The line at the foot: what was just done, and the keys that matter now.
import { Kbd } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { shown } from "../../core/hotkeys";
import bars from "./bars.module.css";
import { useHotkeys } from "./hooks";
import classes from "./shell.module.css";

export function ModeLine({ said }: { said: string }) {
  const hotkeys = useHotkeys();
  const key = useSyncExternalStore(hotkeys.subscribe, () =>
    hotkeys
      .list()
      .map((entry) => entry.id)
      .join(),
  );
  const entries = key === "" ? [] : hotkeys.list().filter((entry) => entry.short !== undefined);
  return (
    <footer className={bars.modeLine}>
      <output className={bars.said} aria-live="polite">
        {said}
      </output>
      <ul aria-label="Keys">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Kbd className={classes.kbd}>{shown(entry.keys[0] ?? "")}</Kbd> {entry.short}
          </li>
        ))}
      </ul>
    </footer>
  );
}
