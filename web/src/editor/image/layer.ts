// One canvas of the image editor. It remembers the view at which it was painted: while much is on it, panning and zooming
// only move and stretch what is there, and it is painted anew when the view rests or its margin is used up.
import type { Bounds } from "../../core/geometry";
import type { View } from "./view";

type Painter = (context: CanvasRenderingContext2D) => void;

export class Layer {
  readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private ratio = 1;
  /** How far it reaches over each edge of the screen, in CSS pixels. */
  private margin = 0;
  private partial = false;
  private painted: { scale: number; x: number; y: number } | undefined;

  constructor(host: HTMLElement) {
    this.canvas = document.createElement("canvas");
    this.canvas.style.cssText =
      "position:absolute;transform-origin:0 0;will-change:transform;touch-action:none";
    host.append(this.canvas);
    this.context = this.canvas.getContext("2d") as CanvasRenderingContext2D;
  }

  resize(view: View, ratio: number, margin: number): void {
    [this.ratio, this.margin, this.painted, this.partial] = [ratio, margin, undefined, false];
    const [width, height] = [view.width + 2 * margin, view.height + 2 * margin];
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    Object.assign(this.canvas.style, {
      left: `${-margin}px`,
      top: `${-margin}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  /** Paints a part of the screen only: the canvas becomes as small as that, and so does what it costs to show it. */
  paintPart(view: View, part: Bounds, painter: Painter): void {
    const [left, top] = [Math.floor(Math.max(0, part.left)), Math.floor(Math.max(0, part.top))];
    // In steps, so that a canvas is not made anew with every move.
    const stepped = (from: number, to: number) =>
      Math.max(STEP_PIXELS, STEP_PIXELS * Math.ceil((to - from) / STEP_PIXELS));
    const width = stepped(left, Math.min(view.width, part.right));
    const height = stepped(top, Math.min(view.height, part.bottom));
    const { canvas, context, ratio } = this;
    const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== tall) {
      [canvas.width, canvas.height] = [wide, tall];
      Object.assign(canvas.style, { left: "0", top: "0", width: `${width}px`, height: `${height}px` });
    }
    context.setTransform(ratio, 0, 0, ratio, -left * ratio, -top * ratio);
    context.clearRect(left, top, width, height);
    painter(context);
    canvas.style.transform = `translate(${left}px, ${top}px)`;
    this.partial = true;
  }

  /** Clears it and paints it as the view is now. */
  paint(view: View, painter: Painter): void {
    if (this.partial) this.resize(view, this.ratio, this.margin);
    const { context, ratio, margin } = this;
    const shift = margin * ratio;
    context.setTransform(ratio, 0, 0, ratio, shift, shift);
    context.clearRect(-margin, -margin, view.width + 2 * margin, view.height + 2 * margin);
    view.margin = margin;
    painter(context);
    view.margin = 0;
    this.painted = { scale: view.scale, x: view.x, y: view.y };
    Object.assign(this.canvas.style, { transform: "", imageRendering: "" });
  }

  clear(view: View): void {
    this.paint(view, () => {});
  }

  /** Puts what is painted where the view is now; false when it does not reach over the whole screen. */
  follow(view: View): boolean {
    const { painted, margin } = this;
    if (!painted) return false;
    const grown = view.scale / painted.scale;
    const [x, y] = [
      margin + view.x - grown * (margin + painted.x),
      margin + view.y - grown * (margin + painted.y),
    ];
    const [left, top] = [x - margin, y - margin];
    const right = left + grown * (view.width + 2 * margin);
    const bottom = top + grown * (view.height + 2 * margin);
    // What lies outside the picture has nothing on it.
    const [from, to] = [view.toScreen([0, 0]), view.toScreen([view.imageWidth, view.imageHeight])];
    const covers =
      left <= Math.max(0, from[0]) &&
      top <= Math.max(0, from[1]) &&
      right >= Math.min(view.width, to[0]) &&
      bottom >= Math.min(view.height, to[1]);
    if (!covers || grown > LARGEST_STRETCH || grown < 1 / LARGEST_STRETCH) return false;
    // Whole pixels, so that what is only moved stays sharp.
    const place = grown === 1 ? [Math.round(x), Math.round(y)] : [x, y];
    // While it moves, the quickest way to stretch it is good enough.
    this.canvas.style.imageRendering = grown === 1 ? "" : "pixelated";
    this.canvas.style.transform = `translate(${place[0]}px, ${place[1]}px) scale(${grown})`;
    return true;
  }
}

const STEP_PIXELS = 64;

/** Larger than that it would be seen to be a picture of the shapes. */
const LARGEST_STRETCH = 2;
