// What a new labeler has to know, a line at a time above the first tasks. It takes no key and hides nothing.
import { Button, Kbd } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { shown } from "../../core/hotkeys";
import type { EditorSession } from "../../editor/session";
import bars from "../../editor/shell/bars.module.css";
import { useKeyOf } from "../../editor/shell/hooks";

/** Where the number of the step is kept: the tour goes on with the next task, and on the next day. */
const placeOf = (person: number): string => `labelwright.tour.${person}`;

interface Props {
  person: number;
  session: EditorSession;
}

export function Tour({ person, session }: Props) {
  const [step, setStep] = useState(() => Number(localStorage.getItem(placeOf(person))) || 0);
  const steps = useSteps(session);
  if (step >= steps.length) return null;
  const go = (to: number) => {
    localStorage.setItem(placeOf(person), String(to));
    setStep(to);
  };
  const last = step === steps.length - 1;
  return (
    <section className={bars.notice} aria-label="Tour">
      <p aria-live="polite">
        <strong>
          {step + 1} of {steps.length}
        </strong>{" "}
        {steps[step]}
      </p>
      <Button size="compact-sm" onClick={() => go(step + 1)}>
        {last ? "Done" : "Next"}
      </Button>
      {last ? null : (
        <Button size="compact-sm" variant="subtle" onClick={() => go(steps.length)}>
          Skip the tour
        </Button>
      )}
    </section>
  );
}

function useSteps(session: EditorSession): ReactNode[] {
  const keys = {
    submit: useKeyOf("submit"),
    back: useKeyOf("back"),
    undo: useKeyOf("undo"),
    guidelines: useKeyOf("guidelines"),
    skip: useKeyOf("skip"),
    flag: useKeyOf("flag"),
    sheet: useKeyOf("sheet"),
  };
  const [gesture] = session.plugin.gestures(session.schema, false);
  const begin =
    session.classes.length > 0 ? (
      <>
        Choose a class with its digit or with a click
        {gesture ? `, then: ${gesture.how} (${gesture.what})` : ""}.
      </>
    ) : (
      <>Answer on the right, with the digits or with the mouse.</>
    );
  return [
    begin,
    <>
      <Kbd>{keys.submit}</Kbd> stores the answer and shows the next task. <Kbd>{keys.back}</Kbd> goes back to
      the one before.
    </>,
    <>
      <Kbd>{keys.undo}</Kbd> takes back whatever you did. What you draw is kept, even when this window is
      closed.
    </>,
    <>
      The guidelines are on the right (<Kbd>{keys.guidelines}</Kbd>). What cannot be answered is skipped (
      <Kbd>{keys.skip}</Kbd>) or flagged for a reviewer (<Kbd>{keys.flag}</Kbd>).
    </>,
    <>
      <Kbd>{keys.sheet}</Kbd> shows all keys, and lets you change them. <Kbd>{shown("Ctrl+k")}</Kbd> finds
      every command and page.
    </>,
  ];
}
