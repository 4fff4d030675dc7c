// The commands of the sound's key table.
import { timeWords } from "../../core/audio/axis";
import { loudness } from "../../core/audio/levels";
import { sounding } from "../../core/audio/speech";
import { interval, type Stretch, stretchOf, withEdge } from "../../core/audio/tiers";
import { uuid } from "../../core/ids";
import type { Region } from "../../core/types";
import type { AudioStage } from "./stage";

const STEP_SECONDS = 0.1;
const WIDE_SECONDS = 1;
const NUDGE_SECONDS = 0.01;
const ZOOM = 1.6;
/** Sound is looked for in a level with no more bins than this. */
const SUGGEST_BINS = 1 << 20;
/** More suggestions than these nobody goes through. */
const SUGGESTIONS_MAXIMUM = 2000;

/** Those that only look and listen. */
export function runLook(stage: AudioStage, command: string): boolean | undefined {
  const { player, axis, session } = stage;
  const zoomed = (factor: number) => {
    const x = axis.toX(stage.playhead);
    axis.zoom(factor, x >= 0 && x <= axis.width ? x : axis.width / 2);
    stage.repaint("all");
    return true;
  };
  const stepped = (seconds: number) => {
    const to = Math.max(0, Math.min(axis.ticks, stage.playhead + seconds * axis.ticksPerSecond));
    stage.seek(to);
    axis.follow(to);
    stage.repaint("all");
    session.announce(timeWords(to / axis.ticksPerSecond));
    return true;
  };
  switch (command) {
    case "play":
    case "play-typing":
      player.toggle();
      return true;
    case "play-region":
    case "play-region-typing":
      return playRegion(stage);
    case "loop":
      player.set({ loop: !player.state.loop });
      session.announce(player.state.loop ? "Over and over" : "Once");
      return true;
    case "slower":
    case "faster":
      session.announce(`Speed ${player.speed(command === "faster" ? 1 : -1)}`);
      return true;
    case "playhead-back":
      return stepped(-STEP_SECONDS);
    case "playhead-on":
      return stepped(STEP_SECONDS);
    case "playhead-back-wide":
      return stepped(-WIDE_SECONDS);
    case "playhead-on-wide":
      return stepped(WIDE_SECONDS);
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
    default:
      return undefined;
  }
}

function playRegion(stage: AudioStage): boolean {
  const { axis, player, session } = stage;
  const { selection } = session.ui.state;
  const region = stage.pickable.find((one) => selection.includes(one.id));
  const { start, end } = (region && stretchOf(region)) ?? { start: Math.max(0, axis.start), end: axis.end };
  player.play(start / axis.ticksPerSecond, Math.min(end, axis.ticks) / axis.ticksPerSecond);
  return true;
}

