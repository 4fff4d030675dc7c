// The colours of loudness.

type Colour = readonly [number, number, number];

/** From silence to full loudness; each step is brighter (or darker) than the one before. */
const DARK: readonly Colour[] = [
  [20, 21, 23],
  [44, 30, 82],
  [140, 41, 99],
  [228, 100, 61],
  [252, 210, 120],
];
const LIGHT: readonly Colour[] = [
  [255, 255, 255],
  [222, 226, 236],
  [140, 160, 205],
  [70, 60, 140],
  [20, 10, 50],
];

/** Red, green, blue and full cover for each loudness. */
function rampOf(stops: readonly Colour[]): Uint32Array {
  const ramp = new Uint32Array(256);
  const bytes = new Uint8Array(ramp.buffer);
  for (let value = 0; value < 256; value += 1) {
    const at = (value / 255) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    const [one, two] = [stops[low], stops[low + 1]];
    for (let part = 0; part < 3; part += 1) {
      const [from, to] = [one?.[part] ?? 0, two?.[part] ?? 0];
      bytes[value * 4 + part] = Math.round(from + (to - from) * (at - low));
    }
    bytes[value * 4 + 3] = 255;
  }
  return ramp;
}

export const RAMPS = { dark: rampOf(DARK), light: rampOf(LIGHT) };
