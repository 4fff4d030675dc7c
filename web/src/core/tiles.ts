// A mask on sparse tiles, one byte a pixel. Tiles are shared between versions and copied when first written to, so the
// mask before a stroke costs no more than the tiles that the stroke touched: undo is the old map.
import { type MaskGeometry, maskOfRuns, runsOf } from "./runs";
import type { Point } from "./types";

export const TILE = 128;

export type Tile = Uint8Array;

const writes = new WeakMap<Tile, number>();

/** How often a tile was written to since it was made: what is painted from fewer writes must be made anew. */
export const writesOf = (tile: Tile): number => writes.get(tile) ?? 0;

export class MaskTiles {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  private readonly tiles: Map<number, Tile>;
  /** Tiles that belong to this version alone and may be written to. */
  private readonly own = new Set<number>();

  constructor(width: number, height: number, tiles: ReadonlyMap<number, Tile> = new Map()) {
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / TILE);
    this.tiles = new Map(tiles);
  }

  /** A version to write to; this one stays as it is as long as it is not written to itself. */
  copy(): MaskTiles {
    this.own.clear();
    return new MaskTiles(this.width, this.height, this.tiles);
  }

  /** The tiles that are not empty, by row-major number. */
  entries(): IterableIterator<[number, Tile]> {
    return this.tiles.entries();
  }

  tile(key: number): Tile | undefined {
    return this.tiles.get(key);
  }

  get(x: number, y: number): boolean {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return false;
    const tile = this.tiles.get(Math.floor(y / TILE) * this.columns + Math.floor(x / TILE));
    return tile?.[(y % TILE) * TILE + (x % TILE)] === 1;
  }

  private writable(key: number): Tile {
    const known = this.tiles.get(key);
    if (known && this.own.has(key)) {
      writes.set(known, writesOf(known) + 1);
      return known;
    }
    const fresh = known ? known.slice() : new Uint8Array(TILE * TILE);
    this.tiles.set(key, fresh);
    this.own.add(key);
    return fresh;
  }

  /** Sets the pixels `from` to `to` (exclusive) of a row; what is outside the picture is left out. */
  row(y: number, from: number, to: number, on: boolean): void {
    if (y < 0 || y >= this.height) return;
    const end = Math.min(this.width, to);
    const base = Math.floor(y / TILE) * this.columns;
    const line = (y % TILE) * TILE;
    for (let x = Math.max(0, from); x < end; ) {
      const column = Math.floor(x / TILE);
      const stop = Math.min(end, (column + 1) * TILE);
      if (on || this.tiles.has(base + column)) {
        this.writable(base + column).fill(on ? 1 : 0, line + x - column * TILE, line + stop - column * TILE);
      }
      x = stop;
    }
  }

  /** Sets the pixels `from` to `to` (exclusive) of a column inside the picture. */
  column(x: number, from: number, to: number): void {
    for (let y = from; y < to; ) {
      const row = Math.floor(y / TILE);
      const stop = Math.min(to, (row + 1) * TILE);
      const tile = this.writable(row * this.columns + Math.floor(x / TILE));
      const base = (x % TILE) - row * TILE * TILE;
      for (; y < stop; y += 1) tile[base + y * TILE] = 1;
    }
  }

  /** Sets what another mask has (`on`), or takes it away. */
  combine(other: MaskTiles, on: boolean): void {
    for (const [key, theirs] of other.entries()) {
      if (!on && !this.tiles.has(key)) continue;
      const mine = this.writable(key);
      for (let at = 0; at < theirs.length; at += 1) if (theirs[at] === 1) mine[at] = on ? 1 : 0;
    }
  }

  get area(): number {
    let sum = 0;
    for (const tile of this.tiles.values()) for (const pixel of tile) sum += pixel;
    return sum;
  }

  /** Runs down the columns, in the order of the server's run lengths. */
  private *runs(): Generator<[number, number]> {
    const rows = Math.ceil(this.height / TILE);
    for (let column = 0; column < this.columns; column += 1) {
      const stack: [number, Tile][] = [];
      for (let row = 0; row < rows; row += 1) {
        const tile = this.tiles.get(row * this.columns + column);
        if (tile) stack.push([row, tile]);
      }
      if (stack.length === 0) continue;
      const end = Math.min(TILE, this.width - column * TILE);
      for (let x = 0; x < end; x += 1) {
        const base = (column * TILE + x) * this.height;
        for (const [row, tile] of stack) {
          const deep = Math.min(TILE, this.height - row * TILE);
          for (let y = 0; y < deep; ) {
            const lit = tile[y * TILE + x] === 1;
            let to = y + 1;
            while (to < deep && (tile[to * TILE + x] === 1) === lit) to += 1;
            if (lit) yield [base + row * TILE + y, base + row * TILE + to];
            y = to;
          }
        }
      }
    }
  }

  /** As the server has it; the geometry remembers its tiles. */
  geometry(): MaskGeometry {
    const mask = maskOfRuns(this.width, this.height, this.runs());
    this.own.clear();
    known.set(mask, this);
    return mask;
  }
}

