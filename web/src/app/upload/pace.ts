// How fast bytes arrive, over the last few seconds, and how long the rest takes at that pace.
const WINDOW_MILLISECONDS = 10_000;

export class Pace {
  private seen: { at: number; bytes: number }[] = [];

  note(at: number, bytes: number): void {
    this.seen.push({ at, bytes });
    while (this.seen.length > 2 && at - (this.seen[0]?.at ?? at) > WINDOW_MILLISECONDS) this.seen.shift();
  }

  /** Bytes a second; undefined before there is anything to measure. */
  rate(): number | undefined {
    const first = this.seen[0];
    const last = this.seen.at(-1);
    if (!first || !last || last.at <= first.at || last.bytes <= first.bytes) return undefined;
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000;
  }

  secondsFor(rest: number): number | undefined {
    const rate = this.rate();
    return rate === undefined ? undefined : rest / rate;
  }
}
