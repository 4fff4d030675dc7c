// Colours of the sound: taken from the theme when it changes, so that both themes can be read.

export interface Look {
  text: string;
  dimmed: string;
  line: string;
  ground: string;
  wave: string;
  playhead: string;
  /** Red, green, blue and full cover for each loudness. */
  ramp: Uint32Array;
}

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

const RAMPS = { dark: rampOf(DARK), light: rampOf(LIGHT) };

export function lookOf(host: HTMLElement): Look {
  const style = getComputedStyle(host);
  const dark = document.documentElement.dataset.mantineColorScheme === "dark";
  const value = (name: string, other: string) => style.getPropertyValue(name).trim() || other;
  return {
    text: value("--mantine-color-text", dark ? "#e0e0e0" : "#000"),
    dimmed: dark ? "#b0b4ba" : "#495057",
    line: dark ? "#3b3f45" : "#ced4da",
    ground: dark ? "#141517" : "#ffffff",
    wave: dark ? "#74a9e0" : "#2b6cb0",
    playhead: dark ? "#ff8787" : "#c92a2a",
    ramp: dark ? RAMPS.dark : RAMPS.light,
  };
}
