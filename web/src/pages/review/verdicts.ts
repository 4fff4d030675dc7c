// What a reviewer tells the server.
import { api, type Schemas, take } from "../../api/client";
import type { Answer } from "../../core/types";

export type Annotation = Schemas["AnnotationView"];

export type Verdict =
  | { verdict: "accept" }
  | { verdict: "reject"; reason: string }
  | { verdict: "fix"; answer: Answer };

export async function judge(annotation: Annotation, verdict: Verdict): Promise<void> {
  const params = { path: { annotation: annotation.id } };
  const body = { revision: annotation.revision, ...verdict };
  await take(api.POST("/api/v1/annotations/{annotation}/reviews", { params, body }));
}

/** Settles the task; the answers that it was made from are named with the revisions that were seen. */
export async function settle(
  task: number,
  answer: Answer,
  seen: readonly Pick<Annotation, "id" | "revision">[],
): Promise<void> {
  const inputs = seen.map((one) => [one.id, one.revision]);
  const params = { path: { task } };
  await take(api.POST("/api/v1/tasks/{task}/consensus", { params, body: { answer, inputs } }));
}

export async function setGold(task: number, answer: Answer | undefined): Promise<void> {
  const params = { path: { task } };
  const body = answer ? { gold: answer } : { remove_gold: true };
  await take(api.PATCH("/api/v1/tasks/{task}", { params, body }));
}

/** Does it still wait for a verdict? */
export const waits = (annotation: Annotation): boolean => annotation.state === "submitted";
