// From counts over time to shares that are drawn, few enough to be told apart.
import type { Schemas } from "../../../api/client";

/** Okabe and Ito's colours, told apart by colour-blind people; their black is of no use on dark. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"];
const OTHERS_COLOUR = "#8a8f95";

export interface Layer {
  /** None for the rare values that are drawn as one. */
  value: string | undefined;
  /** How many values it stands for. */
  values: number;
  colour: string;
  total: number;
  /** By step, 0 to 1; 0 where the step has no answers. */
  shares: number[];
  counts: number[];
}

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);

/** The most frequent value first; what is beyond the colours is joined. */
export function layersOf(series: Schemas["SeriesView"]): Layer[] {
  const totals = series.counts.map(sum);
  const column = (places: number[]): Pick<Layer, "counts" | "shares" | "total"> => {
    const counts = series.counts.map((step) => sum(places.map((place) => step[place] ?? 0)));
    const shares = counts.map((one, step) => (totals[step] ? one / totals[step] : 0));
    return { counts, shares, total: sum(counts) };
  };
  const single = series.values
    .map((value, place) => ({ value, place, ...column([place]) }))
    .sort((one, other) => other.total - one.total || one.place - other.place);
  const fits = single.length <= COLOURS.length ? single.length : COLOURS.length - 1;
  const layers: Layer[] = single
    .slice(0, fits)
    .map(({ place: _, ...one }, at) => ({ ...one, values: 1, colour: COLOURS[at] ?? OTHERS_COLOUR }));
  const rest = single.slice(fits);
  if (rest.length > 0) {
    const joined = column(rest.map((one) => one.place));
    layers.push({ value: undefined, values: rest.length, colour: OTHERS_COLOUR, ...joined });
  }
  return layers;
}

/** Where a moment lies on the axis of steps, in steps; none when it is outside. All steps are of one length. */
export function placeOf(moment: number | null | undefined, steps: number[]): number | undefined {
  const [first, second] = steps;
  if (moment == null || first === undefined || second === undefined || second <= first) return undefined;
  const place = (moment - first) / (second - first);
  return place >= 0 && place <= steps.length ? place : undefined;
}

const withMilliseconds = new Intl.DateTimeFormat("en", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const withSeconds = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });
const withMinutes = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const days = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

const SECOND_MICROSECONDS = 1e6;
const MINUTE_MICROSECONDS = 60 * SECOND_MICROSECONDS;
const DAY_MICROSECONDS = 24 * 60 * MINUTE_MICROSECONDS;

/** A moment as exact as the steps are long. Microseconds since 1970. */
export function stepWords(moment: number, length: number): string {
  const format = () => {
    if (length < SECOND_MICROSECONDS) return withMilliseconds;
    if (length < MINUTE_MICROSECONDS) return withSeconds;
    return length < DAY_MICROSECONDS ? withMinutes : days;
  };
  return format().format(new Date(moment / 1000));
}

/** Local time as an input field holds it, in microseconds since 1970. */
export function microseconds(local: string | undefined): number | undefined {
  if (local === undefined) return undefined;
  const read = new Date(local).getTime() * 1000;
  return Number.isSafeInteger(read) ? read : undefined;
}
