// The answers of a task as cards: whose, in what state, and whether they are drawn.
import { Badge, Button } from "@mantine/core";
import classes from "../../editor/shell/shell.module.css";
import own from "./review.module.css";
import type { Annotation } from "./verdicts";

const LINES = ["solid", "dashed", "dotted", "dash-dot", "short dashes", "wide dots"];

interface Props {
  annotations: readonly Annotation[];
  current: Annotation | undefined;
  hidden: ReadonlySet<number>;
  /** May this person make an answer the gold one? */
  manages: boolean;
  onPick: (annotation: Annotation) => void;
  onShow: (annotation: Annotation, shown: boolean) => void;
  onGold: (annotation: Annotation) => void;
}

export function Answers({ annotations, current, hidden, manages, onPick, onShow, onGold }: Props) {
  return (
    <section className={classes.section} aria-label="Answers">
      <h2 className={classes.heading}>
        Answers <span>{annotations.length}</span>
      </h2>
      <div className={own.cards}>
        {annotations.map((one, index) => (
          <div key={one.id} className={own.card} data-current={one === current || undefined}>
            <button
              type="button"
              className={own.pick}
              aria-pressed={one === current}
              onClick={() => onPick(one)}
            >
              <strong>
                <bdi>{one.author_name}</bdi>
              </strong>
              <Badge
                size="sm"
                variant="default"
                color={one.state === "accepted" ? "green" : undefined}
                autoContrast
              >
                {one.state}
              </Badge>
              <span className={own.facts}>
                revision {one.revision}, {Math.round(one.took_ms / 1000)} s
              </span>
            </button>
            <span className={own.more}>
              {one === current ? (
                <span>solid line</span>
              ) : (
                <label>
                  <input
                    type="checkbox"
                    checked={!hidden.has(one.id)}
                    onChange={(event) => onShow(one, event.currentTarget.checked)}
                  />{" "}
                  {LINES[styleOf(annotations, current, index) % LINES.length]}
                </label>
              )}
              {manages ? (
                <Button size="compact-xs" variant="default" onClick={() => onGold(one)}>
                  Make it gold
                </Button>
              ) : null}
            </span>
          </div>
        ))}
      </div>
    </section>
  );
}

/** The dash of an answer that is not the current one: counted from 1, the current one is solid. */
export function styleOf(
  annotations: readonly Annotation[],
  current: Annotation | undefined,
  index: number,
): number {
  const at = current ? annotations.indexOf(current) : -1;
  return at >= 0 && index > at ? index : index + 1;
}
