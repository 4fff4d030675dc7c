// Answers on their way out. A submit is written down here first, then sent until the server says yes or gives a reason;
// the idempotency key makes a second sending harmless. Nothing leaves the box before it is stored or given up by the
// person. Knows neither HTTP nor IndexedDB: both are passed in.
import { uuid } from "./ids";
import { Listeners } from "./listeners";
import type { Answer } from "./types";

export interface Refusal {
  status: number;
  code: string;
  detail: string;
  errors?: { pointer: string; code: string; message: string }[];
  head?: { revision: number; answer: unknown };
}

export interface OutboxEntry {
  /** The idempotency key. */
  key: string;
  user: number;
  project: number;
  task: number;
  /** What the task is called on screen. */
  title: string;
  epoch: number;
  parent: number | null;
  /** The entry before this one for the same task: its revision becomes the parent. */
  after?: string;
  answer: Answer;
  took_ms: number;
  at: number;
  attempts: number;
  refused?: Refusal;
}

export interface OutboxStore {
  all(): Promise<OutboxEntry[]>;
  put(entry: OutboxEntry): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Sends one entry: the number of the new revision, or an error with a `problem`. */
export type Send = (entry: OutboxEntry) => Promise<{ revision: number }>;

export interface OutboxTimer {
  now(): number;
  wait(ms: number, then: () => void): () => void;
}

export interface OutboxState {
  /** Entries that are still to be sent. */
  queued: readonly OutboxEntry[];
  refused: readonly OutboxEntry[];
  sending: boolean;
  /** The last try did not reach the server. */
  away: boolean;
  /** The session ended; somebody has to sign in. */
  signedOut: boolean;
  /** The answer could not be written down here: the browser's storage refused. */
  unsafe: boolean;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export function waitAfter(attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1));
}

function refusalOf(error: unknown): Refusal {
  const problem = (error as { problem?: Refusal }).problem;
  return problem ?? { status: 0, code: "away", detail: String(error) };
}

/** Is this worth another try with the same content? */
function passes(status: number): boolean {
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
}

export class Outbox extends Listeners {
  private entries: OutboxEntry[] = [];
  private stateNow: OutboxState = {
    queued: [],
    refused: [],
    sending: false,
    away: false,
    signedOut: false,
    unsafe: false,
  };
  private cancelWait: (() => void) | undefined;
  private opening: Promise<void> | undefined;
  private running = false;
  private closed = false;
  private readonly user: number;
  private readonly store: OutboxStore;
  private readonly send: Send;
  private readonly timer: OutboxTimer;
  private readonly storedWatchers = new Set<(entry: OutboxEntry, revision: number) => void>();
  /** Called with each entry that came back. */
  onRefused: ((entry: OutboxEntry) => void) | undefined;

  constructor(user: number, store: OutboxStore, send: Send, timer: OutboxTimer) {
    super();
    this.user = user;
    this.store = store;
    this.send = send;
    this.timer = timer;
  }

  get state(): OutboxState {
    return this.stateNow;
  }

  /** Hears of each entry that the server has stored. */
  watchStored(watcher: (entry: OutboxEntry, revision: number) => void): () => void {
    this.storedWatchers.add(watcher);
    return () => this.storedWatchers.delete(watcher);
  }

  /** Ends when what an earlier page left behind is in the list: before, a task may wait here and nobody knows. */
  get opened(): Promise<void> {
    return this.opening ?? Promise.resolve();
  }

  /** Takes up what an earlier page left behind. */
  open(): Promise<void> {
    this.opening ??= this.takeUp();
    return this.opening;
  }

  private async takeUp(): Promise<void> {
    let all: OutboxEntry[] = [];
    try {
      all = await this.store.all();
    } catch {
      this.publish({ unsafe: true });
    }
    const kept = all.filter((entry) => entry.user === this.user);
    const known = new Set(this.entries.map((entry) => entry.key));
    this.entries = [...kept.filter((entry) => !known.has(entry.key)), ...this.entries];
    this.entries.sort((one, two) => one.at - two.at);
    this.publish({});
    this.flush();
  }

  close(): void {
    this.closed = true;
    this.cancelWait?.();
  }

  /** The newest entry of a task that is not stored yet. */
  pending(task: number): OutboxEntry | undefined {
    return this.entries.findLast((entry) => entry.task === task);
  }

