// Comments on a task or on one of its regions.
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, take } from "../../api/client";
import type { EditorSession } from "../session";
import classes from "./shell.module.css";

interface Props {
  taskId: number;
  session: EditorSession;
  opened: boolean;
  /** The region that a new comment is about. */
  region: string | undefined;
  onToggle: () => void;
}

export function Comments({ taskId, session, opened, region, onToggle }: Props) {
  const path = { task: taskId };
  const key = ["comments", taskId];
  const client = useQueryClient();
  const [body, setBody] = useState("");
  const input = useRef<HTMLTextAreaElement>(null);
  const found = useQuery({
    queryKey: key,
    queryFn: () => take(api.GET("/api/v1/tasks/{task}/comments", { params: { path } })),
  }).data;
  const comments = found ?? [];
  // The canvas pins them to their regions.
  useEffect(() => {
    const pins = new Map<string, number>();
    for (const { region_id: on } of found ?? []) if (on) pins.set(on, (pins.get(on) ?? 0) + 1);
    for (const { ui } of session.editors) ui.set({ pins });
  }, [session, found]);
  const add = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/tasks/{task}/comments", {
          params: { path },
          body: { body, region_id: region ?? null },
        }),
      ),
    onSuccess: () => {
      setBody("");
      session.announce("Comment added");
      return client.invalidateQueries({ queryKey: key });
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: opened again for another region it takes the focus again.
  useEffect(() => {
    if (opened) input.current?.focus();
  }, [opened, region]);
  const nameOf = (id: string) => {
    const found = session.doc.region(id);
    return found ? session.classOf(found.class)?.title : "a region that is gone";
  };
  return (
    <section className={classes.section} aria-label="Comments">
      <button type="button" className={classes.fold} aria-expanded={opened} onClick={onToggle}>
        <span className={classes.heading}>Comments</span>
        <span>{comments.length > 0 ? comments.length : ""}</span>
      </button>
      {opened ? (
        <>
          <ul className={classes.comments}>
            {comments.map((comment) => (
              <li key={comment.id}>
                <strong>{comment.author}</strong>{" "}
                {comment.region_id ? (
                  <button
                    type="button"
                    className={classes.link}
                    onClick={() => session.reveal(comment.region_id ?? "")}
                  >
                    on {nameOf(comment.region_id)}
                  </button>
                ) : null}
                <p dir="auto">{comment.body}</p>
              </li>
            ))}
          </ul>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (body.trim() !== "") add.mutate();
            }}
          >
            <textarea
              ref={input}
              className={classes.input}
              rows={2}
              value={body}
              dir="auto"
              aria-label={region ? `Comment on ${nameOf(region)}` : "Comment on the task"}
              placeholder={region ? `On ${nameOf(region)}` : "On the task"}
              onChange={(event) => setBody(event.currentTarget.value)}
            />
            {add.error ? <p className={classes.complaint}>{add.error.message}</p> : null}
            <Button size="compact-sm" type="submit" variant="default" loading={add.isPending}>
              Add comment
            </Button>
          </form>
        </>
      ) : null}
    </section>
  );
}
