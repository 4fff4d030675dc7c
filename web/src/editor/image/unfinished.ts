// What is half drawn: ended, left with Esc, brought back, taken back point by point.
import type { Stage } from "./stage";
import { toolOf } from "./tools/registry";
import type { Tool } from "./tools/tool";

/** The tool that is drawing; none while there is no point. */
export function drawingTool(stage: Stage): Tool | undefined {
  return stage.points.length > 0 ? toolOf(stage.unfinished.tool ?? "polygon") : undefined;
}

/** Makes the region; false when there is nothing to finish. Too few points stay, to be gone on with. */
export function finish(stage: Stage): boolean {
  return drawingTool(stage)?.finish?.(stage) ?? false;
}

/** Leaves the shape; undo brings it back. */
export function drop(stage: Stage): void {
  if (stage.points.length === 0) return;
  stage.dropped = { ...stage.unfinished, tool: stage.unfinished.tool ?? "polygon" };
  stage.points = [];
  stage.repaint("overlay");
}

/** Brings back what was left last; false when something else was done since. */
export function restore(stage: Stage): boolean {
  const { dropped } = stage;
  if (!dropped || stage.points.length > 0) return false;
  stage.dropped = undefined;
  stage.session.ui.set({ unfinished: dropped, tool: dropped.tool ?? "polygon" });
  stage.session.announce("The shape is back");
  stage.repaint("overlay");
  return true;
}

/** Takes the last point back; false when there is none. */
export function stepBack(stage: Stage): boolean {
  if (stage.points.length === 0) return false;
  stage.setPoints(stage.points.slice(0, -1), stage.marks.slice(0, stage.points.length - 1));
  stage.repaint("overlay");
  return true;
}
