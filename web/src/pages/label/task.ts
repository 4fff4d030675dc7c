// One task in the hands of the labeler: the assignment with its session, draft and clock.
import { api, type Schemas, take } from "../../api/client";
import { ActiveClock } from "../../core/clock";
import { DraftKeeper, draftKey, fromServer, newest, toServer } from "../../core/drafts";
import type { OutboxEntry } from "../../core/outbox";
import { type Answer, emptyAnswer, type LabelSchema, readAnswer } from "../../core/types";
import { loadMedia } from "../../editor/media";
import { companionsOf, openSession } from "../../editor/opening";
import { loadPlugin } from "../../editor/registry";
import type { EditorSession } from "../../editor/session";
import { draftStore } from "./delivery";

export type Assignment = Schemas["AssignmentView"];

export interface Task {
  id: number;
  assignment: Assignment;
  /** Of the item's own data; what comes with the item hangs on it. */
  session: EditorSession;
  draft: DraftKeeper;
  clock: ActiveClock;
  epoch: number;
  /** The revision that a submit goes on from. */
  parent: number | null;
  leaseUntil: number;
  /** Was anything changed since it was opened? */
  touched: boolean;
  /** Is there something that an earlier sitting left? */
  restored: boolean;
}

const schemas = new Map<number, Promise<LabelSchema>>();

export function schemaOf(version: number): Promise<LabelSchema> {
  const known = schemas.get(version);
  if (known) return known;
  const path = { version };
  const asked = take(api.GET("/api/v1/schema-versions/{version}", { params: { path } })).then(
    (view) => view.document,
  );
  schemas.set(version, asked);
  // What failed may work the next time.
  asked.catch(() => schemas.delete(version));
  return asked;
}

export class NoEditor extends Error {}

/** Everything that the screen needs, decoded. `pending` is an answer on its way, `instead` one to be mended. */
export async function openTask(
  user: number,
  assignment: Assignment,
  pending: OutboxEntry | undefined,
  instead?: Answer,
): Promise<Task> {
  const schema = await schemaOf(assignment.schema_version_id);
  const parent = assignment.annotation?.revision ?? null;
  const key = draftKey(user, assignment.task_id);
  const [plugin, media, panes, kept] = await Promise.all([
    loadPlugin(schema.modality),
    loadMedia(assignment),
    companionsOf(schema, assignment),
    draftStore.get(key).catch(() => undefined),
  ]);
  if (!plugin) throw new NoEditor(`There is no editor for ${schema.modality} yet.`);
  const draft = newest(parent, kept, fromServer(key, parent, assignment.draft));
  const before =
    pending?.answer ?? (assignment.annotation ? readAnswer(assignment.annotation.answer) : undefined);
  const used = instead || pending ? undefined : draft;
  const start = {
    schema,
    media,
    plugin,
    answer: instead ?? used?.answer ?? before ?? emptyAnswer(),
    unfinished: used?.unfinished,
    suggestions: suggestionsOf(assignment, used?.answer),
    scores: scoresOf(assignment),
    person: user,
  };
  const session = openSession(start, panes);
  const clock = new ActiveClock(used?.took_ms ?? 0);
  const light = () => ({
    key,
    base: task.parent,
    unfinished: session.unfinished,
    took_ms: clock.total(Date.now()),
    saved_at: Date.now(),
  });
  const task: Task = {
    id: assignment.task_id,
    assignment,
    session,
    clock,
    epoch: assignment.epoch,
    parent,
    leaseUntil: Date.parse(assignment.lease_until),
    touched: instead !== undefined,
    restored: used !== undefined,
    draft: new DraftKeeper(
      draftStore,
      () => ({ ...light(), answer: session.whole.answer() }),
      light,
      async (snapshot) => {
        await idle();
        // The types say that a draft is an empty object; the server takes any.
        const body = { answer: toServer(snapshot) as Record<string, never> };
        await take(api.PUT("/api/v1/tasks/{task}/draft", { params: { path: { task: task.id } }, body }));
      },
    ),
  };
  follow(task);
  return task;
}

/** A pause in the work of the page: a large answer is packed when nobody waits for a frame. */
function idle(): Promise<void> {
  return new Promise((done) => {
    if (typeof requestIdleCallback === "undefined") setTimeout(done, 0);
    else requestIdleCallback(() => done(), { timeout: 2000 });
  });
}

function follow(task: Task): void {
  const { session } = task;
  session.whole.watch((changes) => {
    task.touched = true;
    task.draft.touch(changes);
  });
  for (const { ui } of session.editors) {
    let { unfinished } = ui.state;
    ui.subscribe(() => {
      if (ui.state.unfinished === unfinished) return;
      unfinished = ui.state.unfinished;
      task.touched = true;
      task.draft.touch();
    });
  }
}

/** What models and imports say, without what a draft has taken over already. */
function suggestionsOf(assignment: Assignment, drafted: Answer | undefined): Answer | undefined {
  if (assignment.prelabels.length === 0 || assignment.annotation) return undefined;
  const all = assignment.prelabels.map((one) => readAnswer(one.answer));
  const there = new Set(drafted?.regions.map((region) => region.id));
  return {
    fields: Object.assign({}, ...all.map((one) => one.fields).reverse()),
    regions: all.flatMap((one) => one.regions).filter((region) => !there.has(region.id)),
    relations: all.flatMap((one) => one.relations),
  };
}

/** The scores of what {@link suggestionsOf} says about fields: of several sources the first one counts. */
function scoresOf(assignment: Assignment): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const one of [...assignment.prelabels].reverse()) {
    for (const field of Object.keys(readAnswer(one.answer).fields)) {
      if (one.score == null) delete scores[field];
      else scores[field] = one.score;
    }
  }
  return scores;
}
