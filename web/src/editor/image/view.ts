// Where the image lies on the screen. Screen coordinates are CSS pixels from the top left of the canvas.
import { type Bounds, clamp } from "../../core/geometry";
import type { Point } from "../../core/types";

const SMALLEST = 0.01;
const LARGEST = 64;
/** So much of the image always stays in sight. */
const KEEP_PIXELS = 40;

export class View {
  scale = 1;
  x = 0;
  y = 0;
  width = 1;
  height = 1;
  /** What is painted beyond the edges of the screen now, in CSS pixels. */
  margin = 0;
  readonly imageWidth: number;
  readonly imageHeight: number;

  constructor(imageWidth: number, imageHeight: number) {
    this.imageWidth = imageWidth;
    this.imageHeight = imageHeight;
  }

  toScreen([x, y]: Point): Point {
    return [x * this.scale + this.x, y * this.scale + this.y];
  }

  toImage([x, y]: Point): Point {
    return [(x - this.x) / this.scale, (y - this.y) / this.scale];
  }

  /** The part of the image plane that is on the screen, with the margin. */
  visible(): Bounds {
    const { margin } = this;
    const [left, top] = this.toImage([-margin, -margin]);
    const [right, bottom] = this.toImage([this.width + margin, this.height + margin]);
    return { left, top, right, bottom };
  }

  fit(): void {
    this.show({ left: 0, top: 0, right: this.imageWidth, bottom: this.imageHeight }, 16, 8);
  }

  /** Brings a part of the image into the middle, with a margin, not larger than `largest`. */
  show(bounds: Bounds, margin: number, largest: number): void {
    const [width, height] = [
      Math.max(1, bounds.right - bounds.left),
      Math.max(1, bounds.bottom - bounds.top),
    ];
    const room = Math.min((this.width - 2 * margin) / width, (this.height - 2 * margin) / height);
    this.scale = clamp(room, SMALLEST, largest);
    this.x = this.width / 2 - ((bounds.left + bounds.right) / 2) * this.scale;
    this.y = this.height / 2 - ((bounds.top + bounds.bottom) / 2) * this.scale;
  }

  /** Pans as little as is needed to see these bounds; zooms only when they are larger than the screen. */
  reveal(bounds: Bounds): void {
    const seen = this.visible();
    const inside =
      bounds.left >= seen.left &&
      bounds.right <= seen.right &&
      bounds.top >= seen.top &&
      bounds.bottom <= seen.bottom;
    if (inside) return;
    const fits =
      bounds.right - bounds.left <= seen.right - seen.left &&
      bounds.bottom - bounds.top <= seen.bottom - seen.top;
    if (!fits) {
      this.show(bounds, 40, this.scale);
      return;
    }
    this.x = this.width / 2 - ((bounds.left + bounds.right) / 2) * this.scale;
    this.y = this.height / 2 - ((bounds.top + bounds.bottom) / 2) * this.scale;
    this.keep();
  }

  zoomAt([x, y]: Point, factor: number): void {
    const [imageX, imageY] = this.toImage([x, y]);
    this.scale = clamp(this.scale * factor, SMALLEST, LARGEST);
    this.x = x - imageX * this.scale;
    this.y = y - imageY * this.scale;
    this.keep();
  }

  panBy(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.keep();
  }

  resize(width: number, height: number): void {
    this.x += (width - this.width) / 2;
    this.y += (height - this.height) / 2;
    [this.width, this.height] = [width, height];
  }

  private keep(): void {
    this.x = clamp(this.x, KEEP_PIXELS - this.imageWidth * this.scale, this.width - KEEP_PIXELS);
    this.y = clamp(this.y, KEEP_PIXELS - this.imageHeight * this.scale, this.height - KEEP_PIXELS);
  }
}
