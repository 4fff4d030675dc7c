// Masks from a box and clicks, made by a segmenter. A click on a mask that is selected goes on with it: what it was made
// of is kept beside it, so that undo takes the last click back too.
import { type Bounds, boundsOf } from "../../../core/geometry";
import type { Geometry, Point } from "../../../core/types";
import type { Prompt } from "../../../core/vision/segment";
import { storeMask } from "../maskstore";
import { paintShape } from "../paint";
import { byColour } from "../segmenter";
import type { Stage } from "../stage";
import { selectedMask } from "./masks";
import { seen } from "./seen";
import type { Tool } from "./tool";

const prompts = new WeakMap<Geometry, Prompt>();
/** A drag that moves less than this on the screen is a click. */
const CLICK_PIXELS = 4;
/** How far beyond the box of a mask a click may lie without making the box larger, as a share of its size. */
const ROOM = 0.15;

let noted = false;

/** The box around two corners, as a drag goes. */
const between = (one: Point, two: Point): Bounds => ({
  left: Math.min(one[0], two[0]),
  right: Math.max(one[0], two[0]),
  top: Math.min(one[1], two[1]),
  bottom: Math.max(one[1], two[1]),
});

/** What a mask was made of; of one that was painted, the box around it. */
function promptOf(geometry: Geometry): Prompt {
  return prompts.get(geometry) ?? { box: boundsOf(geometry) };
}

function withClick(prompt: Prompt, at: Point, on: boolean): Prompt {
  const clicks = [...(prompt.clicks ?? []), { at, on }];
  const { box } = prompt;
  if (!box || !on) return { ...prompt, clicks };
  const room = ROOM * Math.max(box.right - box.left, box.bottom - box.top);
  const outside = at[0] < box.left || at[0] >= box.right || at[1] < box.top || at[1] >= box.bottom;
  if (!outside) return { box, clicks };
  return {
    box: {
      left: Math.min(box.left, at[0] - room),
      right: Math.max(box.right, at[0] + room),
      top: Math.min(box.top, at[1] - room),
      bottom: Math.max(box.bottom, at[1] + room),
    },
    clicks,
  };
}

/** Asks the segmenter with what is known when it is this question's turn. */
function askFor(stage: Stage, next: (before: Prompt | undefined) => Prompt): void {
  const pixels = seen(stage);
  if (!pixels) return;
  stage.session.announce("Looking for the object");
  stage.later(async () => {
    const region = selectedMask(stage)?.region;
    const prompt = next(region && promptOf(region.geometry));
    const found = await byColour.mask(pixels, prompt);
    return () => {
      const { session } = stage;
      const going = region && session.doc.region(region.id) === region ? region : undefined;
      if (!found || found.area === 0) return session.announce("Nothing stands out there");
      storeMask(stage, "go on with the mask", found, going);
      const made = selectedMask(stage)?.region.geometry;
      if (made) prompts.set(made, prompt);
      if (going) session.announce(`The mask has ${found.area} pixels now`);
      if (!noted && byColour.note) session.announce(byColour.note);
      noted = true;
    };
  });
}

export const prompt: Tool = {
  id: "prompt",
  title: "Mask by clicks",
  key: "m",
  what: "Make a mask of what is in a box or under a click",
  hint: "Click on an object or drag a box around it; click again to add, Shift + click to leave out; Esc, then the next one",
  needs: ["mask"],
  makes: "mask",
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
    const [from, to] = [stage.inside(box.from), stage.inside(press.point)];
    const far = Math.hypot(press.point[0] - box.from[0], press.point[1] - box.from[1]) * stage.view.scale;
    if (far < CLICK_PIXELS) {
      if (press.shift && !selectedMask(stage)) {
        stage.session.announce("Select a mask first, then leave out a part of it");
        return;
      }
      askFor(stage, (before) => withClick(before ?? {}, to, !press.shift));
      return;
    }
    const bounds = between(from, to);
    if (bounds.right - bounds.left < 2 || bounds.bottom - bounds.top < 2) return;
    // A box begins another object.
    stage.session.ui.select();
    askFor(stage, () => ({ box: bounds }));
  },
  paint(context, stage, colour) {
    const look = { colour, fill: 0.05, width: 2, dash: [6, 4], halo: true };
    if (stage.box) {
      const { left, top, right, bottom } = between(stage.inside(stage.box.from), stage.inside(stage.box.to));
      const shape = { type: "box" as const, x: left, y: top, width: right - left, height: bottom - top };
      paintShape(context, stage.view, shape, look);
    }
    const mask = selectedMask(stage);
    for (const { at, on } of (mask && prompts.get(mask.region.geometry)?.clicks) ?? []) {
      const [x, y] = stage.view.toScreen(at);
      context.fillStyle = "#ffffff";
      context.strokeStyle = "#1a1a1a";
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(x, y, 6, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
      // A plus on the thing, a minus beside it: colour alone does not tell everybody.
      context.fillStyle = "#1a1a1a";
      context.fillRect(x - 3, y - 0.75, 6, 1.5);
      if (on) context.fillRect(x - 0.75, y - 3, 1.5, 6);
    }
  },
};
