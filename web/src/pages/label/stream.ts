// The stream of tasks of one labeler in one project: what is on the screen, what is ready behind it, and the way back.
// No React. The next task is on the screen before the submit has left the browser.
import { ApiError, api, take } from "../../api/client";
import { type Complaint, checkAnswer } from "../../core/fields";
import { Listeners } from "../../core/listeners";
import type { Outbox, OutboxEntry } from "../../core/outbox";
import type { Answer } from "../../core/types";
import { type Assignment, NoEditor, openTask, type Task } from "./task";

export interface StreamState {
  phase: "loading" | "task" | "empty" | "failed";
  task: Task | undefined;
  /** Why there is none: the server's word, or `away`. */
  why: string | undefined;
  problem: string | undefined;
  /** How many tasks back one is; 0 is the newest. */
  place: number;
  complaints: readonly Complaint[];
  /** The lease of the task on the screen is lost; what was done is kept. */
  lost: boolean;
  storedHere: number;
}

const READY = 3;
const KEPT = 14;
const MINE_PAGE = 50;

export class TaskStream extends Listeners {
  state: StreamState = {
    phase: "loading",
    task: undefined,
    why: undefined,
    problem: undefined,
    place: 0,
    complaints: [],
    lost: false,
    storedHere: 0,
  };
  private queue: Task[] = [];
  /** The newest task, while one looks at older ones. */
  private live: Task | undefined;
  private readonly kept = new Map<number, Task>();
  /** Tasks that were submitted, newest first. */
  private trail: number[] = [];
  private trailComplete = false;
  private refilling: Promise<void> | undefined;
  /** Was the last question asked while answers were on their way? */
  private askedEarly = false;
  private stepping: Promise<boolean> = Promise.resolve(true);
  private ended = false;
  private readonly user: number;
  private readonly project: number;
  readonly outbox: Outbox;
  private readonly ends: (() => void)[];

  constructor(user: number, project: number, outbox: Outbox) {
    super();
    this.user = user;
    this.project = project;
    this.outbox = outbox;
    this.ends = [
      outbox.watchStored((entry, revision) => this.stored(entry, revision)),
      outbox.subscribe(() => this.mend()),
    ];
  }

  private set(change: Partial<StreamState>): void {
    if (this.ended) return;
    this.state = { ...this.state, ...change };
    this.changed();
  }

  async start(task: number | undefined): Promise<void> {
    // What waits in the outbox is no task to be shown as new.
    await this.outbox.opened;
    if (this.ended) return;
    if (task !== undefined) await this.open(task);
    else await this.next();
  }

  end(): void {
    this.ended = true;
    for (const end of this.ends) end();
    this.flush();
  }

  /** Writes the drafts of all tasks now. */
  flush(): void {
    for (const task of this.known()) task.draft.flush();
  }

  /** The page goes away. */
  hide(): void {
    for (const task of this.known()) task.draft.leave();
  }

  private known(): Task[] {
    const { task } = this.state;
    const all = [...this.kept.values(), ...this.queue];
    return task ? [task, ...all] : all;
  }

  private show(task: Task, place: number): void {
    this.state.task?.clock.pause(Date.now());
    if (this.state.task && this.state.task !== task) this.state.task.draft.flush();
    task.draft.resume();
    task.clock.touch(Date.now());
    if (place === 0) this.live = task;
    this.set({ phase: "task", task, place, complaints: [], lost: false, why: undefined, problem: undefined });
  }

  /** The next task; from the queue it is there at once. */
  async next(): Promise<void> {
    const ready = this.queue.shift();
    if (ready) {
      this.show(ready, 0);
      void this.refill();
      return;
    }
    this.live = undefined;
    this.set({ phase: "loading", task: undefined, place: 0, complaints: [], lost: false });
    await this.refill();
    // An answer that was on its way when the question was asked has changed what there is.
    if (this.state.phase === "loading" && this.askedEarly && this.outbox.state.queued.length === 0)
      await this.refill();
    // The first one was shown as soon as it was there.
    if (this.state.phase !== "loading") return;
    const first = this.queue.shift();
    if (first) {
      this.show(first, 0);
      void this.refill();
    } else if (this.outbox.state.away) this.set({ phase: "empty", why: "away" });
    else if (this.outbox.state.queued.length === 0) this.set({ phase: "empty" });
  }

