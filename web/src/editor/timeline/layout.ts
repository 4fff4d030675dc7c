// What lies where in the canvas, from above: ruler, data, tiers.

export interface Band {
  top: number;
  height: number;
}

export interface Layout {
  width: number;
  height: number;
  ruler: Band;
  /** Where the data are drawn. */
  body: Band;
  tiers: Band;
  /** Height of one tier. */
  row: number;
  /** Answers that lie below each other on every tier. */
  lanes: number;
  rows: readonly string[];
}

const RULER_PIXELS = 22;
const ROW_PIXELS = 30;
const ROW_LEAST_PIXELS = 14;
/** What each further answer adds to a tier. */
const LANE_PIXELS = 20;
export const GAP_PIXELS = 4;

export function layoutOf(width: number, height: number, rows: readonly string[], lanes = 1): Layout {
  const room = Math.max(0, height - RULER_PIXELS);
  // The data keep at least half of the height.
  const row =
    rows.length === 0
      ? 0
      : Math.max(ROW_LEAST_PIXELS, Math.min(ROW_PIXELS + (lanes - 1) * LANE_PIXELS, room / 2 / rows.length));
  const tiers = Math.min(row * rows.length, room * 0.6);
  const body = { top: RULER_PIXELS, height: Math.max(0, room - tiers - GAP_PIXELS) };
  return {
    width,
    height,
    ruler: { top: 0, height: RULER_PIXELS },
    body,
    tiers: { top: body.top + body.height + GAP_PIXELS, height: tiers },
    row,
    lanes,
    rows,
  };
}

/** The class whose tier lies at this height. */
export function rowAt(layout: Layout, y: number): string | undefined {
  if (layout.row === 0 || y < layout.tiers.top) return undefined;
  return layout.rows[Math.floor((y - layout.tiers.top) / layout.row)];
}

export function bandOf(layout: Layout, className: string): Band | undefined {
  const at = layout.rows.indexOf(className);
  return at < 0 ? undefined : { top: layout.tiers.top + at * layout.row, height: layout.row };
}
