// The map on the screen: an engine that draws for itself. One picture holds all points; a canvas above it holds what moves
// with the hand. It tells what is under the pointer and what a lasso has caught.
import { Grid } from "../../../core/map/grid";
import { inside, thinned } from "../../../core/map/lasso";
import { Plane, type Spot } from "../../../core/map/plane";
import type { Points } from "../../../core/map/points";
import { type Paint, paintPoints } from "../../../core/map/raster";

export type Hand = "pan" | "lasso";

export interface PlotEvents {
  /** The point under the pointer and where it is on the plot, or nothing. */
  hover: (point: number | undefined, at: Spot) => void;
  pick: (point: number) => void;
  /** The points inside a lasso, ascending. */
  caught: (points: number[]) => void;
}

const REACH_PIXELS = 10;
const WHEEL_STEP = 1.0015;
const KEY_STEP = 1.25;
const KEY_PIXELS = 60;
const LASSO_STEP_PIXELS = 3;
/** A press that moves less than this is a click. */
const CLICK_PIXELS = 4;

export class Plot {
  readonly plane = new Plane();
  hand: Hand = "pan";
  private readonly base: HTMLCanvasElement;
  private readonly over: HTMLCanvasElement;
  private readonly basePen: CanvasRenderingContext2D;
  private readonly overPen: CanvasRenderingContext2D;
  private picture: ImageData | undefined;
  private ratio = 1;
  private points: Points | undefined;
  private grid: Grid | undefined;
  private paint: Paint | undefined;
  private marked = new Set<number>();
  private hovered: number | undefined;
  private line: Spot[] = [];
  private press: { from: Spot; last: Spot; moved: boolean; lasso: boolean } | undefined;
  private frame: number | undefined;
  private readonly events: PlotEvents;
  private readonly sizes: ResizeObserver;

  constructor(host: HTMLElement, events: PlotEvents) {
    this.events = events;
    const canvas = () => {
      const made = document.createElement("canvas");
      made.style.cssText = "position:absolute;inset:0;width:100%;height:100%;touch-action:none";
      host.append(made);
      return made;
    };
    [this.base, this.over] = [canvas(), canvas()];
    this.basePen = this.base.getContext("2d") as CanvasRenderingContext2D;
    this.overPen = this.over.getContext("2d") as CanvasRenderingContext2D;
    this.over.addEventListener("pointerdown", this.down);
    this.over.addEventListener("pointermove", this.move);
    this.over.addEventListener("pointerup", this.up);
    this.over.addEventListener("pointercancel", this.up);
    this.over.addEventListener("pointerleave", this.leave);
    this.over.addEventListener("wheel", this.wheel, { passive: false });
    this.sizes = new ResizeObserver(() => this.resize(host));
    this.sizes.observe(host);
  }

  destroy(): void {
    this.sizes.disconnect();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.base.remove();
    this.over.remove();
  }

  show(points: Points): void {
    this.points = points;
    this.grid = new Grid(points);
    [this.marked, this.hovered, this.line] = [new Set(), undefined, []];
    this.plane.fit();
    this.draw();
  }

  colour(paint: Paint): void {
    this.paint = paint;
    this.draw();
  }

  /** Rings around points: those that a lasso has caught, or one that is shown beside. */
  mark(points: readonly number[]): void {
    this.marked = new Set(points);
    this.draw();
  }

  fit(): void {
    this.plane.fit();
    this.draw();
  }

  /** Arrows pan, plus and minus zoom, 0 shows all; tells whether it was one of them. */
  key(key: string): boolean {
    const { plane } = this;
    const middle: Spot = [plane.width / 2, plane.height / 2];
    const steps: Record<string, () => void> = {
      ArrowLeft: () => plane.panBy(KEY_PIXELS, 0),
      ArrowRight: () => plane.panBy(-KEY_PIXELS, 0),
      ArrowUp: () => plane.panBy(0, KEY_PIXELS),
      ArrowDown: () => plane.panBy(0, -KEY_PIXELS),
      "+": () => plane.zoomAt(middle, KEY_STEP),
      "=": () => plane.zoomAt(middle, KEY_STEP),
      "-": () => plane.zoomAt(middle, 1 / KEY_STEP),
      "0": () => plane.fit(),
    };
    const step = steps[key];
    step?.();
    if (step) this.draw();
    return step !== undefined;
  }

  private resize(host: HTMLElement): void {
    const [width, height] = [host.clientWidth, host.clientHeight];
    // More pixels than the eye tells apart cost time for nothing.
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.plane.resize(width, height);
    for (const canvas of [this.base, this.over]) {
      canvas.width = Math.max(1, Math.round(width * this.ratio));
      canvas.height = Math.max(1, Math.round(height * this.ratio));
    }
    this.picture = this.basePen.createImageData(this.base.width, this.base.height);
    this.draw();
  }

