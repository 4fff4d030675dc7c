// The commands of the sound's key table that no other timeline has.
import { loudness } from "../../core/audio/levels";
import { sounding } from "../../core/audio/speech";
import { uuid } from "../../core/ids";
import { interval, stretchOf } from "../../core/timeline/tiers";
import type { Region } from "../../core/types";
import { drawing, hierarchyOf } from "../timeline/edit";
import type { AudioStage } from "./stage";

/** Sound is looked for in a level with no more bins than this. */
const SUGGEST_BINS = 1 << 20;
/** More suggestions than these nobody goes through. */
const SUGGESTIONS_MAXIMUM = 2000;

/** Undefined for a command that is none of them. */
export function runAudio(stage: AudioStage, command: string): boolean | undefined {
  const { player, session, readOnly } = stage;
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
    case "snap":
      if (readOnly) return false;
      session.ui.set({ snapToSilence: !session.ui.state.snapToSilence });
      session.announce(
        session.ui.state.snapToSilence ? "Edges snap to silence" : "Edges stay where they are put",
      );
      return true;
    case "suggest":
      if (readOnly) return false;
      void suggest(stage);
      return true;
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
  const hierarchy = hierarchyOf(session);
  const above = hierarchy.above(found.id);
  const others = stage.pickable.filter((region) => !above.includes(region.class));
  const taken = others.map(stretchOf).filter((one) => one !== undefined);
  const offered: Region[] = [];
  for (const [from, to] of sounding(loudness(bytes, levels.head.peaks.lanes), size / axis.ticksPerSecond)) {
    const geometry = interval(Math.round(from * size), Math.round(to * size), axis.ticks);
    if (geometry?.type !== "interval" || offered.length >= SUGGESTIONS_MAXIMUM) continue;
    const { start, end } = geometry;
    if (taken.some((one) => one.start < end && one.end > start)) continue;
    const placed = drawing(hierarchy, geometry, found.id, Math.floor((start + end) / 2));
    if (!placed) continue;
    // Several sounds in one region make one of what fills it.
    taken.push(placed);
    offered.push({ id: uuid(), geometry: { type: "interval", ...placed }, class: found.id, attributes: {} });
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
