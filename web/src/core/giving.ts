// Contributions on their way out. Each is written down first, then sent until the server says yes or gives a reason; its key
// makes a second sending harmless. What the server refused stays until the person drops it. Knows neither HTTP nor
// IndexedDB: both are passed in.
import { uuid } from "./ids";
import { Listeners } from "./listeners";
import { waitAfter } from "./outbox";

export type GiftKind = "text" | "photo" | "audio" | "form" | "file";

export interface Gift {
  /** The idempotency key. */
  key: string;
  /** The call's link, and the secret of the contributor who gives. */
  token: string;
  contributor: string;
  kind: GiftKind;
  category: string;
  body: Blob;
  /** What it is called on the screen. */
  title: string;
  /** Milliseconds since 1970. */
  madeAt: number;
  attempts: number;
  refused?: { code: string; detail: string };
}

export interface GiftStore {
  all(): Promise<Gift[]>;
  put(gift: Gift): Promise<void>;
  remove(key: string): Promise<void>;
}

export interface GiftTimer {
  now(): number;
  wait(ms: number, then: () => void): () => void;
}

export interface GivingState {
  /** Still to be sent. */
  waiting: readonly Gift[];
  refused: readonly Gift[];
  sending: boolean;
  /** The last try did not reach the server. */
  away: boolean;
  /** The browser's storage refused: this tab must stay open. */
  unsafe: boolean;
}

interface Refusal {
  status: number;
  code: string;
  detail: string;
}

/** Is this worth another try with the same content? */
function passes(status: number): boolean {
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
}

export class Giving<Answer> extends Listeners {
  private gifts: Gift[] = [];
  private now: GivingState = { waiting: [], refused: [], sending: false, away: false, unsafe: false };
  private cancelWait: (() => void) | undefined;
  private opening: Promise<void> | undefined;
  private running = false;
  private closed = false;
  private readonly token: string;
  private readonly store: GiftStore;
  private readonly send: (gift: Gift) => Promise<Answer>;
  private readonly timer: GiftTimer;
  /** Hears of each gift that the server has taken. */
  onGiven: ((gift: Gift, answer: Answer) => void) | undefined;
  /** The server wants something of the person first: the terms have changed. */
  onHeld: ((code: string) => void) | undefined;

  constructor(token: string, store: GiftStore, send: (gift: Gift) => Promise<Answer>, timer: GiftTimer) {
    super();
    this.token = token;
    this.store = store;
    this.send = send;
    this.timer = timer;
  }

  get state(): GivingState {
    return this.now;
  }

  /** Takes up what an earlier page left behind. */
  open(): Promise<void> {
    this.opening ??= this.takeUp();
    return this.opening;
  }

  private async takeUp(): Promise<void> {
    let all: Gift[] = [];
    try {
      all = await this.store.all();
    } catch {
      this.publish({ unsafe: true });
    }
    const known = new Set(this.gifts.map((gift) => gift.key));
    const kept = all.filter((gift) => gift.token === this.token && !known.has(gift.key));
    this.gifts = [...kept, ...this.gifts].sort((one, two) => one.madeAt - two.madeAt);
    this.publish({});
    this.flush();
  }

  close(): void {
    this.closed = true;
    this.cancelWait?.();
  }

  /** Takes a contribution. The promise ends when it is written down. */
  async add(gift: Pick<Gift, "contributor" | "kind" | "category" | "body" | "title">): Promise<void> {
    const full: Gift = { ...gift, token: this.token, key: uuid(), madeAt: this.timer.now(), attempts: 0 };
    this.gifts = [...this.gifts, full];
    this.publish({});
    await this.write(full);
    this.flush();
  }

  /** Gives up what was refused: the person decided so. */
  async drop(key: string): Promise<void> {
    this.gifts = this.gifts.filter((gift) => gift.key !== key);
    this.publish({});
    await this.store.remove(key).catch(() => {});
  }

  /** Tries now: the network is back, or the person has agreed. */
  flush(): void {
    this.cancelWait?.();
    this.cancelWait = undefined;
    if (!this.running && !this.closed) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      for (;;) {
        const gift = this.gifts.find((one) => !one.refused);
        if (!gift || this.closed) break;
        this.publish({ sending: true });
        if (!(await this.deliver(gift))) break;
      }
    } finally {
      this.running = false;
      this.publish({ sending: false });
    }
  }

  /** False when it is no use to go on now. */
  private async deliver(gift: Gift): Promise<boolean> {
    try {
      const answer = await this.send(gift);
      this.gifts = this.gifts.filter((other) => other.key !== gift.key);
      this.publish({ away: false });
      await this.store.remove(gift.key).catch(() => {});
      this.onGiven?.(gift, answer);
      return true;
    } catch (error) {
      const problem = (error as { problem?: Refusal }).problem;
      return this.failed(gift, problem ?? { status: 0, code: "away", detail: String(error) });
    }
  }

  private failed(gift: Gift, refusal: Refusal): boolean {
    // Nothing is wrong with the gift: it waits until the person has agreed.
    if (refusal.code === "terms_changed" || refusal.status === 401) {
      this.publish({ away: false });
      this.onHeld?.(refusal.code);
      return false;
    }
    if (passes(refusal.status)) {
      const tried = { ...gift, attempts: gift.attempts + 1 };
      this.exchange(tried);
      this.publish({ away: refusal.status === 0 });
      this.cancelWait = this.timer.wait(waitAfter(tried.attempts), () => this.flush());
      return false;
    }
    this.exchange({ ...gift, refused: { code: refusal.code, detail: refusal.detail } });
    this.publish({ away: false });
    return true;
  }

  private exchange(fresh: Gift): void {
    this.gifts = this.gifts.map((gift) => (gift.key === fresh.key ? fresh : gift));
    void this.write(fresh);
  }

  private async write(gift: Gift): Promise<void> {
    try {
      await this.store.put(gift);
      if (this.now.unsafe) this.publish({ unsafe: false });
    } catch {
      this.publish({ unsafe: true });
    }
  }

  private publish(change: Partial<GivingState>): void {
    this.now = {
      ...this.now,
      ...change,
      waiting: this.gifts.filter((gift) => !gift.refused),
      refused: this.gifts.filter((gift) => gift.refused),
    };
    this.changed();
  }
}
