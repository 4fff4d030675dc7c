// What happened to a task so far: flags, verdicts, the consensus.
import { Button } from "@mantine/core";
import classes from "../../editor/shell/shell.module.css";
import own from "./review.module.css";
import type { Detail } from "./useReviewTask";

const VERDICTS: Record<string, string> = { accept: "accepted", reject: "sent back", fix: "corrected" };

interface Props {
  detail: Detail;
  /** Only for managers. */
  onRemoveGold: (() => void) | undefined;
}

export function History({ detail, onRemoveGold }: Props) {
  const { reviews, flags, consensus, agreement } = detail;
  const nameOf = (id: number) => detail.annotations.find((one) => one.id === id)?.author_name ?? "somebody";
  return (
    <section className={classes.section} aria-label="History">
      <p className={own.agreement}>
        {agreement != null
          ? `Agreement ${Math.round(agreement * 100)} %`
          : detail.annotations.length === 0
            ? "No answer yet"
            : "One answer: nothing to compare"}
      </p>
      {flags.map((flag) => (
        <p key={`${flag.by}${flag.at}`} className={own.flag}>
          <strong>Flagged as ambiguous</strong> by <bdi>{flag.by}</bdi>
          {flag.reason ? (
            <>
              : <bdi>{flag.reason}</bdi>
            </>
          ) : null}
        </p>
      ))}
      {detail.gold && onRemoveGold ? (
        <p className={own.flag}>
          <strong>This task has a gold answer</strong>{" "}
          <Button size="compact-xs" variant="default" onClick={onRemoveGold}>
            Remove it
          </Button>
        </p>
      ) : null}
      {consensus ? (
        <p>
          Settled as consensus {consensus.number} ({consensus.method}), {when(consensus.at)}
        </p>
      ) : null}
      {reviews.length > 0 ? (
        <ul className={classes.comments} aria-label="Verdicts">
          {reviews.map((one) => (
            <li key={`${one.annotation_id} ${one.at}`}>
              <strong>{one.reviewer}</strong> {VERDICTS[one.verdict] ?? one.verdict}{" "}
              <bdi>{nameOf(one.annotation_id)}</bdi>, revision {one.revision}, {when(one.at)}
              {one.reason ? <p dir="auto">{one.reason}</p> : null}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

const when = (at: string) =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