  private refill(): Promise<void> {
    this.refilling ??= this.fetchMore().finally(() => {
      this.refilling = undefined;
    });
    return this.refilling;
  }

  private busyTasks(): Set<number> {
    const { queued, refused } = this.outbox.state;
    return new Set([...queued, ...refused].map((entry) => entry.task));
  }

  private async fetchMore(): Promise<void> {
    // Asked before and after: an answer may be stored while the question is under way.
    const before = this.busyTasks();
    this.askedEarly = before.size > 0;
    const held = before.size + (this.state.task ? 1 : 0);
    const count = Math.min(10, READY + held);
    try {
      const path = { project: this.project };
      const found = await take(
        api.POST("/api/v1/projects/{project}/next", { params: { path }, body: { count } }),
      );
      const skip = new Set([...before, ...this.busyTasks(), ...this.queue.map((task) => task.id)]);
      if (this.state.task) skip.add(this.state.task.id);
      if (this.live) skip.add(this.live.id);
      const fresh = found.assignments.filter((one) => !skip.has(one.task_id));
      for (const assignment of fresh.slice(0, READY - this.queue.length)) await this.enqueue(assignment);
      this.set({ why: found.why ?? undefined, problem: undefined });
    } catch (error) {
      this.failed(error);
    }
  }

  private async enqueue(assignment: Assignment): Promise<void> {
    const task = await openTask(this.user, assignment, undefined);
    if (this.ended) return;
    // The first one is shown as soon as it is decoded, not when all are.
    if (this.state.phase === "loading" && this.queue.length === 0) this.show(task, 0);
    else this.queue.push(task);
  }

  private failed(error: unknown): void {
    if (this.state.phase === "task") return;
    const away = error instanceof ApiError && error.problem.status === 0;
    if (away) this.set({ phase: "empty", why: "away" });
    else {
      const words = error instanceof Error ? error.message : String(error);
      this.set({ phase: "failed", problem: words, why: error instanceof NoEditor ? "no_editor" : undefined });
    }
  }

  /** After the outbox got on: perhaps there is something to show now. */
  private mend(): void {
    if (this.state.phase !== "loading" || this.refilling) return;
    const { queued, away } = this.outbox.state;
    if (queued.length === 0) void this.next();
    else if (away) this.set({ phase: "empty", why: "away" });
  }

