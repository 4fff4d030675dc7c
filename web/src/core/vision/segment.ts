// A mask from a box and clicks, after the idea of GrabCut (Rother, Kolmogorov and Blake, SIGGRAPH 2004): colours of inside
// and outside are learned in turns with the mask. Where GrabCut has mixtures and a minimum cut, this has histograms and a
// mean field over neighbours, which is quick enough without a model.
import type { Bounds } from "../geometry";
import { pieces } from "../maskops";
import { MaskTiles } from "../tiles";
import type { Point } from "../types";
import { cropped, type Pixels, windowOf } from "./pixels";
import { settled } from "./settle";

/** A place that is on the thing (`on`), or not. */
export interface Click {
  at: Point;
  on: boolean;
}

/** What a segmenter is asked: the box around the thing, places on it and beside it, or both. */
export interface Prompt {
  box?: Bounds;
  clicks?: readonly Click[];
}

const LARGEST_SIDE = 256;
/** Around the clicks, where there is no box: so far at first, in pixels, and twice as far while the thing reaches over. */
const FIRST_REACH = 64;
/** How far around a click its colours count as given, in pixels of the reduced window. */
const CLICK_RADIUS = 2;
/** A thing that fills so much of the window's rim is larger than the window. */
const RIM_SHARE = 0.04;

/** The thing; undefined when nothing stands out. */
export function segment(pixels: Pixels, { box, clicks = [] }: Prompt): MaskTiles | undefined {
  if (box) return within(pixels, box, clicks);
  const on = clicks.filter((one) => one.on).map((one) => one.at);
  if (on.length === 0) return undefined;
  for (let reach = FIRST_REACH; ; reach *= 2) {
    const window = windowOf(around(on, reach), pixels.width, pixels.height);
    const whole = window.right - window.left === pixels.width && window.bottom - window.top === pixels.height;
    const found = byClicks(pixels, window, clicks);
    if (!found || (!whole && reachesOver(found, window))) {
      if (whole) return undefined;
      continue;
    }
    return found;
  }
}

const around = (points: readonly Point[], reach: number): Bounds => ({
  left: Math.min(...points.map(([x]) => x)) - reach,
  right: Math.max(...points.map(([x]) => x)) + reach + 1,
  top: Math.min(...points.map(([, y]) => y)) - reach,
  bottom: Math.max(...points.map(([, y]) => y)) + reach + 1,
});

/** What may be the thing lies in the box, and its surroundings tell what it is not. */
function within(pixels: Pixels, box: Bounds, clicks: readonly Click[]): MaskTiles | undefined {
  const inner = windowOf(box, pixels.width, pixels.height);
  const [wide, tall] = [inner.right - inner.left, inner.bottom - inner.top];
  if (wide < 2 || tall < 2) return undefined;
  const rim = Math.max(4, Math.round(Math.max(wide, tall) * 0.25));
  const small = reduced(
    pixels,
    windowOf(
      { left: inner.left - rim, top: inner.top - rim, right: inner.right + rim, bottom: inner.bottom + rim },
      pixels.width,
      pixels.height,
    ),
  );
  const held = new Uint8Array(small.pixels.width * small.pixels.height);
  held.forEach((_, at) => {
    const [x, y] = small.place(at);
    if (x >= inner.left && x < inner.right && y >= inner.top && y < inner.bottom) held[at] = 1;
  });
  const share = settled(small.pixels, held, Float64Array.from(held), seedsOf(small, clicks));
  return chosen(enlarged(pixels, small, share, inner), clicks);
}