function zoomRegion(stage: AudioStage): boolean {
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

/** Those that draw and change. */
export function runMake(stage: AudioStage, command: string): boolean {
  const { session } = stage;
  switch (command) {
    case "begin-end":
      return beginEnd(stage);
    case "start-here":
      return edgeTo(stage, "start", () => stage.playhead, command);
    case "end-here":
      return edgeTo(stage, "end", () => stage.playhead, command);
    case "start-back":
      return edgeTo(stage, "start", ({ start }) => start - nudge(stage), command);
    case "start-on":
      return edgeTo(stage, "start", ({ start }) => start + nudge(stage), command);
    case "end-back":
      return edgeTo(stage, "end", ({ end }) => end - nudge(stage), command);
    case "end-on":
      return edgeTo(stage, "end", ({ end }) => end + nudge(stage), command);
    case "split":
      return split(stage);
    case "snap":
      session.ui.set({ snapToSilence: !session.ui.state.snapToSilence });
      session.announce(
        session.ui.state.snapToSilence ? "Edges snap to silence" : "Edges stay where they are put",
      );
      return true;
    case "suggest":
      void suggest(stage);
      return true;
    case "remove":
      return session.removeSelected();
    case "tool-select":
    case "tool-interval":
      session.ui.set({ tool: command.slice("tool-".length) });
      return true;
    case "step-back":
      // What is begun goes back before what was done.
      if (stage.begun === undefined) return false;
      stage.begun = undefined;
      return true;
    default:
      return false;
  }
}

const nudge = (stage: AudioStage) => Math.round(NUDGE_SECONDS * stage.ticksPerSecond);

function beginEnd(stage: AudioStage): boolean {
  const { session, begun, playhead } = stage;
  const found = session.classFor("interval");
  if (!found) return false;
  if (begun === undefined) {
    stage.begun = playhead;
    session.announce(`${found.title} begins at ${timeWords(playhead / stage.ticksPerSecond)}`);
    return true;
  }
  const geometry = interval(stage.snapped(begun), stage.snapped(playhead), stage.axis.ticks);
  if (!geometry) {
    session.announce("The region has no length yet: move the playhead on");
    return true;
  }
  stage.begun = undefined;
  session.create(geometry, found.id);
  return true;
}

function edgeTo(
  stage: AudioStage,
  edge: "start" | "end",
  to: (stretch: Stretch) => number,
  command: string,
): boolean {
  const { session } = stage;
  const [region] = stage.selected;
  const stretch = region && stretchOf(region);
  if (!region || !stretch || session.unlocked([region.id]).length === 0) return false;
  const tick = to(stretch);
  const crosses = edge === "start" ? tick >= stretch.end : tick <= stretch.start;
  const geometry = crosses ? undefined : withEdge(stretch, edge, tick, stage.axis.ticks);
  if (!geometry) {
    session.announce(edge === "start" ? "A region starts before it ends" : "A region ends after it starts");
    return true;
  }
  session.doc.changeRegion("move an edge", region.id, { geometry }, `${command} ${region.id}`);
  return true;
}

/** What was said stays with the first part. */
function split(stage: AudioStage): boolean {
  const { session, playhead } = stage;
  const [region] = stage.selected;
  const stretch = region && stretchOf(region);
  if (!region || !stretch || session.unlocked([region.id]).length === 0) return false;
  const [first, second] = [
    interval(stretch.start, playhead, stage.axis.ticks),
    interval(playhead, stretch.end, stage.axis.ticks),
  ];
  if (!first || !second || playhead <= stretch.start || playhead >= stretch.end) {
    session.announce("Put the playhead into the region first");
    return true;
  }
  const rest: Region = { ...region, id: uuid(), geometry: second, attributes: {} };
  session.doc.rework("cut a region", {
    changed: new Map([[region.id, { geometry: first }]]),
    added: [rest],
  });
  session.ui.select(rest.id);
  return true;
}

/** Offers a region for each stretch that sounds and has none. */
async function suggest(stage: AudioStage): Promise<void> {
  const { levels, session, axis } = stage;
  const found = session.classFor("interval");
  if (!found) return;
  session.announce("Listening");
  const level = levels.finest("peaks", SUGGEST_BINS);
  const { count = 0, samples = 1 } = levels.levelsOf("peaks")[level] ?? {};
  const bytes = await levels.load("peaks", level, 0, count);
  if (!bytes) {
    session.announce("The sound could not be loaded");
    return;
  }
  const size = samples * levels.ticksPerSample;
  const taken = stage.pickable.map(stretchOf).filter((one) => one !== undefined);
  const offered: Region[] = [];
  for (const [from, to] of sounding(loudness(bytes, levels.head.peaks.lanes), size / axis.ticksPerSecond)) {
    const geometry = interval(Math.round(from * size), Math.round(to * size), axis.ticks);
    if (geometry?.type !== "interval" || offered.length >= SUGGESTIONS_MAXIMUM) continue;
    const { start, end } = geometry;
    if (taken.some((one) => one.start < end && one.end > start)) continue;
    offered.push({ id: uuid(), geometry, class: found.id, attributes: {} });
  }
  const first = offered[0];
  session.ui.set({
    suggestions: [...session.ui.state.suggestions, ...offered],
    ...(first ? { selection: [first.id] } : {}),
  });
  session.announce(
    offered.length === 0
      ? "Nothing sounds that has no region"
      : `${offered.length} suggestions: A accepts one, Shift + A all, X drops one`,
  );
}
