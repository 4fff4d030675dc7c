// A label beside what it is a label of. Those of others cannot be pressed.
import { inkOn } from "../core/colour";
import classes from "./LabelChip.module.css";
import type { Shown } from "./shown";

interface Props {
  label: Shown;
  /** What stands between its class and its values. */
  part?: string;
  onPick: () => void;
}

export function LabelChip({ label, part = "", onPick }: Props) {
  const state = [label.by, label.suggested ? "suggested" : "", label.differs ? "differs" : ""].filter(
    Boolean,
  );
  const shown = (
    <>
      {`${label.title}${part}${label.said ? `: ${label.said}` : ""}`}
      {state.length > 0 ? <small> {state.join(", ")}</small> : null}
    </>
  );
  if (label.by !== undefined) {
    return (
      <span className={classes.label} data-other style={{ borderColor: label.colour }}>
        {shown}
      </span>
    );
  }
  const filled = { background: label.colour, color: inkOn(label.colour) };
  return (
    <button
      type="button"
      className={classes.label}
      style={label.suggested ? { borderColor: label.colour } : filled}
      data-suggested={label.suggested || undefined}
      aria-pressed={label.selected}
      // The focus stays on what is labeled, where the keys are.
      onMouseDown={(event) => event.preventDefault()}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        event.stopPropagation();
        onPick();
      }}
    >
      {shown}
    </button>
  );
}
