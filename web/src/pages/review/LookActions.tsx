// What a reviewer can do with the answer on the screen.
import { Button } from "@mantine/core";
import { useKeyOf } from "../../editor/shell/hooks";

interface Props {
  actions: Record<"accept" | "accept-every" | "reject" | "fix" | "adjudicate" | "later", () => unknown>;
  /** The answer cannot be judged by this person. */
  disabled: boolean;
  more: boolean;
}

export function LookActions({ actions, disabled, more }: Props) {
  return (
    <>
      <Action command="later" words="Later" run={actions.later} />
      <Action command="adjudicate" words="Settle" run={actions.adjudicate} />
      <Action command="fix" words="Correct" run={actions.fix} disabled={disabled} />
      <Action command="reject" words="Send back" run={actions.reject} disabled={disabled} />
      {more ? <Action command="accept-every" words="Accept all" run={actions["accept-every"]} /> : null}
      <Action command="accept" words="Accept" run={actions.accept} disabled={disabled} main />
    </>
  );
}

interface ActionProps {
  command: string;
  words: string;
  run: () => unknown;
  disabled?: boolean;
  main?: boolean;
}

function Action({ command, words, run, disabled, main }: ActionProps) {
  return (
    <Button
      size="compact-sm"
      variant={main ? "filled" : "default"}
      disabled={disabled}
      title={useKeyOf(command)}
      onClick={run}
    >
      {words}
    </Button>
  );
}
