// How the channels of a series share the height, and how a number becomes a place in its lane. No DOM.

export interface Lane {
  channel: number;
  top: number;
  height: number;
}

/** Lower lanes than this show nothing. */
const LANE_LEAST_PIXELS = 28;
const GAP_PIXELS = 6;

/** Lanes of the channels that are shown, from above; those for which there is no room are left out at the end. */
export function lanesOf(shown: readonly number[], top: number, height: number): Lane[] {
  const fits = Math.max(1, Math.floor(height / LANE_LEAST_PIXELS));
  const channels = shown.slice(0, fits);
  const each = height / Math.max(1, channels.length);
  return channels.map((channel, at) => ({
    channel,
    top: top + at * each + GAP_PIXELS / 2,
    height: Math.max(0, each - GAP_PIXELS),
  }));
}

/** From the lowest to the highest number of a lane, with a little room; a constant has room at both sides. */
export function rangeOf(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [-1, 1];
  const room = high > low ? (high - low) * 0.05 : Math.abs(high) * 0.05 || 1;
  return [low - room, high + room];
}

/** Lowest and highest of one channel among groups of `unit` numbers a channel: rows (1), or pairs of lowest and highest
 *  (2). Not finite where there is no number. */
export function extent(
  numbers: Float32Array,
  channels: number,
  channel: number,
  unit: 1 | 2,
): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let at = channel * unit; at < numbers.length; at += channels * unit) {
    const [one, other] = [numbers[at] ?? NaN, numbers[at + unit - 1] ?? NaN];
    if (one < low) low = one;
    if (other > high) high = other;
  }
  return [low, high];
}

/** A number with as many digits as a reader needs beside the others of its lane. */
export function numberWords(value: number, range: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value !== 0 && (Math.abs(value) >= 1e7 || range < 1e-6)) return value.toPrecision(6);
  const digits = Math.max(0, Math.min(8, 3 - Math.floor(Math.log10(range || 1))));
  return String(Number(value.toFixed(digits)));
}