  /** One certain task. */
  async open(task: number, instead?: Answer, complaints: readonly Complaint[] = []): Promise<void> {
    const place = Math.max(0, this.trail.indexOf(task) + 1);
    try {
      const path = { task };
      const assignment = await take(api.GET("/api/v1/tasks/{task}/assignment", { params: { path } }));
      const opened = await openTask(this.user, assignment, this.outbox.pending(task), instead);
      this.queue = this.queue.filter((one) => one.id !== task);
      this.kept.delete(task);
      this.show(opened, place);
      if (instead) opened.draft.touch();
      this.set({ complaints });
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  /** Into the outbox and on to the next; what is wrong keeps it here. */
  submit(): readonly Complaint[] {
    const { task } = this.state;
    if (!task) return [];
    const answer = task.session.whole.answer();
    const complaints = checkAnswer(task.session.wholeSchema, answer);
    if (complaints.length > 0) {
      this.set({ complaints });
      return complaints;
    }
    const now = Date.now();
    task.clock.pause(now);
    const entry = {
      project: this.project,
      task: task.id,
      title: task.assignment.item.key,
      epoch: task.epoch,
      parent: task.parent,
      answer,
      took_ms: task.clock.total(now),
    };
    // The draft goes only when the answer is written down.
    const { draft } = task;
    draft.pause();
    void this.outbox.add(entry).then(() => {
      if (!this.outbox.state.unsafe) draft.end();
    });
    task.assignment = { ...task.assignment, returned_reason: null };
    this.remember(task);
    this.leave();
    return [];
  }

  /** From an older task to the newest, from the newest to the next. */
  private leave(): void {
    if (this.state.place > 0 && this.live && this.live !== this.state.task) this.show(this.live, 0);
    else void this.next();
  }

  private remember(task: Task): void {
    this.trail = [task.id, ...this.trail.filter((id) => id !== task.id)];
    this.kept.delete(task.id);
    this.kept.set(task.id, task);
    for (const id of [...this.kept.keys()].slice(0, Math.max(0, this.kept.size - KEPT))) this.kept.delete(id);
  }

  async skip(reason: string): Promise<void> {
    const { task } = this.state;
    if (!task) return;
    const params = { path: { task: task.id } };
    await take(api.POST("/api/v1/tasks/{task}/skip", { params, body: { epoch: task.epoch, reason } }));
    task.draft.end();
    await this.next();
  }

  async flag(reason: string): Promise<void> {
    const { task } = this.state;
    if (!task) return;
    const params = { path: { task: task.id } };
    await take(api.POST("/api/v1/tasks/{task}/flag", { params, body: { reason } }));
  }

  get canGoBack(): boolean {
    return this.state.place < this.trail.length || !this.trailComplete;
  }

  /** One step after the other: a key that is pressed three times goes back three tasks. */
  private step(go: () => Promise<boolean>): Promise<boolean> {
    const done = this.stepping.then(go);
    this.stepping = done.catch(() => false);
    return done;
  }

  /** The task submitted before the one on the screen; false when there is none. */
  back(): Promise<boolean> {
    return this.step(() => this.goBack());
  }

  /** The task after it; false on the newest one. */
  onward(): Promise<boolean> {
    return this.step(() => this.goOnward());
  }

  private async goBack(): Promise<boolean> {
    const place = this.state.place + 1;
    if (place > this.trail.length) await this.lengthenTrail();
    return this.visit(place);
  }

  private async goOnward(): Promise<boolean> {
    const { place } = this.state;
    if (place === 0) return false;
    if (place > 1) return this.visit(place - 1);
    if (this.live) this.show(this.live, 0);
    else await this.next();
    return true;
  }

  private async visit(place: number): Promise<boolean> {
    const id = this.trail[place - 1];
    if (id === undefined) return false;
    const known = this.kept.get(id);
    if (known) this.show(known, place);
    else {
      const path = { task: id };
      const assignment = await take(api.GET("/api/v1/tasks/{task}/assignment", { params: { path } }));
      this.show(await openTask(this.user, assignment, this.outbox.pending(id)), place);
    }
    return true;
  }

  /** Adds what was submitted before this page was opened. */
  private async lengthenTrail(): Promise<void> {
    if (this.trailComplete) return;
    const params = { path: { project: this.project }, query: { limit: MINE_PAGE } };
    const page = await take(api.GET("/api/v1/projects/{project}/mine", { params }));
    const live = this.live?.id;
    const older = page.items
      .map((row) => row.task_id)
      .filter((id) => !this.trail.includes(id) && id !== live);
    this.trail = [...this.trail, ...older];
    this.trailComplete = true;
  }

  private stored(entry: OutboxEntry, revision: number): void {
    for (const task of this.known()) if (task.id === entry.task) task.parent = revision;
    this.set({ storedHere: this.state.storedHere + 1 });
    if (this.state.phase === "empty") void this.next();
  }

  /** Lengthens leases that are more than half over; only called while the person is active. */
  async renew(leaseSeconds: number): Promise<void> {
    const soon = Date.now() + leaseSeconds * 500;
    const current = this.state.task;
    for (const task of [...(current ? [current] : []), ...this.queue]) {
      // A submitted seat is no lease: it does not run out.
      if (task.parent !== null || task.assignment.annotation || task.leaseUntil > soon) continue;
      const params = { path: { task: task.id } };
      try {
        const renewed = await take(
          api.POST("/api/v1/tasks/{task}/renew", { params, body: { epoch: task.epoch } }),
        );
        task.leaseUntil = Date.parse(renewed.lease_until);
      } catch (error) {
        if (error instanceof ApiError && error.problem.status === 409) await this.regain(task);
      }
    }
  }

  /** The lease is gone: get the task again if nobody else has it, and say so if not. */
  private async regain(task: Task): Promise<void> {
    try {
      const params = { path: { task: task.id } };
      const again = await take(api.GET("/api/v1/tasks/{task}/assignment", { params }));
      task.epoch = again.epoch;
      task.leaseUntil = Date.parse(again.lease_until);
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.status !== 409) return;
      task.draft.flush();
      this.queue = this.queue.filter((one) => one !== task);
      if (this.state.task === task) this.set({ lost: true });
    }
  }

  /** Another version was chosen: what is kept in memory is old. */
  forget(task: number): void {
    const known = this.kept.get(task);
    known?.draft.end();
    this.kept.delete(task);
    if (this.state.task?.id === task) void this.open(task).catch(() => {});
  }
}
