// Colours of classes. Colour is never the only signal: this only makes it a readable one.

export type Rgb = [number, number, number];

/** `#RRGGBB` as numbers; grey for anything else. */
export function rgb(hex: string): Rgb {
  const number = /^#[0-9a-f]{6}$/i.test(hex) ? Number.parseInt(hex.slice(1), 16) : 0x808080;
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

const mixed = new Map<string, string>();

/** The colour of a fill. Kept once made: thousands of shapes ask for the same few in every frame. */
export function withAlpha(hex: string, alpha: number): string {
  const key = `${hex}${alpha}`;
  const known = mixed.get(key);
  if (known !== undefined) return known;
  const made = `rgba(${rgb(hex).join(", ")}, ${alpha})`;
  mixed.set(key, made);
  return made;
}

/** Relative luminance after WCAG 2. */
export function luminance(hex: string): number {
  const [red, green, blue] = rgb(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever is read more easily on the colour. */
export function inkOn(hex: string): "#000000" | "#ffffff" {
  // Contrast with black is (l + .05) / .05, with white 1.05 / (l + .05): they are equal at 0.179.
  return luminance(hex) > 0.179 ? "#000000" : "#ffffff";
}
