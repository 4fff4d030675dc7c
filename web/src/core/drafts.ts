// Unfinished answers. Every change lands in the browser's database at once: the first one of a sitting with the whole
// answer, the others as what they change, so that the cost does not grow with the answer. In the background it goes to
// the server, so that another machine can go on.
import type { Change } from "./doc";
import { uuid } from "./ids";
import { replayed, type Step, stepOf } from "./steps";
import type { Answer } from "./types";
import { readAnswer } from "./types";

export interface Draft {
  /** Person and task. */
  key: string;
  /** The revision that it goes on from. */
  base: number | null;
  answer: Answer;
  /** What an editor holds half drawn, in its own words. */
  unfinished?: unknown;
  took_ms: number;
  saved_at: number;
}

export const draftKey = (user: number, task: number): string => `${user}:${task}`;

/** What was done since the draft, or since the steps before. */
export interface DraftSteps {
  steps: Step[];
  unfinished?: unknown;
  took_ms: number;
  saved_at: number;
}

export interface DraftStore {
  /** With all its steps done. */
  get(key: string): Promise<Draft | undefined>;
  /** In the place of what was there, steps included. Steps of the same sitting may follow. */
  put(draft: Draft, sitting: string): Promise<void>;
  /** `number` rises from 1 after each whole draft. False when another sitting, in another tab, has written since: these
   * steps would not go on from what is there. */
  append(key: string, sitting: string, number: number, steps: DraftSteps): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** At once, where there is room: a page that goes away does not wait for the database. */
  rescue(draft: Draft): void;
}

/** Long enough that one gesture is one write; while something is dragged, a few writes a second are enough. */
const LOCAL_WAIT_MS = 15;
const BETWEEN_MS = 300;
/** Steps behind a whole draft, at most: reading them all stays quick. */
const MOST_STEPS = 2000;
const SERVER_WAIT_MS = 4000;

/** Keeps the draft of one task. */
export class DraftKeeper {
  private localTimer: ReturnType<typeof setTimeout> | undefined;
  private serverTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly store: DraftStore;
  private readonly snapshot: () => Draft;
  private readonly light: () => Omit<Draft, "answer">;
  private readonly upload: (draft: Draft) => Promise<void>;
  private readonly sitting = uuid();
  private ended = false;
  /** Writes since the whole draft of this sitting; undefined before it. */
  private written: number | undefined;
  private steps: Step[] = [];
  private writtenAt = 0;
  private done = 0;
  private writing: Promise<void> = Promise.resolve();
  /** Writes that have begun and are not done. */
  private open = 0;

  /** `light` is the snapshot without the answer: what a few steps need. */
  constructor(
    store: DraftStore,
    snapshot: () => Draft,
    light: () => Omit<Draft, "answer">,
    upload: (draft: Draft) => Promise<void>,
  ) {
    this.store = store;
    this.snapshot = snapshot;
    this.light = light;
    this.upload = upload;
  }

  /** Something changed: these things of the answer, or what is half drawn. */
  touch(changes: readonly Change[] = []): void {
    if (this.ended) return;
    if (this.written !== undefined) for (const change of changes) this.step(stepOf(change));
    const since = Date.now() - this.writtenAt;
    const wait = Math.max(LOCAL_WAIT_MS, Math.min(BETWEEN_MS, BETWEEN_MS - since));
    this.localTimer ??= setTimeout(() => this.flush(), wait);
    this.serverTimer ??= setTimeout(() => {
      this.serverTimer = undefined;
      if (!this.ended) this.upload(this.snapshot()).catch(() => {});
    }, SERVER_WAIT_MS);
  }

  /** A thing that changes again before it was written is written once. */
  private step(step: Step): void {
    const last = this.steps.at(-1);
    if (last?.kind === step.kind && last.id === step.id && last.after !== undefined) {
      if (step.kind === "field" || step.stays) {
        last.after = step.after;
        return;
      }
    }
    this.steps.push(step);
  }

  /** Writes now if something waits to be written. */
  flush(): void {
    if (this.localTimer === undefined || this.ended) return;
    clearTimeout(this.localTimer);
    this.localTimer = undefined;
    this.writtenAt = Date.now();
    this.done += Math.max(1, this.steps.length);
    if (this.written === undefined || this.done > MOST_STEPS) {
      const draft = this.snapshot();
      [this.written, this.steps, this.done] = [0, [], 0];
      this.write(() => this.store.put(draft, this.sitting));
      return;
    }
    this.written += 1;
    const { key, unfinished, took_ms, saved_at } = this.light();
    const [number, steps] = [this.written, { steps: this.steps, unfinished, took_ms, saved_at }];
    this.steps = [];
    this.write(async () => {
      if (await this.store.append(key, this.sitting, number, steps)) return;
      this.written = undefined;
      this.touch();
    });
  }

  /** The page goes away, perhaps before what waits or is being written is there. */
  leave(): void {
    if (this.ended || (this.localTimer === undefined && this.open === 0)) return;
    this.store.rescue(this.snapshot());
    this.flush();
  }

  /** One after the other. After a failure the next write is a whole draft again: steps with a gap would be wrong. */
  private write(go: () => Promise<void>): void {
    this.open += 1;
    this.writing = this.writing
      .then(go)
      .catch(() => {
        this.written = undefined;
      })
      .finally(() => {
        this.open -= 1;
      });
  }

  /** The answer is in the outbox: the draft has done its work. */
  end(): void {
    this.pause();
    this.ended = true;
    const { key } = this.snapshot();
    this.writing = this.writing.then(() => this.store.remove(key)).catch(() => {});
  }

  /** Stops the timers, keeping what is written. */
  pause(): void {
    this.flush();
    clearTimeout(this.localTimer);
    clearTimeout(this.serverTimer);
    this.localTimer = undefined;
    this.serverTimer = undefined;
  }

  /** Begins again after `end`: the task was reopened. */
  resume(): void {
    this.ended = false;
    // What was written may have been taken away.
    this.written = undefined;
    this.steps = [];
  }
}

/** A draft with its steps done; they are in their order. */
export function goneOn(draft: Draft, steps: readonly DraftSteps[]): Draft {
  const last = steps.at(-1);
  if (!last) return draft;
  const { unfinished, took_ms, saved_at } = last;
  const answer = replayed(
    draft.answer,
    steps.flatMap((one) => one.steps),
  );
  return { key: draft.key, base: draft.base, answer, unfinished, took_ms, saved_at };
}

/** What the server keeps: an answer with what only we read beside it. */
export function toServer(draft: Draft): Record<string, unknown> {
  const { answer, base, unfinished, took_ms, saved_at } = draft;
  return { ...answer, base, took_ms, saved_at, ...(unfinished === undefined ? {} : { unfinished }) };
}

export function fromServer(key: string, base: number | null, stored: unknown): Draft | undefined {
  if (typeof stored !== "object" || stored === null) return undefined;
  const from = stored as Partial<Draft>;
  return {
    key,
    // The server itself keeps a refused answer without our words; that one goes on from what is there.
    base: from.base === undefined ? base : from.base,
    answer: readAnswer(stored),
    unfinished: from.unfinished,
    took_ms: from.took_ms ?? 0,
    saved_at: from.saved_at ?? 0,
  };
}

/** The draft to go on with: the newer one, if it goes on from the revision that is there. */
export function newest(base: number | null, ...drafts: (Draft | undefined)[]): Draft | undefined {
  return drafts
    .filter((draft): draft is Draft => draft !== undefined && draft.base === base)
    .sort((one, two) => two.saved_at - one.saved_at)[0];
}