/** Without a box: the first guess is what is of the colour of the clicks on the thing. */
function byClicks(pixels: Pixels, window: Bounds, clicks: readonly Click[]): MaskTiles | undefined {
  const small = reduced(pixels, window);
  const seeds = seedsOf(small, clicks);
  const { data } = small.pixels;
  const colours = (sign: number) => [...seeds.keys()].filter((at) => seeds[at] === sign);
  const [on, off] = [colours(1), colours(-1)];
  const nearest = (at: number, list: readonly number[], none: number) => {
    let best = none;
    for (const other of list) {
      let sum = 0;
      for (let part = 0; part < 3; part += 1) {
        sum += ((data[4 * at + part] ?? 0) - (data[4 * other + part] ?? 0)) ** 2;
      }
      best = Math.min(best, Math.sqrt(sum));
    }
    return best;
  };
  const guess = Float64Array.from(seeds, (_, at) => {
    const lean = nearest(at, off, STRANGE) - 2 * nearest(at, on, 441);
    return 1 / (1 + Math.exp(-lean / 12));
  });
  const held = new Uint8Array(seeds.length).fill(1);
  const share = settled(small.pixels, held, guess, seeds);
  return chosen(enlarged(pixels, small, share, window), clicks);
}

/** So far apart two colours are strangers, where no click says what the thing is not. */
const STRANGE = 60;

interface Small {
  pixels: Pixels;
  step: number;
  window: Bounds;
  /** Where a pixel of the reduced window is in the picture. */
  place: (at: number) => Point;
}

function reduced(pixels: Pixels, window: Bounds): Small {
  const side = Math.max(window.right - window.left, window.bottom - window.top);
  const step = Math.max(1, Math.ceil(side / LARGEST_SIDE));
  const found = cropped(pixels, window, step);
  const place = (at: number): Point => [
    window.left + (at % found.width) * step,
    window.top + Math.floor(at / found.width) * step,
  ];
  return { pixels: found, step, window, place };
}

/** 1 for pixels that are on the thing, -1 for those that are not, 0 for the others. */
function seedsOf({ pixels, step, window }: Small, clicks: readonly Click[]): Int8Array {
  const { width, height } = pixels;
  const seeds = new Int8Array(width * height);
  for (const { at, on } of clicks) {
    const [cx, cy] = [Math.floor((at[0] - window.left) / step), Math.floor((at[1] - window.top) / step)];
    for (let y = cy - CLICK_RADIUS; y <= cy + CLICK_RADIUS; y += 1) {
      for (let x = cx - CLICK_RADIUS; x <= cx + CLICK_RADIUS; x += 1) {
        if (x >= 0 && y >= 0 && x < width && y < height) seeds[y * width + x] = on ? 1 : -1;
      }
    }
  }
  return seeds;
}

/** Back to the pixels of the picture. */
function enlarged(pixels: Pixels, small: Small, share: Float64Array, part: Bounds): MaskTiles {
  const { step, window } = small;
  const tiles = new MaskTiles(pixels.width, pixels.height);
  for (let y = part.top; y < part.bottom; y += 1) {
    const row = Math.floor((y - window.top) / step) * small.pixels.width;
    for (let x = part.left; x < part.right; x += 1) {
      if ((share[row + Math.floor((x - window.left) / step)] ?? 0) > 0.5) tiles.row(y, x, x + 1, true);
    }
  }
  return tiles;
}

/** The pieces that were clicked on; without a click the largest one. */
function chosen(tiles: MaskTiles, clicks: readonly Click[]): MaskTiles | undefined {
  const on = clicks.filter((one) => one.on).map(({ at: [x, y] }): Point => [Math.floor(x), Math.floor(y)]);
  const found = pieces(tiles);
  if (on.length === 0) return found[0];
  const mine = found.filter((piece) => on.some(([x, y]) => piece.get(x, y)));
  const [first, ...others] = mine;
  const whole = first?.copy();
  for (const other of others) whole?.combine(other, true);
  return whole;
}

/** Does the thing lie on much of the rim of the window, as far as that is not the rim of the picture? */
function reachesOver(tiles: MaskTiles, { left, top, right, bottom }: Bounds): boolean {
  let [lit, all] = [0, 0];
  const look = (x: number, y: number) => {
    all += 1;
    if (tiles.get(x, y)) lit += 1;
  };
  for (let x = left; x < right; x += 1) {
    if (top > 0) look(x, top);
    if (bottom < tiles.height) look(x, bottom - 1);
  }
  for (let y = top; y < bottom; y += 1) {
    if (left > 0) look(left, y);
    if (right < tiles.width) look(right - 1, y);
  }
  return lit > RIM_SHARE * all;
}
