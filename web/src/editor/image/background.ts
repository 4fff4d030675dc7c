// The image itself on its own canvas. Far away it is drawn from halves of halves, so that it neither flickers nor costs
// more than what is seen; close up its pixels are crisp.
import type { Pixels } from "../../core/vision/pixels";
import type { Picture } from "../plugin";
import type { View } from "./view";

const CRISP_ABOVE = 2;
const SMALLEST_LEVEL = 512;
const HALVE_MS = 60;

export class Background {
  private readonly levels: Picture[];
  private readonly repaint: () => void;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  /** `repaint` is asked for when a better level is there. */
  constructor(bitmap: Picture, repaint: () => void) {
    this.levels = [bitmap];
    this.repaint = repaint;
  }

  destroy(): void {
    clearTimeout(this.waiting);
  }

  /** The pixels are others now. */
  renew(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.levels.length = 1;
  }

  /** Halving a large picture takes longer than a frame: what is seen first is drawn from what is there. */
  private halveLater(): void {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      const last = this.levels.at(-1);
      if (!last) return;
      this.levels.push(halved(last));
      this.repaint();
    }, HALVE_MS);
  }

  /** The level whose pixels are just larger than those of the screen. */
  private level(scale: number): { image: Picture; factor: number } {
    let wanted = 0;
    while (scale * 2 ** (wanted + 1) <= 1) wanted += 1;
    const last = this.levels.at(-1);
    const halves = last !== undefined && Math.max(last.width, last.height) / 2 >= SMALLEST_LEVEL;
    if (this.levels.length <= wanted && halves) this.halveLater();
    const index = Math.min(wanted, this.levels.length - 1);
    return { image: this.levels[index] as Picture, factor: 2 ** index };
  }

  paint(context: CanvasRenderingContext2D, view: View, ratio: number): void {
    const { image, factor } = this.level(view.scale * ratio);
    const seen = view.visible();
    const left = Math.max(0, Math.floor(seen.left));
    const top = Math.max(0, Math.floor(seen.top));
    const right = Math.min(view.imageWidth, Math.ceil(seen.right));
    const bottom = Math.min(view.imageHeight, Math.ceil(seen.bottom));
    if (right <= left || bottom <= top) return;
    context.imageSmoothingEnabled = view.scale <= CRISP_ABOVE;
    // Of what is far too large nothing better than the quickest way is worth its time.
    context.imageSmoothingQuality = view.scale * ratio * factor < 0.4 ? "low" : "medium";
    const [x, y] = view.toScreen([left, top]);
    const [width, height] = [right - left, bottom - top];
    context.drawImage(
      image,
      left / factor,
      top / factor,
      width / factor,
      height / factor,
      x,
      y,
      width * view.scale,
      height * view.scale,
    );
  }
}

/** The picture's pixels; undefined where the browser does not give them, or they are too many at once. */
export function pixelsOf(bitmap: Picture): Pixels | undefined {
  const { width, height } = bitmap;
  if (width * height > 64_000_000) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return undefined;
  context.drawImage(bitmap, 0, 0);
  try {
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } catch {
    return undefined;
  }
}

function halved(image: Picture): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width / 2));
  canvas.height = Math.max(1, Math.round(image.height / 2));
  const context = canvas.getContext("2d");
  if (context) {
    context.imageSmoothingQuality = "medium";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
