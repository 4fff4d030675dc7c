// Colours of a map. They tell apart a dozen groups on light and on dark ground; the legend and the table say the same in
// words.
import { type Paint, packed } from "./raster";

/** Points without a value. */
export const NOTHING = "#9aa1a9";

/** Told apart also by most who see colours otherwise (after Okabe and Ito 2008, with lighter and darker companions). */
const GROUPS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#b8860b",
  "#56b4e9",
  "#7a5195",
  "#8c564b",
  "#5c8a00",
  "#e0558a",
  "#3d6b99",
  "#c2410c",
  "#2f8f8f",
  "#9467bd",
  "#a16207",
];

/** From little to much: dark blue to yellow, lightness grows evenly. */
const RAMP = ["#443983", "#31688e", "#21918c", "#35b779", "#90d743", "#e0c518"];

export interface Entry {
  title: string;
  colour: string;
  count: number;
}

export interface Colouring {
  paint: Paint;
  /** What the colours mean, with how many points have each; points without a value come last. */
  legend: Entry[];
}

const groupColour = (group: number): string => GROUPS[group % GROUPS.length] ?? NOTHING;

/** By the number of a group, -1 for none; at most 254 groups have a colour of their own. */
export function byGroup(numbers: ArrayLike<number>, titles: readonly string[], none: string): Colouring {
  const of = new Uint8Array(numbers.length);
  const counts = new Array<number>(titles.length + 1).fill(0);
  for (let point = 0; point < numbers.length; point += 1) {
    const group = numbers[point] ?? -1;
    const place = group < 0 || group >= titles.length ? 0 : group + 1;
    counts[place] = (counts[place] ?? 0) + 1;
    of[point] = Math.min(place, 255);
  }
  const shown = titles.map((title, group) => ({
    title,
    colour: groupColour(group),
    count: counts[group + 1] ?? 0,
  }));
  return coloured(of, shown, none, counts[0] ?? 0);
}

/** By a share of 0 to 1, in even steps. */
export function byShare(values: readonly (number | null)[], none: string): Colouring {
  const steps = RAMP.length;
  const of = new Uint8Array(values.length);
  const counts = new Array<number>(steps + 1).fill(0);
  values.forEach((value, point) => {
    const place = value === null ? 0 : Math.min(steps, Math.floor(value * steps) + 1);
    counts[place] = (counts[place] ?? 0) + 1;
    of[point] = place;
  });
  const percent = (step: number) => Math.round((100 * step) / steps);
  const shown = RAMP.map((colour, step) => ({
    title: `${percent(step)} to ${percent(step + 1)} %`,
    colour,
    count: counts[step + 1] ?? 0,
  }));
  return coloured(of, shown, none, counts[0] ?? 0);
}

function coloured(of: Uint8Array, shown: Entry[], none: string, without: number): Colouring {
  const colours = Uint32Array.from([NOTHING, ...shown.map((one) => one.colour)].slice(0, 256), packed);
  const legend = [...shown, { title: none, colour: NOTHING, count: without }];
  return { paint: { of, colours }, legend: legend.filter((one) => one.count > 0) };
}
