// The switch for one key a task; it is remembered for the project in this browser.
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { fitsOneKey, oneKeys } from "../../core/onekey";
import { targetOf } from "../../core/schemakeys";
import type { EditorSession } from "../../editor/session";
import { useKeys } from "../../editor/shell/hooks";
import { NO_KEYS } from "../../editor/shell/keys";

interface Props {
  session: EditorSession;
  projectId: number;
  onSubmit: () => void;
  onIgnore: () => void;
}

export function OneKey({ session, projectId, onSubmit, onIgnore }: Props) {
  const place = `labelwright.onekey.${projectId}`;
  const [on, setOn] = useState(() => localStorage.getItem(place) !== null);
  const fits = fitsOneKey(session.wholeSchema);
  const keys = useMemo(() => (on && fits ? oneKeys(session.schema) : NO_KEYS), [on, fits, session]);
  useKeys("one key", 35, keys, (command) => {
    if (command === "ignore") {
      onIgnore();
      return true;
    }
    const target = targetOf(command);
    if (target?.kind !== "option") return false;
    session.setField(target.field, target.option);
    onSubmit();
    return true;
  });
  if (!fits) return null;
  const toggle = () => {
    if (on) localStorage.removeItem(place);
    else localStorage.setItem(place, "on");
    setOn(!on);
    session.current.canvas?.focus({ preventScroll: true });
  };
  return (
    <Button
      size="compact-sm"
      variant={on ? "filled" : "default"}
      aria-pressed={on}
      title="The key of an option answers and goes on, Space ignores, Backspace goes back"
      onClick={toggle}
    >
      One key a task
    </Button>
  );
}
