// The axis of time: which tick lies where on the screen. Ticks are whole numbers of the clock of a recording or a
// series; places are pixels from the left edge. No DOM.

export class TimeAxis {
  readonly ticks: number;
  readonly ticksPerSecond: number;
  /** Ticks a pixel where nobody needs to look closer. */
  private readonly finest: number;
  /** Pixels of the screen. */
  width = 1;
  /** The tick at the left edge. */
  start = 0;
  /** Ticks a pixel. */
  scale = 1;

  constructor(ticks: number, ticksPerSecond: number, finest: number) {
    [this.ticks, this.ticksPerSecond, this.finest] = [ticks, ticksPerSecond, finest];
  }

  get end(): number {
    return this.start + this.width * this.scale;
  }

  resize(width: number): void {
    const fits = this.scale >= this.ticks / this.width;
    this.width = Math.max(1, width);
    if (fits) this.fit();
    else this.clamp();
  }

  fit(): void {
    [this.start, this.scale] = [0, Math.max(this.ticks, 1) / this.width];
  }

  toX(tick: number): number {
    return (tick - this.start) / this.scale;
  }

  /** A whole tick. */
  toTick(x: number): number {
    return Math.round(Math.max(0, Math.min(this.ticks, this.start + x * this.scale)));
  }

  /** Closer by the factor; what is at `x` stays there. */
  zoom(factor: number, x: number): void {
    const at = this.start + x * this.scale;
    this.scale = Math.min(this.ticks / this.width, Math.max(this.finest, this.scale / factor));
    this.start = at - x * this.scale;
    this.clamp();
  }

  pan(pixels: number): void {
    this.start += pixels * this.scale;
    this.clamp();
  }

  /** Moves as little as is needed to show all of it; zooms out where it is longer than the screen. */
  show(from: number, to: number): void {
    const margin = (this.end - this.start) * 0.05;
    if (from >= this.start && to <= this.end) return;
    if (to - from > this.end - this.start - 2 * margin) this.scale = ((to - from) * 1.2) / this.width;
    const span = this.width * this.scale;
    if (to - from > span * 0.5 || from < this.start) this.start = from - span * 0.1;
    else this.start = to - span * 0.9;
    this.clamp();
  }

  /** Turns the page when a moving place has left it. */
  follow(tick: number): boolean {
    if (tick >= this.start && tick <= this.end) return false;
    this.start = tick - (this.end - this.start) * 0.05;
    this.clamp();
    return true;
  }

  private clamp(): void {
    this.scale = Math.min(this.scale, Math.max(this.ticks, 1) / this.width);
    this.start = Math.max(0, Math.min(this.ticks - this.width * this.scale, this.start));
  }
}

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

/** Seconds between two marks of the ruler that lie at least so many pixels apart. */
export function rulerStep(secondsPerPixel: number, pixels: number): number {
  const least = secondsPerPixel * pixels;
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
}

/** `1:02:03.456`, with as many digits behind the point as asked. */
export function timeWords(seconds: number, digits = 3): string {
  const unit = 10 ** digits;
  const whole = Math.round(Math.max(0, seconds) * unit);
  const [minutes, rest] = [Math.floor(whole / unit / 60), whole % (unit * 60)];
  const tail = (rest / unit).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, "0");
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}:${String(minutes % 60).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}
