// Polygons that keep to edges. The ways from the last point are found in a worker while the pointer is on its way; a
// press that is quicker finds them at once.
import { area } from "../../../core/geometry";
import type { Point } from "../../../core/types";
import { type Wire, wayTo, wireFrom } from "../../../core/vision/livewire";
import { paintOpenRing } from "../paint";
import type { Stage } from "../stage";
import { ask } from "../vision";
import { addPlace, closes } from "./points";
import { seen } from "./seen";
import type { Tool } from "./tool";

const wires = new WeakMap<Stage, { from: Point; wire?: Wire }>();

const same = (one: Point, two: Point) => one[0] === two[0] && one[1] === two[1];

/** The ways from a point, when they are there; asks for them when not. */
function wireAt(stage: Stage, from: Point): Wire | undefined {
  const known = wires.get(stage);
  if (known && same(known.from, from)) return known.wire;
  const pixels = stage.pixels();
  if (!pixels) return undefined;
  const asked: { from: Point; wire?: Wire } = { from };
  wires.set(stage, asked);
  void ask(pixels, { kind: "wire", from }).then((wire) => {
    asked.wire = wire;
    stage.repaint("overlay");
  });
  return undefined;
}

export const scissors: Tool = {
  id: "scissors",
  title: "Scissors",
  key: "i",
  what: "Draw polygons that keep to edges",
  hint: "Click along the edge of the object: the line follows it; Enter ends",
  needs: ["polygon"],
  makes: "polygon",
  down(stage, press) {
    if (press.alt && stage.points.length === 0) return false;
    const from = stage.points.at(-1);
    const pixels = seen(stage);
    if (!pixels || !from) {
      addPlace(stage, { ...press, control: false });
    } else {
      const closing = closes(stage, press.point);
      const to = closing ? (stage.points[0] as Point) : (stage.inside(press.point).map(Math.round) as Point);
      const wire = wireAt(stage, from) ?? wireFrom(pixels, from);
      stage.points = [...stage.points, ...wayTo(wire, from, to).slice(1, closing ? -1 : undefined)];
      if (closing) this.finish?.(stage);
    }
    const last = stage.points.at(-1);
    if (last) wireAt(stage, last);
    stage.repaint("overlay");
    return true;
  },
  finish(stage) {
    const points = [...stage.points];
    if (points.length === 0) return false;
    if (points.length < 3 || area(points) === 0) {
      stage.session.announce("A polygon needs three points that are not in a line");
      return true;
    }
    stage.make({ type: "polygon", parts: [{ outer: points }] });
    return true;
  },
  paint(context, stage, colour) {
    const from = stage.points.at(-1);
    if (!from) return;
    const wire = wireAt(stage, from);
    const way = wire && stage.cursor ? wayTo(wire, from, stage.inside(stage.cursor)).slice(1) : [];
    paintOpenRing(context, stage.view, [...stage.points, ...way], stage.cursor, colour);
  },
};
