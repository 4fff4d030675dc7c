// The eight places by which the selected box is changed.
import type { Bounds } from "../../core/geometry";
import type { Point, Region } from "../../core/types";
import { pageOf } from "./regions";
import type { DocumentStage } from "./stage";

/** Pixels around a grip in which it is meant. */
const REACH = 7;

export interface Grip {
  at: Point;
  /** The edges that it moves: -1 the left or upper one, 1 the right or lower one, 0 none. */
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

export function boxIn(region: Region | undefined): Bounds | undefined {
  if (region?.geometry.type !== "box") return undefined;
  const { x, y, width, height } = region.geometry;
  return { left: x, top: y, right: x + width, bottom: y + height };
}

/** The grips on a page: those of a box that alone is selected and may be changed. */
export function gripsOf(stage: DocumentStage, page: number): Grip[] {
  const { doc, ui } = stage.session;
  const [id, ...others] = ui.state.selection;
  const region = doc.region(id ?? "");
  const box = boxIn(region);
  if (!region || !box || others.length > 0 || stage.readOnly || ui.state.locked.has(region.id)) return [];
  if (pageOf(region) !== page) return [];
  const grips: Grip[] = [];
  for (const x of [-1, 0, 1] as const) {
    for (const y of [-1, 0, 1] as const) {
      if (x === 0 && y === 0) continue;
      grips.push({ at: [side(box.left, box.right, x), side(box.top, box.bottom, y)], x, y });
    }
  }
  return grips;
}

const side = (low: number, high: number, which: -1 | 0 | 1): number =>
  which === 0 ? (low + high) / 2 : which < 0 ? low : high;

export function gripAt(stage: DocumentStage, page: number, [x, y]: Point): Grip | undefined {
  const reach = REACH / stage.stack.scale;
  return gripsOf(stage, page).find(({ at }) => Math.abs(at[0] - x) <= reach && Math.abs(at[1] - y) <= reach);
}

/** A box with the edges of a grip at another place, within the page; undefined where nothing of it would be left. */
export function pulled(
  box: Bounds,
  grip: Grip,
  [x, y]: Point,
  width: number,
  height: number,
): Bounds | undefined {
  const within = (at: number, most: number) => Math.max(0, Math.min(most, at));
  const next = {
    left: grip.x < 0 ? within(x, width) : box.left,
    right: grip.x > 0 ? within(x, width) : box.right,
    top: grip.y < 0 ? within(y, height) : box.top,
    bottom: grip.y > 0 ? within(y, height) : box.bottom,
  };
  return next.right - next.left >= 1 && next.bottom - next.top >= 1 ? next : undefined;
}

/** A box at another place, within the page. */
export function shifted(box: Bounds, x: number, y: number, width: number, height: number): Bounds {
  const right = Math.max(-box.left, Math.min(width - box.right, x));
  const down = Math.max(-box.top, Math.min(height - box.bottom, y));
  return { left: box.left + right, right: box.right + right, top: box.top + down, bottom: box.bottom + down };
}
