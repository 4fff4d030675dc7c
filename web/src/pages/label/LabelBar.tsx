// The bar above the work: where one is, whether everything is safe, how far it is.
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import type { OutboxState } from "../../core/outbox";
import bars from "../../editor/shell/bars.module.css";
import type { TaskStream } from "./stream";

export interface BarProps {
  stream: TaskStream;
  projectId: number;
  name: string;
  role: Schemas["Role"] | undefined;
  remaining: number | undefined;
  today: number;
  outbox: OutboxState;
  children?: ReactNode;
}

export function LabelBar({ stream, projectId, name, role, remaining, today, outbox, children }: BarProps) {
  const home = role === undefined || role === "labeler";
  return (
    <header className={bars.topBar}>
      {home ? (
        <Link to="/" aria-label="Back to my projects">
          ←
        </Link>
      ) : (
        <Link to="/projects/$projectId" params={{ projectId }} aria-label="Back to the project">
          ←
        </Link>
      )}
      <h1 className={bars.title}>{name}</h1>
      {children ?? <span className={bars.spacer} />}
      <SaveState outbox={outbox} stream={stream} />
      <span className={bars.status}>
        {today} today{remaining === undefined ? "" : ` · ${remaining} left`}
      </span>
    </header>
  );
}

/** Success is silent: it only says that everything is stored. */
function SaveState({ outbox, stream }: { outbox: OutboxState; stream: TaskStream }) {
  const { queued } = outbox;
  if (outbox.signedOut) {
    return (
      <span className={bars.status} data-away role="status">
        signed out, {queued.length} kept here{" "}
        <Button size="compact-xs" variant="default" onClick={() => stream.outbox.flush()}>
          Sign in
        </Button>
      </span>
    );
  }
  if (outbox.unsafe) {
    return (
      <span className={bars.status} data-away role="status">
        this browser stores nothing: keep this tab open until everything is saved
      </span>
    );
  }
  const words = outbox.away ? `offline (${queued.length} queued)` : queued.length > 0 ? "saving" : "saved";
  return (
    <span className={bars.status} data-away={outbox.away || undefined} role="status" data-testid="save-state">
      {words}
    </span>
  );
}
