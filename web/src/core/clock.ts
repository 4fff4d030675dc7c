// Active time: what lies between two signs of life counts, up to a minute; then the person is away.

export const IDLE_MS = 60_000;

export class ActiveClock {
  private spent: number;
  private last: number | undefined;

  /** `spent` goes on from an earlier sitting, in milliseconds. */
  constructor(spent = 0) {
    this.spent = spent;
  }

  /** A key, a pointer: the person is here. */
  touch(now: number): void {
    if (this.last !== undefined) this.spent += this.since(now);
    this.last = now;
  }

  /** The person turned to something else. */
  pause(now: number): void {
    this.touch(now);
    this.last = undefined;
  }

  /** Milliseconds so far. */
  total(now: number): number {
    return Math.round(this.spent + (this.last === undefined ? 0 : this.since(now)));
  }

  active(now: number): boolean {
    return this.last !== undefined && now - this.last < IDLE_MS;
  }

  private since(now: number): number {
    const gap = now - (this.last ?? now);
    // A gap that is too long is left out as a whole: nobody was here.
    return gap > IDLE_MS ? 0 : Math.max(0, gap);
  }
}
