// What can be done with whole masks: outlines, pieces, flooding. Pixels are those of the image; pure.
import { boundsOf, ringsOf } from "./geometry";
import { fillRings, MaskTiles, TILE, tilesOf } from "./tiles";
import type { Geometry, Point } from "./types";

type Polygon = Geometry & { type: "polygon" };
type Part = Polygon["parts"][number];

/** The mask of a shape that has an area; undefined for others and for what covers no pixel. */
export function maskOf(geometry: Geometry, width: number, height: number): Geometry | undefined {
  if (geometry.type === "mask") return geometry;
  const rings = ringsOf(geometry);
  if (!rings) return undefined;
  const tiles = new MaskTiles(width, height);
  fillRings(tiles, rings, true);
  return tiles.area > 0 ? tiles.geometry() : undefined;
}

/** The outline along the pixels' edges: exactly the mask again when it is filled. Corners only, no points between. */
export function polygonOf(mask: Geometry): Polygon | undefined {
  if (mask.type !== "mask") return undefined;
  const bounds = boundsOf(mask);
  if (!bounds) return undefined;
  const tiles = tilesOf(mask);
  const stride = mask.width + 1;
  // Edges run with the foreground on their right hand: outlines clockwise on the screen, holes against it.
  const next = new Map<number, number[]>();
  const edge = (x: number, y: number, toX: number, toY: number) => {
    const from = y * stride + x;
    const list = next.get(from);
    if (list) list.push(toY * stride + toX);
    else next.set(from, [toY * stride + toX]);
  };
  for (let y = bounds.top; y < bounds.bottom; y += 1) {
    for (let x = bounds.left; x < bounds.right; x += 1) {
      if (!tiles.get(x, y)) continue;
      if (!tiles.get(x, y - 1)) edge(x, y, x + 1, y);
      if (!tiles.get(x + 1, y)) edge(x + 1, y, x + 1, y + 1);
      if (!tiles.get(x, y + 1)) edge(x + 1, y + 1, x, y + 1);
      if (!tiles.get(x - 1, y)) edge(x, y + 1, x, y);
    }
  }
  const place = (corner: number): Point => [corner % stride, Math.floor(corner / stride)];
  const rings: Point[][] = [];
  for (const [start, list] of next) {
    while (list.length > 0) rings.push(ringFrom(start, next, place));
  }
  return withHoles(rings);
}

function ringFrom(start: number, next: Map<number, number[]>, place: (corner: number) => Point): Point[] {
  const ring: Point[] = [];
  let [at, dx, dy] = [start, 0, 0];
  for (;;) {
    const choices = next.get(at) ?? [];
    const [x, y] = place(at);
    // Where two pixels touch at a corner the ring turns right, so that it keeps to its own pixel.
    let chosen = choices.findIndex((to) => {
      const [toX, toY] = place(to);
      return toX - x === -dy && toY - y === dx;
    });
    if (chosen < 0) chosen = 0;
    const [to] = choices.splice(chosen, 1);
    if (to === undefined) break;
    const [toX, toY] = place(to);
    if (toX - x !== dx || toY - y !== dy) ring.push([x, y]);
    [dx, dy] = [toX - x, toY - y];
    at = to;
    if (at === start) break;
  }
  // The start may lie in the middle of a straight side.
  const [first, second, last] = [ring[0], ring[1], ring.at(-1)];
  if (
    first &&
    second &&
    last &&
    (second[0] - first[0]) * (first[1] - last[1]) === (second[1] - first[1]) * (first[0] - last[0])
  ) {
    ring.shift();
  }
  return ring;
}

function signedArea(ring: readonly Point[]): number {
  let sum = 0;
  let [fromX, fromY] = ring.at(-1) ?? [0, 0];
  for (const [x, y] of ring) {
    sum += fromX * y - x * fromY;
    [fromX, fromY] = [x, y];
  }
  return sum / 2;
}

function withHoles(rings: readonly Point[][]): Polygon {
  const parts = rings
    .filter((ring) => signedArea(ring) > 0)
    .map((outer) => ({ outer, size: signedArea(outer), holes: [] as Point[][] }))
    .sort((one, two) => one.size - two.size);
  for (const hole of rings.filter((ring) => signedArea(ring) < 0)) {
    const [corner] = hole;
    if (!corner) continue;
    // The smallest outline around the hole; the corner is nudged off the grid, into the hole's own rim.
    const owner = parts.find((part) => part.size > -signedArea(hole) && contains(part.outer, hole));
    owner?.holes.push(hole);
  }
  return {
    type: "polygon",
    parts: parts.reverse().map(({ outer, holes }): Part => (holes.length > 0 ? { outer, holes } : { outer })),
  };
}