  /** Takes an answer. It is in the list at once; the promise ends when it is written down. */
  async add(entry: Omit<OutboxEntry, "key" | "user" | "attempts" | "at" | "after">): Promise<string> {
    const before = this.entries.findLast((other) => other.task === entry.task && !other.refused);
    const full: OutboxEntry = {
      ...entry,
      key: uuid(),
      user: this.user,
      at: this.timer.now(),
      attempts: 0,
      ...(before ? { after: before.key } : {}),
    };
    // A newer answer of the same person takes the place of one that came back.
    for (const old of this.entries.filter((other) => other.task === entry.task && other.refused)) {
      await this.forget(old);
    }
    this.entries.push(full);
    this.publish({});
    await this.write(full);
    this.flush();
    return full.key;
  }

  /** Sends a refused answer again, changed: under a new key, because it is another request. */
  async again(key: string, change: Partial<Pick<OutboxEntry, "parent" | "epoch" | "answer">>): Promise<void> {
    const old = this.entries.find((entry) => entry.key === key);
    if (!old) return;
    const { refused: _, after: __, ...rest } = old;
    const fresh: OutboxEntry = { ...rest, ...change, key: uuid(), attempts: 0 };
    this.entries = this.entries.map((entry) => (entry === old ? fresh : entry));
    this.publish({});
    await this.write(fresh);
    await this.store.remove(key);
    this.flush();
  }

  /** Gives an answer up: the person decided so. */
  async drop(key: string): Promise<void> {
    const old = this.entries.find((entry) => entry.key === key);
    if (old) await this.forget(old);
    this.publish({});
  }

  /** Tries now: the network is back, or somebody signed in. */
  flush(): void {
    this.cancelWait?.();
    this.cancelWait = undefined;
    if (!this.running && !this.closed) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      for (;;) {
        const entry = this.entries.find((one) => !one.refused);
        if (!entry || this.closed) break;
        this.publish({ sending: true });
        if (!(await this.deliver(entry))) break;
      }
    } finally {
      this.running = false;
      this.publish({ sending: false });
    }
  }

  /** False when it is no use to go on now. */
  private async deliver(entry: OutboxEntry): Promise<boolean> {
    try {
      const { revision } = await this.send(entry);
      this.entries = this.entries.filter((other) => other.key !== entry.key);
      for (const next of this.entries.filter((other) => other.after === entry.key)) {
        const { after: _, ...rest } = next;
        this.exchange(next, { ...rest, parent: revision });
      }
      this.publish({ away: false, signedOut: false });
      await this.store.remove(entry.key).catch(() => {});
      for (const watcher of this.storedWatchers) watcher(entry, revision);
      return true;
    } catch (error) {
      return this.failed(entry, refusalOf(error));
    }
  }

  private failed(entry: OutboxEntry, refusal: Refusal): boolean {
    if (refusal.status === 401) {
      this.publish({ signedOut: true });
      return false;
    }
    if (passes(refusal.status)) {
      const tried = { ...entry, attempts: entry.attempts + 1 };
      this.exchange(entry, tried);
      this.publish({ away: refusal.status === 0 });
      this.cancelWait = this.timer.wait(waitAfter(tried.attempts), () => this.flush());
      return false;
    }
    const successor = this.entries.find((other) => other.after === entry.key);
    if (successor) {
      // The person has gone on from this answer already: the newer one stands for both.
      const { after: _, ...rest } = successor;
      this.exchange(successor, { ...rest, parent: entry.parent, epoch: entry.epoch });
      void this.forget(entry);
      this.publish({ away: false });
      return true;
    }
    const back = { ...entry, refused: refusal };
    this.exchange(entry, back);
    this.publish({ away: false });
    this.onRefused?.(back);
    return true;
  }

  private exchange(old: OutboxEntry, fresh: OutboxEntry): void {
    this.entries = this.entries.map((entry) => (entry.key === old.key ? fresh : entry));
    void this.write(fresh);
  }

  private async forget(entry: OutboxEntry): Promise<void> {
    this.entries = this.entries.filter((other) => other.key !== entry.key);
    await this.store.remove(entry.key).catch(() => {});
  }

  private async write(entry: OutboxEntry): Promise<void> {
    try {
      await this.store.put(entry);
      if (this.stateNow.unsafe) this.publish({ unsafe: false });
    } catch {
      // Still in memory and still sent; the header says that this tab must stay open.
      this.publish({ unsafe: true });
    }
  }

  private publish(change: Partial<OutboxState>): void {
    this.stateNow = {
      ...this.stateNow,
      ...change,
      queued: this.entries.filter((entry) => !entry.refused),
      refused: this.entries.filter((entry) => entry.refused),
    };
    this.changed();
  }
}
