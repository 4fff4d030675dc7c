// The ruler above a timeline.
import type { Layout } from "./layout";
import type { Look } from "./look";

export interface RulerMark {
  x: number;
  words: string;
}

/** Marks lie at least so far apart. */
export const MARK_PIXELS = 90;

export function paintRuler(
  context: CanvasRenderingContext2D,
  layout: Layout,
  look: Look,
  marks: readonly RulerMark[],
): void {
  context.fillStyle = look.dimmed;
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const mark of marks) {
    const x = Math.round(mark.x);
    if (x < 0) continue;
    context.fillRect(x, 0, 1, layout.ruler.height);
    // There stands the time of the playhead.
    if (x > layout.width - MARK_PIXELS * 2) continue;
    context.fillText(mark.words, x + 4, layout.ruler.height / 2);
  }
}