const known = new WeakMap<MaskGeometry, MaskTiles>();

/** The tiles of a mask; shared, so to be copied before writing. */
export function tilesOf(mask: MaskGeometry): MaskTiles {
  const found = known.get(mask);
  if (found) return found;
  const tiles = new MaskTiles(mask.width, mask.height);
  for (const [start, end] of runsOf(mask)) {
    // A run goes down its column and on at the top of the next one.
    for (let at = start; at < Math.min(end, mask.width * mask.height); ) {
      const x = Math.floor(at / mask.height);
      const stop = Math.min(end, (x + 1) * mask.height);
      tiles.column(x, at - x * mask.height, stop - x * mask.height);
      at = stop;
    }
  }
  known.set(mask, tiles);
  return tiles;
}

export type BrushShape = "round" | "square";

/** A stroke of the brush from one point to the next; a pixel belongs to it when its centre does. */
export function stroke(
  tiles: MaskTiles,
  from: Point,
  to: Point,
  radius: number,
  shape: BrushShape,
  on: boolean,
): void {
  const steps = Math.max(
    1,
    Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / Math.max(0.5, radius / 4)),
  );
  for (let step = from === to ? steps : 0; step <= steps; step += 1) {
    const share = step / steps;
    const [x, y] = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    stamp(tiles, [x, y], radius, shape, on);
  }
}

function stamp(tiles: MaskTiles, [x, y]: Point, radius: number, shape: BrushShape, on: boolean): void {
  // A brush thinner than a pixel still sets the pixel that it is on.
  if (radius <= 0.5) tiles.row(Math.floor(y), Math.floor(x), Math.floor(x) + 1, on);
  for (let row = Math.ceil(y - radius - 0.5); row + 0.5 <= y + radius; row += 1) {
    const dy = row + 0.5 - y;
    const reach = shape === "square" ? radius : Math.sqrt(Math.max(0, radius * radius - dy * dy));
    tiles.row(row, Math.ceil(x - reach - 0.5), Math.floor(x + reach - 0.5) + 1, on);
  }
}

/** The pixels whose centres lie in rings, by the even-odd rule, as the server rasterises. */
export function fillRings(tiles: MaskTiles, rings: readonly (readonly Point[])[], on: boolean): void {
  let [top, bottom] = [Infinity, -Infinity];
  for (const ring of rings) {
    for (const [, y] of ring) {
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(tiles.height, Math.ceil(bottom)); y += 1) {
    const centre = y + 0.5;
    const crossings: number[] = [];
    for (const ring of rings) {
      let [fromX, fromY] = ring.at(-1) ?? [0, 0];
      for (const [toX, toY] of ring) {
        if (fromY > centre !== toY > centre) {
          crossings.push(fromX + ((toX - fromX) * (centre - fromY)) / (toY - fromY));
        }
        [fromX, fromY] = [toX, toY];
      }
    }
    crossings.sort((one, two) => one - two);
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const [start = 0, end = 0] = crossings.slice(at, at + 2);
      tiles.row(y, Math.ceil(start - 0.5), Math.ceil(end - 0.5), on);
    }
  }
}
