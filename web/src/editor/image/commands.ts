// The commands of the image editor's keys.
import { boundsOf, boundsOfPoints, moved } from "../../core/geometry";
import type { Point, Region } from "../../core/types";
import { copy, paste, repeatLast } from "./copies";
import { runGroup } from "./groups";
import { gripsOf, handleAt, handlesOf, resizedBox, withoutVertex } from "./handles";
import { runLook } from "./look";
import { runMaskCommand } from "./maskcommands";
import type { Stage } from "./stage";
import { TOOLS, toolOf } from "./tools/registry";
import { drop, finish, restore, stepBack } from "./unfinished";

const DIRECTIONS: Record<string, Point> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
const SHOVE_PIXELS = 10;

export function runCommand(stage: Stage, command: string, focused: boolean): boolean {
  const { session, view } = stage;
  const [verb, rest = ""] = command.split(/-(.*)/);
  switch (command) {
    case "fit":
      view.fit();
      stage.moved();
      return true;
    case "fit-selection":
      return showSelection(stage);
    case "zoom-in":
    case "zoom-out":
      view.zoomAt([view.width / 2, view.height / 2], command === "zoom-in" ? 1.25 : 0.8);
      stage.moved();
      return true;
    case "finish":
      return finish(stage);
    case "step-back":
      return stepBack(stage);
    case "restore":
      return restore(stage);
    case "next-region":
      return focused && step(stage, 1);
    case "previous-region":
      return focused && step(stage, -1);
    case "remove":
      return !stage.readOnly && (removeVertex(stage) || session.removeSelected());
    case "copy":
      return copy(stage);
    case "paste":
      return !stage.readOnly && paste(stage);
    case "repeat-last":
      return !stage.readOnly && repeatLast(stage);
    case "hide":
      session.hideSelected();
      return true;
    case "insert-box":
      return !stage.readOnly && insert(stage);
    default:
      break;
  }
  if (runLook(stage, command)) return true;
  if (runGroup(stage, command)) return true;
  if (!stage.readOnly && runMaskCommand(stage, command)) return true;
  const owner = TOOLS.find((tool) => tool.keys?.some((one) => one.id === command));
  if (owner) return !stage.readOnly && (owner.run?.(stage, command) ?? false);
  if (verb === "tool") {
    if (toolOf(rest) && stage.points.length > 0 && (stage.unfinished.tool ?? "polygon") !== rest) drop(stage);
    const hint = toolOf(rest)?.hint;
    if (hint && session.ui.state.tool !== rest) session.announce(hint);
    session.ui.set({ tool: rest });
    stage.repaint("overlay");
    return true;
  }
  const direction = DIRECTIONS[rest];
  if (!direction || stage.readOnly) return false;
  if (verb === "nudge") return nudge(stage, direction[0], direction[1]);
  if (verb === "shove") return nudge(stage, direction[0] * SHOVE_PIXELS, direction[1] * SHOVE_PIXELS);
  if (verb === "grow") return grow(stage, direction);
  return false;
}

const own = (stage: Stage): Region[] => stage.own();

function nudge(stage: Stage, dx: number, dy: number): boolean {
  const regions = own(stage);
  if (regions.length === 0) return false;
  const { imageWidth, imageHeight } = stage.view;
  const ids = regions.map((region) => region.id);
  stage.session.doc.changeRegions(
    "move",
    ids,
    (region) => ({ geometry: moved(region.geometry, dx, dy, imageWidth, imageHeight) }),
    `nudge ${ids.join()}`,
  );
  return true;
}

function grow(stage: Stage, [dx, dy]: Point): boolean {
  const [region, ...more] = own(stage);
  if (!region || more.length > 0 || region.geometry.type !== "box") return false;
  const corner = handlesOf(region.geometry).find((one) => one.kind === "box" && one.x === 1 && one.y === 1);
  if (!corner) return false;
  const to: Point = [
    Math.max(region.geometry.x + 1, corner.at[0] + dx),
    Math.max(region.geometry.y + 1, corner.at[1] + dy),
  ];
  const geometry = resizedBox(region.geometry, corner, to, stage.view.imageWidth, stage.view.imageHeight);
  stage.session.doc.changeRegion("change the shape", region.id, { geometry }, `grow ${region.id}`);
  return true;
}

/** A shape of the tool in hand in the middle of what is seen; a box where the tool has none. */
function insert(stage: Stage): boolean {
  const { ui } = stage.session;
  const made = toolOf(ui.state.tool) ?? TOOLS.find((one) => one.makes && stage.session.classFor(one.makes));
  return made?.insert?.(stage) ?? false;
}

/** Delete over a vertex of the selected polygon takes the vertex, not the region. */
function removeVertex(stage: Stage): boolean {
  const [region, ...more] = own(stage);
  if (!region || more.length > 0 || !stage.cursor) return false;
  const handle = handleAt(gripsOf(region.geometry, stage.view.scale), stage.cursor, stage.view.scale);
  const geometry = handle && withoutVertex(region.geometry, handle);
  if (!geometry) return false;
  stage.session.doc.changeRegion("remove a vertex", region.id, { geometry });
  return true;
}

/** Tab goes in the order of the list of regions. */
function step(stage: Stage, direction: 1 | -1): boolean {
  const { session } = stage;
  const ids = [...session.doc.regions, ...session.ui.state.suggestions]
    .map((region) => region.id)
    .filter((id) => stage.find(id));
  const at = ids.findIndex((id) => session.ui.state.selection.includes(id));
  const next = ids[at < 0 ? (direction === 1 ? 0 : ids.length - 1) : at + direction];
  // Past the last region the focus may leave the image.
  if (next === undefined) return false;
  session.ui.select(next);
  session.announcePlace(next, at < 0 ? (direction === 1 ? 0 : ids.length - 1) : at + direction, ids.length);
  reveal(stage, [next]);
  return true;
}

export function reveal(stage: Stage, ids: readonly string[]): void {
  const bounds = ids
    .map((id) => stage.find(id))
    .map((region) => region && boundsOf(region.geometry))
    .filter((found) => found !== undefined);
  if (bounds.length === 0) return;
  const all = boundsOfPoints(
    bounds.flatMap((one): Point[] => [
      [one.left, one.top],
      [one.right, one.bottom],
    ]),
  );
  stage.view.reveal(all);
  stage.moved();
}

function showSelection(stage: Stage): boolean {
  const bounds = stage.selected().map((region) => boundsOf(region.geometry));
  const [first] = bounds;
  if (!first) return false;
  stage.view.show(first, 80, 16);
  stage.moved();
  return true;
}
