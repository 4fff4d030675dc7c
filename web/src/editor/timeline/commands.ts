// The commands that every editor over time has.
import { interval, type Stretch, stretchOf, withEdge } from "../../core/timeline/tiers";
import type { Region } from "../../core/types";
import { cut, divide, draw, hierarchyOf, perform } from "./edit";
import type { TimelineStage } from "./stage";

const ZOOM = 1.6;

/** Those that only look; undefined for a command that is none of them. */
export function runLook(stage: TimelineStage, command: string): boolean | undefined {
  const { axis, session, steps } = stage;
  const zoomed = (factor: number) => {
    const x = axis.toX(stage.playhead);
    axis.zoom(factor, x >= 0 && x <= axis.width ? x : axis.width / 2);
    stage.repaint("all");
    return true;
  };
  const stepped = (by: number) => {
    const to = Math.max(0, Math.min(axis.ticks, Math.round(stage.playhead + by)));
    stage.seek(to);
    axis.follow(to);
    stage.repaint("all");
    session.announce(stage.words(to));
    return true;
  };
  switch (command) {
    case "playhead-back":
      return stepped(-steps.playhead);
    case "playhead-on":
      return stepped(steps.playhead);
    case "playhead-back-wide":
      return stepped(-steps.wide);
    case "playhead-on-wide":
      return stepped(steps.wide);
    case "zoom-in":
      return zoomed(ZOOM);
    case "zoom-out":
      return zoomed(1 / ZOOM);
    case "zoom-fit":
      axis.fit();
      stage.repaint("all");
      return true;
    case "zoom-region":
      return zoomRegion(stage);
    case "fold":
      return fold(stage);
    default:
      return undefined;
  }
}

/** Folds or unfolds what lies within the tier of the selected region, or of the class in hand; from a tier that holds
 * none, the one that it lies within. */
function fold(stage: TimelineStage): boolean {
  const { session, folded } = stage;
  const chosen = stage.selected[0]?.class ?? session.ui.state.activeClass ?? "";
  const holds = session.classes.some((one) => one.parent?.class === chosen);
  const id = holds ? chosen : session.classOf(chosen)?.parent?.class;
  const found = session.classOf(id ?? "");
  if (!found) {
    session.announce("No tier lies within this one");
    return true;
  }
  const isShown = folded.delete(found.id);
  if (!isShown) folded.add(found.id);
  session.announce(`Tiers within ${found.title} are ${isShown ? "shown" : "folded"}`);
  stage.relay();
  stage.repaint("all");
  return true;
}

function zoomRegion(stage: TimelineStage): boolean {
  const [region] = stage.selected;
  const stretch = region && stretchOf(region);
  if (!stretch) return false;
  const { axis } = stage;
  axis.zoom((axis.width * axis.scale) / ((stretch.end - stretch.start) * 1.4), 0);
  axis.start = (stretch.start + stretch.end) / 2 - (axis.width * axis.scale) / 2;
  axis.pan(0);
  stage.repaint("all");
  return true;
}

/** Those that draw and change; undefined for a command that is none of them. */
export function runMake(stage: TimelineStage, command: string): boolean | undefined {
  const { session } = stage;
  const by = stage.steps.edge;
  switch (command) {
    case "begin-end":
      return beginEnd(stage);
    case "moment":
      return makeMoment(stage, stage.snapped(stage.playhead), session.classFor("interval")?.id);
    case "start-here":
      return edgeTo(stage, "start", () => stage.playhead, command);
    case "end-here":
      return edgeTo(stage, "end", () => stage.endhead, command);
    case "start-back":
      return edgeTo(stage, "start", ({ start }) => start - by, command);
    case "start-on":
      return edgeTo(stage, "start", ({ start }) => start + by, command);
    case "end-back":
      return edgeTo(stage, "end", ({ end }) => end - by, command);
    case "end-on":
      return edgeTo(stage, "end", ({ end }) => end + by, command);
    case "split":
      return split(stage);
    case "subdivide":
      return subdivide(stage);
    case "remove":
      return session.removeSelected();
    case "tool-select":
    case "tool-interval":
    case "tool-moment":
      session.ui.set({ tool: command.slice("tool-".length) });
      return true;
    case "step-back":
      // What is begun goes back before what was done.
      if (stage.begun === undefined) return false;
      stage.begun = undefined;
      return true;
    default:
      return undefined;
  }
}

/** A region of one tick. */
export function makeMoment(stage: TimelineStage, tick: number, className: string | undefined): boolean {
  const geometry = interval(tick, tick + 1, stage.axis.ticks);
  if (!geometry || className === undefined) return false;
  draw(stage.session, geometry, className, tick);
  return true;
}

function beginEnd(stage: TimelineStage): boolean {
  const { session, begun, playhead } = stage;
  const found = session.classFor("interval");
  if (!found) return false;
  if (begun === undefined) {
    const placed = hierarchyOf(session).placed(found.id, { start: playhead, end: playhead + 1 }, playhead);
    if ("refused" in placed) {
      session.announce(placed.refused);
      return true;
    }
    stage.begun = playhead;
    session.announce(`${found.title} begins at ${stage.words(playhead)}`);
    return true;
  }
  const length = stage.endhead - playhead;
  const [from, to] = begun <= playhead ? [begun, playhead + length] : [playhead, begun + length];
  const geometry = interval(stage.snapped(from), stage.snapped(to), stage.axis.ticks);
  if (!geometry) {
    session.announce("The region has no length yet: move the playhead on");
    return true;
  }
  stage.begun = undefined;
  draw(session, geometry, found.id, begun);
  return true;
}

function edgeTo(
  stage: TimelineStage,
  edge: "start" | "end",
  to: (stretch: Stretch) => number,
  command: string,
): boolean {
  const { session } = stage;
  const region = inHand(stage);
  const stretch = region && stretchOf(region);
  if (!region || !stretch) return false;
  const tick = to(stretch);
  const crosses = edge === "start" ? tick >= stretch.end : tick <= stretch.start;
  const geometry = crosses ? undefined : withEdge(stretch, edge, tick, stage.axis.ticks);
  if (!geometry) {
    session.announce(edge === "start" ? "A region starts before it ends" : "A region ends after it starts");
    return true;
  }
  const place = stretchOf({ ...region, geometry })?.[edge] ?? tick;
  const work = hierarchyOf(session).withEdge(region.id, edge, place);
  perform(session, "move an edge", work, `${command} ${region.id}`);
  return true;
}

/** The selected region, if it may be changed. */
function inHand(stage: TimelineStage): Region | undefined {
  const [region] = stage.selected;
  return region && stretchOf(region) && stage.session.unlocked([region.id]).length > 0 ? region : undefined;
}

function split(stage: TimelineStage): boolean {
  const region = inHand(stage);
  if (region) cut(stage.session, region, stage.playhead);
  return region !== undefined;
}

function subdivide(stage: TimelineStage): boolean {
  const region = inHand(stage);
  if (region) divide(stage.session, region);
  return region !== undefined;
}
