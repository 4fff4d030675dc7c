// Tools that make a shape of one drag from corner to corner.
import type { Geometry, Point } from "../../../core/types";
import { paintShape } from "../paint";
import type { Stage } from "../stage";
import type { Tool } from "./tool";

export type Spread = (stage: Stage, from: Point, to: Point) => Geometry | undefined;
type Words = Pick<Tool, "id" | "title" | "key" | "what" | "hint" | "needs" | "makes">;

/** A drag that moves less than this is a click. */
const CLICK_PIXELS = 4;

/** The shape of the drag that is going on. */
export function dragged(stage: Stage, spread: Spread): Geometry | undefined {
  return stage.box && spread(stage, stage.inside(stage.box.from), stage.inside(stage.box.to));
}

export function spreadTool(words: Words, spread: Spread, paint?: Tool["paint"]): Tool {
  return {
    ...words,
    down(stage, press) {
      if (press.alt) return false;
      stage.box = { from: press.point, to: press.point };
      return true;
    },
    drag(stage, press) {
      if (stage.box) stage.box = { ...stage.box, to: press.point };
      stage.repaint("overlay");
    },
    up(stage, press) {
      const { box } = stage;
      stage.box = undefined;
      if (!box) return;
      const far = Math.hypot(press.point[0] - box.from[0], press.point[1] - box.from[1]) * stage.view.scale;
      if (far < CLICK_PIXELS) return stage.pick(press);
      const found = spread(stage, stage.inside(box.from), stage.inside(press.point));
      if (found) stage.make(found);
    },
    insert(stage) {
      const { view } = stage;
      const from = stage.inside(view.toImage([view.width * 0.4, view.height * 0.4]));
      const to = stage.inside(view.toImage([view.width * 0.6, view.height * 0.6]));
      const found = spread(stage, from, to);
      return found !== undefined && stage.make(found);
    },
    paint:
      paint ??
      ((context, stage, colour) => {
        const found = dragged(stage, spread);
        const look = { colour, fill: 0.15, width: 2, dash: [], halo: true };
        if (found) paintShape(context, stage.view, found, look);
      }),
  };
}
