// Which points a line drawn around them holds: by the even-odd rule, as shapes with holes are filled.
import type { Grid } from "./grid";
import type { Spot } from "./plane";
import type { Points } from "./points";

/** Is the place inside the ring? The ring closes by itself. */
export function holds(ring: readonly Spot[], x: number, y: number): boolean {
  let inside = false;
  let [px, py] = ring[ring.length - 1] ?? [0, 0];
  for (const [qx, qy] of ring) {
    if (qy > y !== py > y && x < ((px - qx) * (y - qy)) / (py - qy) + qx) inside = !inside;
    [px, py] = [qx, qy];
  }
  return inside;
}

/** The numbers of the points inside a ring of places in the plane, ascending. Fewer than three places hold nothing. */
export function inside(points: Points, grid: Grid, ring: readonly Spot[]): number[] {
  if (ring.length < 3) return [];
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  const found: number[] = [];
  for (const point of grid.within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys))) {
    if (holds(ring, points.x[point] ?? 0, points.y[point] ?? 0)) found.push(point);
  }
  return found.sort((one, other) => one - other);
}

/** The line without places that lie closer than `least` to the one before: hands draw hundreds of them. */
export function thinned(line: readonly Spot[], least: number): Spot[] {
  const kept: Spot[] = [];
  for (const spot of line) {
    const last = kept[kept.length - 1];
    if (!last || Math.hypot(spot[0] - last[0], spot[1] - last[1]) >= least) kept.push(spot);
  }
  return kept;
}