  private draw(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.paintNow();
    });
  }

  /** Points are the smaller the more there are, and grow as the map is zoomed in, from two pixels to ten. */
  private get size(): number {
    const zoom = this.plane.scale / Math.max(1, Math.min(this.plane.width, this.plane.height) / 2);
    const count = this.points?.count ?? 0;
    const many = count > 20_000 ? 3 : count > 2_000 ? 5 : 8;
    return Math.max(2, Math.round(Math.min(10, many + Math.log2(Math.max(1, zoom))) * this.ratio));
  }

  private paintNow(): void {
    const { points, paint, picture, plane } = this;
    if (!points || !paint || !picture || paint.of.length !== points.count) return;
    const pixels = new Uint32Array(picture.data.buffer);
    paintPoints(pixels, picture.width, picture.height, this.ratio, points, plane, paint, this.size);
    this.basePen.putImageData(picture, 0, 0);
    this.paintOver(points);
    this.over.dataset.view = `${plane.scale} ${plane.x} ${plane.y}`;
  }

  private paintOver(points: Points): void {
    const pen = this.overPen;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.plane.width, this.plane.height);
    const ink = getComputedStyle(this.over).color;
    pen.strokeStyle = ink;
    pen.lineWidth = 1.5;
    pen.beginPath();
    const radius = this.size / this.ratio / 2 + 1.5;
    for (const point of this.hovered === undefined ? this.marked : [...this.marked, this.hovered]) {
      const [x, y] = this.plane.toScreen([points.x[point] ?? 0, points.y[point] ?? 0]);
      if (x < 0 || y < 0 || x > this.plane.width || y > this.plane.height) continue;
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 2 * Math.PI);
    }
    pen.stroke();
    if (this.line.length > 1) {
      pen.beginPath();
      for (const [x, y] of this.line) pen.lineTo(x, y);
      pen.closePath();
      pen.globalAlpha = 0.12;
      pen.fillStyle = ink;
      pen.fill("evenodd");
      pen.globalAlpha = 1;
      pen.setLineDash([5, 4]);
      pen.stroke();
      pen.setLineDash([]);
    }
  }

  private spot(event: PointerEvent | WheelEvent): Spot {
    const place = this.over.getBoundingClientRect();
    return [event.clientX - place.left, event.clientY - place.top];
  }

  private pointAt(spot: Spot): number | undefined {
    const [x, y] = this.plane.toPlane(spot);
    const found = this.grid?.nearest(x, y, REACH_PIXELS / this.plane.scale) ?? -1;
    return found < 0 ? undefined : found;
  }

  private readonly down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    this.over.setPointerCapture(event.pointerId);
    const spot = this.spot(event);
    const lasso = this.hand === "lasso" || event.shiftKey;
    this.press = { from: spot, last: spot, moved: false, lasso };
    this.line = lasso ? [spot] : [];
  };

  private readonly move = (event: PointerEvent) => {
    const spot = this.spot(event);
    const { press } = this;
    if (!press) {
      const point = this.pointAt(spot);
      if (point !== this.hovered) {
        this.hovered = point;
        this.draw();
      }
      this.events.hover(point, spot);
      return;
    }
    press.moved ||= Math.hypot(spot[0] - press.from[0], spot[1] - press.from[1]) >= CLICK_PIXELS;
    if (press.lasso) this.line = thinned([...this.line, spot], LASSO_STEP_PIXELS);
    else this.plane.panBy(spot[0] - press.last[0], spot[1] - press.last[1]);
    press.last = spot;
    this.draw();
  };

  private readonly up = (event: PointerEvent) => {
    const { press, points, grid } = this;
    this.press = undefined;
    if (!press) return;
    if (!press.moved) {
      const point = this.pointAt(this.spot(event));
      if (point !== undefined) this.events.pick(point);
    } else if (press.lasso && points && grid) {
      const ring = this.line.map((spot) => this.plane.toPlane(spot));
      this.events.caught(inside(points, grid, ring));
    }
    this.line = [];
    this.draw();
  };

  private readonly leave = () => {
    if (this.press || this.hovered === undefined) return;
    this.hovered = undefined;
    this.events.hover(undefined, [0, 0]);
    this.draw();
  };

  private readonly wheel = (event: WheelEvent) => {
    event.preventDefault();
    this.plane.zoomAt(this.spot(event), WHEEL_STEP ** -event.deltaY);
    this.draw();
  };
}
