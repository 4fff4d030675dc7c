// Paints regions: on their tiers with their words, and over the data as a tint. Only those that are seen.

import { inkOn, withAlpha } from "../../core/colour";
import type { TimeAxis } from "../../core/timeline/axis";
import { stretchOf } from "../../core/timeline/tiers";
import type { Region } from "../../core/types";
import { bandOf, type Layout } from "./layout";
import type { Look } from "./look";

/** How one region is to look. */
export interface Mark {
  region: Region;
  colour: string;
  words: string;
  selected: boolean;
  /** A guess or somebody else's: dashed. 0 is a solid line. */
  style: number;
  strong: boolean;
  /** Which of the answers on a tier it belongs to, from above. */
  lane: number;
}

/** A tier within another one begins so much further right. */
const INDENT_PIXELS = 12;

const DASHES: readonly number[][] = [[], [6, 3], [2, 2], [8, 3, 2, 3], [3, 3], [2, 6]];

export function paintTiers(
  context: CanvasRenderingContext2D,
  layout: Layout,
  look: Look,
  titles: (id: string) => string,
  depths: ReadonlyMap<string, number>,
  isCovered: (id: string, width: number) => boolean,
): void {
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const id of layout.rows) {
    const band = bandOf(layout, id);
    if (!band) continue;
    context.fillStyle = look.line;
    context.fillRect(0, band.top, layout.width, 1);
    const depth = depths.get(id) ?? 0;
    const title = depth > 0 ? `└ ${titles(id)}` : titles(id);
    const left = 4 + Math.max(0, depth - 1) * INDENT_PIXELS;
    // A region that lies there says the same.
    if (isCovered(id, left + context.measureText(title).width + 4)) continue;
    context.fillStyle = look.dimmed;
    context.fillText(title, left, band.top + band.height / 2);
  }
}

export function paintMarks(
  context: CanvasRenderingContext2D,
  layout: Layout,
  axis: TimeAxis,
  look: Look,
  marks: readonly Mark[],
): void {
  for (const mark of marks) {
    const stretch = stretchOf(mark.region);
    if (!stretch || stretch.end < axis.start || stretch.start > axis.end) continue;
    const [from, to] = [axis.toX(stretch.start), axis.toX(stretch.end)];
    const width = Math.max(1.5, to - from);
    overData(context, layout, mark, from, width);
    onTier(context, layout, look, mark, from, width);
  }
}

function overData(
  context: CanvasRenderingContext2D,
  layout: Layout,
  mark: Mark,
  from: number,
  width: number,
): void {
  const { top } = layout.body;
  const height = layout.tiers.top - top;
  context.fillStyle = withAlpha(mark.colour, mark.selected ? 0.3 : mark.strong ? 0.14 : 0.06);
  context.fillRect(from, top, width, height);
  if (!mark.selected) return;
  context.fillStyle = mark.colour;
  context.fillRect(from - 1, top, 2, height);
  context.fillRect(from + width - 1, top, 2, height);
}

function onTier(
  context: CanvasRenderingContext2D,
  layout: Layout,
  look: Look,
  mark: Mark,
  from: number,
  width: number,
): void {
  const band = bandOf(layout, mark.region.class);
  if (!band) return;
  const lane = (band.height - 3) / layout.lanes;
  const [top, height] = [band.top + 2 + mark.lane * lane, layout.lanes > 1 ? lane - 1 : lane];
  const solid = mark.style === 0 && mark.strong;
  context.fillStyle = solid ? mark.colour : withAlpha(mark.colour, mark.strong ? 0.45 : 0.2);
  context.fillRect(from, top, width, height);
  context.strokeStyle = mark.selected ? look.text : mark.colour;
  context.lineWidth = mark.selected ? 2 : 1;
  context.setLineDash(DASHES[mark.style % DASHES.length] ?? []);
  context.strokeRect(from + 0.5, top + 0.5, Math.max(1, width - 1), height - 1);
  context.setLineDash([]);
  if (width < 14 || height < 11 || mark.words === "") return;
  context.save();
  context.beginPath();
  context.rect(from, top, width, height);
  context.clip();
  context.fillStyle = solid ? inkOn(mark.colour) : look.text;
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "left";
  // Words stay in sight when the beginning of a long region is not.
  context.fillText(mark.words, Math.max(from, 0) + 4, top + height / 2);
  context.restore();
}
