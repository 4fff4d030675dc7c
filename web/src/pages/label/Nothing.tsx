// No task on the screen: why, and what next.
import { Button, Skeleton } from "@mantine/core";
import { useState } from "react";
import type { OutboxState } from "../../core/outbox";
import { ButtonLink } from "../../ui/links";
import type { BarProps } from "./LabelBar";
import classes from "./label.module.css";
import type { StreamState, TaskStream } from "./stream";

export function Waiting() {
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading the next task">
      <Skeleton animate={false} height="100%" />
      <Skeleton animate={false} height="50%" />
    </div>
  );
}

interface Words {
  title: string;
  text: string;
}

function wordsFor(state: StreamState, outbox: OutboxState): Words {
  if (state.phase === "failed") {
    return {
      title: state.why === "no_editor" ? "No editor for this yet" : "The next task could not be loaded",
      text: state.problem ?? "",
    };
  }
  switch (state.why) {
    case "away":
      return {
        title: "No connection",
        text:
          outbox.queued.length > 0
            ? `${count(outbox.queued.length)} kept on this computer and sent as soon as the server is back. You can close this page.`
            : "The next task is loaded as soon as the server is back.",
      };
    case "no_tasks":
      return {
        title: "This project has no tasks yet",
        text: "Tasks appear as soon as a manager adds a dataset to it.",
      };
    case "all_done":
      return {
        title: "All done",
        text: "Every task has its answers. What a reviewer sends back will appear here again.",
      };
    default:
      return {
        title: "Nothing left for you right now",
        text: "The open tasks are with other people, or you have answered or skipped them. A place that becomes free will appear here.",
      };
  }
}

const count = (number: number) => (number === 1 ? "1 answer is" : `${number} answers are`);

interface Props {
  stream: TaskStream;
  state: StreamState;
  outbox: OutboxState;
  bar: BarProps;
}

export function Nothing({ stream, state, outbox, bar }: Props) {
  const words = wordsFor(state, outbox);
  const [said, setSaid] = useState("");
  const back = () => {
    stream
      .back()
      .then((there) => setSaid(there ? "" : "You have not answered anything in this project yet."))
      .catch((error: Error) => setSaid(error.message));
  };
  return (
    <main className={classes.middle}>
      <h1>{words.title}</h1>
      <p>{words.text}</p>
      <div className={classes.actions}>
        <Button onClick={() => void stream.next()}>Look again</Button>
        {stream.canGoBack ? (
          <Button variant="default" onClick={back}>
            Back to my last answer
          </Button>
        ) : null}
        {bar.role && bar.role !== "labeler" ? (
          <ButtonLink variant="default" to="/projects/$projectId" params={{ projectId: bar.projectId }}>
            To the project
          </ButtonLink>
        ) : (
          <ButtonLink variant="default" to="/">
            To my projects
          </ButtonLink>
        )}
      </div>
      <p role="status">{said}</p>
    </main>
  );
}
