// Where the plane of a map lies on the screen. The plane is -1 to 1 with y upwards; the screen is in CSS pixels from the
// top left.
import { clamp } from "../geometry";

export type Spot = readonly [x: number, y: number];

/** Room at the edges when all is shown, in CSS pixels. */
const MARGIN_PIXELS = 16;
const SMALLEST_ZOOM = 0.5;
const LARGEST_ZOOM = 400;

export class Plane {
  width = 1;
  height = 1;
  /** CSS pixels for one unit of the plane. */
  scale = 1;
  /** The middle of the plane on the screen. */
  x = 0;
  y = 0;

  resize(width: number, height: number): void {
    const first = this.width === 1;
    this.x += (width - this.width) / 2;
    this.y += (height - this.height) / 2;
    [this.width, this.height] = [Math.max(1, width), Math.max(1, height)];
    if (first) this.fit();
  }

  private get fitting(): number {
    return Math.max(1, Math.min(this.width, this.height) / 2 - MARGIN_PIXELS);
  }

  /** Shows all of it. */
  fit(): void {
    this.scale = this.fitting;
    [this.x, this.y] = [this.width / 2, this.height / 2];
  }

  toScreen([x, y]: Spot): Spot {
    return [this.x + x * this.scale, this.y - y * this.scale];
  }

  toPlane([x, y]: Spot): Spot {
    return [(x - this.x) / this.scale, (this.y - y) / this.scale];
  }

  panBy(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.keep();
  }

  /** Zooms and leaves what is under the spot where it is. */
  zoomAt(spot: Spot, factor: number): void {
    const [x, y] = this.toPlane(spot);
    this.scale = clamp(this.scale * factor, this.fitting * SMALLEST_ZOOM, this.fitting * LARGEST_ZOOM);
    this.x = spot[0] - x * this.scale;
    this.y = spot[1] + y * this.scale;
    this.keep();
  }

  /** Some of the plane always stays in sight. */
  private keep(): void {
    this.x = clamp(this.x, MARGIN_PIXELS - this.scale, this.width - MARGIN_PIXELS + this.scale);
    this.y = clamp(this.y, MARGIN_PIXELS - this.scale, this.height - MARGIN_PIXELS + this.scale);
  }
}
