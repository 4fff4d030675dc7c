// Points by the square of the plane that they lie in, so that those near a spot are found without looking at all. Built by
// counting: two passes over the points, and two typed arrays.
import { clamp } from "../geometry";
import type { Points } from "./points";

export class Grid {
  private readonly points: Points;
  private readonly side: number;
  /** Where the points of each square begin in `order`; one more for the end. */
  private readonly starts: Uint32Array;
  private readonly order: Uint32Array;

  constructor(points: Points) {
    this.points = points;
    // About four points a square where they lie evenly.
    this.side = clamp(Math.ceil(Math.sqrt(points.count / 4)), 1, 512);
    this.starts = new Uint32Array(this.side * this.side + 1);
    this.order = new Uint32Array(points.count);
    for (let point = 0; point < points.count; point += 1) {
      const next = this.squareOf(points.x[point] ?? 0, points.y[point] ?? 0) + 1;
      this.starts[next] = (this.starts[next] ?? 0) + 1;
    }
    for (let square = 1; square < this.starts.length; square += 1)
      this.starts[square] = (this.starts[square] ?? 0) + (this.starts[square - 1] ?? 0);
    const next = this.starts.slice();
    for (let point = 0; point < points.count; point += 1) {
      const square = this.squareOf(points.x[point] ?? 0, points.y[point] ?? 0);
      const place = next[square] ?? 0;
      this.order[place] = point;
      next[square] = place + 1;
    }
  }

  private column(value: number): number {
    return clamp(Math.floor(((value + 1) / 2) * this.side), 0, this.side - 1);
  }

  private squareOf(x: number, y: number): number {
    return this.column(y) * this.side + this.column(x);
  }

  /** Tells the points of all squares that meet a rectangle; a caller looks closer. */
  *within(left: number, bottom: number, right: number, top: number): Generator<number> {
    for (let row = this.column(bottom); row <= this.column(top); row += 1) {
      const first = row * this.side;
      const from = this.starts[first + this.column(left)] ?? 0;
      const to = this.starts[first + this.column(right) + 1] ?? 0;
      for (let place = from; place < to; place += 1) yield this.order[place] ?? 0;
    }
  }

  /** The number of the point nearest to a place, not further than `reach`; -1 when there is none. */
  nearest(x: number, y: number, reach: number): number {
    let best = -1;
    let least = reach * reach;
    for (const point of this.within(x - reach, y - reach, x + reach, y + reach)) {
      const dx = (this.points.x[point] ?? 0) - x;
      const dy = (this.points.y[point] ?? 0) - y;
      const far = dx * dx + dy * dy;
      if (far < least || (far === least && best < 0)) [best, least] = [point, far];
    }
    return best;
  }
}
