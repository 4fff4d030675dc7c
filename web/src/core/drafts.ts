// Unfinished answers. Every change lands in the browser's database within half a second and at the moment in which the
// page is hidden, and in the background on the server, so that another machine can go on.
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

export interface DraftStore {
  get(key: string): Promise<Draft | undefined>;
  put(draft: Draft): Promise<void>;
  remove(key: string): Promise<void>;
}

const LOCAL_WAIT_MS = 400;
const SERVER_WAIT_MS = 4000;

/** Keeps the draft of one task. */
export class DraftKeeper {
  private localTimer: ReturnType<typeof setTimeout> | undefined;
  private serverTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly store: DraftStore;
  private readonly snapshot: () => Draft;
  private readonly upload: (draft: Draft) => Promise<void>;
  private ended = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(store: DraftStore, snapshot: () => Draft, upload: (draft: Draft) => Promise<void>) {
    this.store = store;
    this.snapshot = snapshot;
    this.upload = upload;
  }

  /** Something changed. */
  touch(): void {
    if (this.ended) return;
    clearTimeout(this.localTimer);
    this.localTimer = setTimeout(() => this.flush(), LOCAL_WAIT_MS);
    this.serverTimer ??= setTimeout(() => {
      this.serverTimer = undefined;
      if (!this.ended) this.upload(this.snapshot()).catch(() => {});
    }, SERVER_WAIT_MS);
  }

  /** Writes now if something waits to be written. */
  flush(): void {
    if (this.localTimer === undefined || this.ended) return;
    clearTimeout(this.localTimer);
    this.localTimer = undefined;
    const draft = this.snapshot();
    this.writing = this.writing.then(() => this.store.put(draft)).catch(() => {});
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
  }
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