/** Is the middle of the first side of a hole, a little to its outside, in the ring? */
function contains(ring: readonly Point[], hole: readonly Point[]): boolean {
  const [one, two] = hole;
  if (!one || !two) return false;
  const [dx, dy] = [Math.sign(two[0] - one[0]), Math.sign(two[1] - one[1])];
  // Foreground is on the right hand of every edge: half a pixel there is the mask itself.
  const [x, y] = [one[0] + dx * 0.5 - dy * 0.5, one[1] + dy * 0.5 + dx * 0.5];
  let inside = false;
  let [fromX, fromY] = ring.at(-1) ?? [0, 0];
  for (const [toX, toY] of ring) {
    if (fromY > y !== toY > y && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX) inside = !inside;
    [fromX, fromY] = [toX, toY];
  }
  return inside;
}

/** The pixels that hang together with one, by their sides, as `same` tells; undefined when there are none. */
export function flooded(
  width: number,
  height: number,
  start: Point,
  same: (x: number, y: number) => boolean,
): MaskTiles | undefined {
  const [startX, startY] = [Math.floor(start[0]), Math.floor(start[1])];
  if (startX < 0 || startY < 0 || startX >= width || startY >= height || !same(startX, startY))
    return undefined;
  const tiles = new MaskTiles(width, height);
  const waiting: number[] = [startY * width + startX];
  while (waiting.length > 0) {
    const at = waiting.pop() ?? 0;
    const y = Math.floor(at / width);
    let left = at - y * width;
    if (tiles.get(left, y)) continue;
    while (left > 0 && !tiles.get(left - 1, y) && same(left - 1, y)) left -= 1;
    let right = left;
    while (right < width && same(right, y)) {
      for (const next of [y - 1, y + 1]) {
        if (next < 0 || next >= height || tiles.get(right, next) || !same(right, next)) continue;
        // One seed a run is enough.
        if (right === left || !same(right - 1, next)) waiting.push(next * width + right);
      }
      right += 1;
    }
    tiles.row(y, left, right, true);
  }
  return tiles;
}

/** The pieces of a mask that do not hang together, the largest first. */
export function pieces(tiles: MaskTiles): MaskTiles[] {
  const found: MaskTiles[] = [];
  const rest = tiles.copy();
  const { width, height } = tiles;
  for (const [key, tile] of tiles.entries()) {
    const [left, top] = [(key % tiles.columns) * TILE, Math.floor(key / tiles.columns) * TILE];
    for (let at = 0; at < tile.length; at += 1) {
      const [x, y] = [left + (at % TILE), top + Math.floor(at / TILE)];
      if (tile[at] !== 1 || !rest.get(x, y)) continue;
      const piece = flooded(width, height, [x, y], (px, py) => rest.get(px, py));
      if (!piece) continue;
      found.push(piece);
      rest.combine(piece, false);
    }
  }
  return found
    .map((one) => ({ one, area: one.area }))
    .sort((a, b) => b.area - a.area)
    .map(({ one }) => one);
}

/** A mask cut along a line: its pieces, the largest first. The pixels under the line go to a piece beside them. */
export function sliced(tiles: MaskTiles, line: readonly Point[]): MaskTiles[] {
  const cut: Point[] = [];
  line.slice(1).forEach((to, index) => {
    const from = line[index] ?? to;
    const steps = Math.max(1, Math.ceil(2 * Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]))));
    for (let step = 0; step <= steps; step += 1) {
      const x = Math.floor(from[0] + ((to[0] - from[0]) * step) / steps);
      const y = Math.floor(from[1] + ((to[1] - from[1]) * step) / steps);
      const [lastX, lastY] = cut.at(-1) ?? [x, y];
      // A step over a corner is filled up, so that nothing leaks through between two pixels.
      if (lastX !== x && lastY !== y) cut.push([lastX, y]);
      cut.push([x, y]);
    }
  });
  const rest = tiles.copy();
  let waiting = cut.filter(([x, y]) => tiles.get(x, y));
  for (const [x, y] of waiting) rest.row(y, x, x + 1, false);
  const found = pieces(rest).map((piece) => piece.copy());
  if (found.length < 2) return [tiles];
  for (;;) {
    const left = waiting.filter(([x, y]) => {
      const beside = found.find(
        (piece) =>
          piece.get(x, y) ||
          piece.get(x - 1, y) ||
          piece.get(x + 1, y) ||
          piece.get(x, y - 1) ||
          piece.get(x, y + 1),
      );
      beside?.row(y, x, x + 1, true);
      return !beside;
    });
    if (left.length === 0 || left.length === waiting.length) break;
    waiting = left;
  }
  return found;
}
