// Times of a series in words, as its file counts them: dates in UTC, or plain numbers. No DOM.

/** A date (seconds since 1970), or a number of the column of times; and nanoseconds more. */
export interface Moment {
  kind: "date" | "number";
  seconds: number;
  nanoseconds: number;
}

const DAY = 86_400;

/** Seconds from the first time to a tick, in whole and nanoseconds. */
function at(first: Moment, tick: number, perSecond: number): { seconds: number; nanoseconds: number } {
  const whole = Math.floor(tick / perSecond);
  const rest = Math.round((tick - whole * perSecond) * (1e9 / perSecond)) + first.nanoseconds;
  return { seconds: first.seconds + whole + Math.floor(rest / 1e9), nanoseconds: rest % 1e9 };
}

/** Digits behind the point that a clock of so many ticks a second needs. */
const digitsOf = (perSecond: number) => Math.max(0, Math.min(9, Math.round(Math.log10(perSecond))));

const fraction = (nanoseconds: number, digits: number) =>
  digits === 0 ? "" : `.${String(nanoseconds).padStart(9, "0").slice(0, digits)}`;

/** The time of a tick as the file would write it. */
export function momentWords(first: Moment, tick: number, perSecond: number): string {
  const { seconds, nanoseconds } = at(first, tick, perSecond);
  const digits = digitsOf(perSecond);
  if (first.kind === "date") {
    const [date, clock] = dateWords(seconds);
    return `${date} ${clock}${fraction(nanoseconds, digits)}`;
  }
  if (seconds >= 0) return `${seconds}${fraction(nanoseconds, digits)}`;
  // -0.25 is a whole of -1 and 0.75 more.
  const [whole, rest] = nanoseconds === 0 ? [-seconds, 0] : [-seconds - 1, 1e9 - nanoseconds];
  return `-${whole}${fraction(rest, digits)}`;
}

function dateWords(seconds: number): [string, string] {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return [String(seconds), ""];
  const [day = "", clock = ""] = date.toISOString().slice(0, 19).split("T");
  return [day, clock];
}

/** A length of time in words: seconds with a unit where times are dates, else the number. */
export function lengthWords(first: Moment, ticks: number, perSecond: number): string {
  const seconds = ticks / perSecond;
  if (first.kind === "number") return String(Number(seconds.toPrecision(6)));
  if (seconds < 120) return `${Number(seconds.toPrecision(4))} s`;
  if (seconds < 2 * 3600) return `${Number((seconds / 60).toPrecision(4))} min`;
  if (seconds < 2 * DAY) return `${Number((seconds / 3600).toPrecision(4))} h`;
  return `${Number((seconds / DAY).toPrecision(4))} d`;
}

/** Steps of dates above a second. */
const STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  10_800,
  21_600,
  43_200,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  91 * DAY,
  365 * DAY,
];

/** 1, 2 or 5 times a power of ten, no less than this. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= least * (1 - 1e-9)) ?? 10 * power;
}

function stepFor(first: Moment, least: number): number {
  if (first.kind === "number" || least < 1) return roundStep(least);
  return STEPS.find((step) => step >= least) ?? roundStep(least / (365 * DAY)) * 365 * DAY;
}

/** Ticks of the marks of a ruler from one tick to another, and what stands at each. */
export function marksOf(
  first: Moment,
  perSecond: number,
  [from, to]: readonly [number, number],
  least: number,
): { tick: number; words: string }[] {
  const step = stepFor(first, least / perSecond);
  const zero = first.seconds + first.nanoseconds / 1e9;
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(step) - 1e-9)));
  const marks: { tick: number; words: string }[] = [];
  const start = Math.ceil((zero + from / perSecond) / step - 1e-9);
  for (let mark = start; mark * step <= zero + to / perSecond && marks.length < 1000; mark += 1) {
    const seconds = mark * step;
    marks.push({ tick: (seconds - zero) * perSecond, words: markWords(first, seconds, step, digits) });
  }
  return marks;
}

function markWords(first: Moment, seconds: number, step: number, digits: number): string {
  if (first.kind === "number") return seconds.toFixed(digits);
  const whole = Math.floor(seconds + 1e-9);
  const [date, clock] = dateWords(whole);
  // A day is named where it begins.
  if (step >= DAY || whole % DAY === 0) return date;
  if (step >= 60) return clock.slice(0, 5);
  return `${clock}${fraction(Math.round((seconds - whole) * 1e9), digits)}`;
}
