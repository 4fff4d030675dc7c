// Where something sounds: stretches that rise above the noise of the recording, and the quiet places between them. It
// hears loudness only; it is a help for drawing, no judgment. No DOM.

/** Above the noise by this much, in decibels: something sounds. */
const RISE_DECIBELS = 12;
/** Nothing below this is sound, in decibels of full scale. */
const SILENCE_DECIBELS = -55;
/** Pauses shorter than this belong to what sounds around them, in seconds. */
const PAUSE_SECONDS = 0.25;
/** Shorter than this is a click, in seconds. */
const SHORTEST_SECONDS = 0.08;
/** What is left around a stretch, in seconds. */
const MARGIN_SECONDS = 0.03;
/** The share of the bins that are quieter than the noise. */
const NOISE_SHARE = 0.2;

/** A bin counts as sounding when one so near does. */
const SPREAD_BINS = 2;

const decibels = (loudness: number) => 20 * Math.log10(Math.max(loudness, 1e-6));

/** The loudness from which on something sounds, in decibels of full scale. */
export function threshold(loudness: Float32Array): number {
  if (loudness.length === 0) return SILENCE_DECIBELS;
  const sorted = Float32Array.from(loudness).sort();
  const noise = decibels(sorted[Math.floor(sorted.length * NOISE_SHARE)] ?? 0);
  const loud = decibels(sorted[Math.floor(sorted.length * 0.95)] ?? 0);
  // In a recording that sounds throughout, the noise is no measure: half way to what is loud.
  const rise = Math.min(RISE_DECIBELS, Math.max(3, (loud - noise) / 2));
  return Math.max(SILENCE_DECIBELS, noise + rise);
}

/** Stretches in which something sounds, in bins, the end not included. */
export function sounding(loudness: Float32Array, secondsPerBin: number): [number, number][] {
  const limit = threshold(loudness);
  const found: [number, number][] = [];
  const pause = PAUSE_SECONDS / secondsPerBin;
  for (let bin = 0; bin < loudness.length; bin += 1) {
    if (decibels(loudness[bin] ?? 0) < limit) continue;
    const last = found.at(-1);
    if (last && bin - last[1] <= pause) last[1] = bin + 1;
    else found.push([bin, bin + 1]);
  }
  const margin = Math.round(MARGIN_SECONDS / secondsPerBin);
  return found
    .filter(([from, to]) => (to - from) * secondsPerBin >= SHORTEST_SECONDS)
    .map(([from, to]) => [Math.max(0, from - margin), Math.min(loudness.length, to + margin)]);
}

/** The nearest border between sound and silence, in bins; undefined where none is near. */
export function border(loudness: Float32Array, limit: number, at: number, reach: number): number | undefined {
  // A moment between two beats of a voice is no silence.
  const sounds = (bin: number) => {
    for (let near = bin - SPREAD_BINS; near <= bin + SPREAD_BINS; near += 1) {
      if (decibels(loudness[near] ?? 0) >= limit) return true;
    }
    return false;
  };
  let best: number | undefined;
  const first = Math.max(1, Math.ceil(at - reach));
  const last = Math.min(loudness.length - 1, Math.floor(at + reach));
  for (let bin = first; bin <= last; bin += 1) {
    if (sounds(bin) === sounds(bin - 1)) continue;
    if (best === undefined || Math.abs(bin - at) < Math.abs(best - at)) best = bin;
  }
  return best;
}
