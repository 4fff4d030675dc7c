// What is done to tracks by keys and buttons, at the frame that is on the screen.
import { uuid } from "../../core/ids";
import type { Region } from "../../core/types";
import {
  at,
  expected,
  keyframeAt,
  merged,
  nextKeyframe,
  split,
  type Track,
  trackOf,
  withKeyframe,
  withoutKeyframe,
} from "../../core/video/tracks";
import type { EditorSession } from "../session";
import type { VideoPlayer } from "./player";

export interface Hands {
  session: EditorSession;
  player: VideoPlayer;
}

/** The selected tracks that may be changed. */
function chosen({ session }: Hands): Region[] {
  const { selection } = session.ui.state;
  const own = selection.filter((id) => trackOf(session.doc.region(id)));
  if (own.length === 0) session.announce("Select a track first");
  const found = session.unlocked(own).map((id) => session.doc.region(id));
  return found.filter((region) => region !== undefined);
}

type Change = (track: Track, frame: number) => Track | string | undefined;

/** Changes every selected track; a string says why one stays as it is. */
function change(hands: Hands, name: string, frame: number, how: Change): boolean {
  const { session } = hands;
  const changed = new Map<string, Partial<Omit<Region, "id">>>();
  let reason: string | undefined;
  for (const region of chosen(hands)) {
    const track = trackOf(region);
    const next = track && how(track, frame);
    if (typeof next === "string") reason = next;
    else if (next && next !== track) changed.set(region.id, { geometry: next });
  }
  if (changed.size > 0) session.doc.rework(name, { changed });
  if (reason !== undefined) session.announce(reason);
  return true;
}

const COMMANDS: Record<string, [string, Change]> = {
  keyframe: [
    "keyframe",
    (track, frame) => {
      if (keyframeAt(track, frame)) {
        return withoutKeyframe(track, frame) ?? "A track keeps its last keyframe; Delete takes the track";
      }
      return withKeyframe(track, frame, { outside: false });
    },
  ],
  outside: [
    "outside",
    (track, frame) => {
      const first = track.keyframes[0]?.frame ?? 0;
      if (frame <= first) return "A track begins where it is seen: move its first keyframe instead";
      const own = keyframeAt(track, frame);
      if (own?.outside) return withKeyframe(track, frame, { outside: false });
      if (!own && !at(track, frame)) return "The track is not in the picture here already";
      return withKeyframe(track, frame, { outside: true });
    },
  ],
  occluded: [
    "occluded",
    (track, frame) => {
      const seen = at(track, frame);
      if (!seen) return "The track is not in the picture here";
      return withKeyframe(track, frame, { occluded: !seen.occluded });
    },
  ],
};

/** Runs one; undefined for a command that is none of them. `frame` is the one on the screen. */
export function runTrack(hands: Hands, command: string, frame: number): boolean | undefined {
  const { session, player } = hands;
  const found = COMMANDS[command];
  if (found) return change(hands, found[0], frame, found[1]);
  switch (command) {
    case "extend":
      return extend(hands, frame);
    case "extend-end":
      return extend(hands, player.table.frames - 1);
    case "merge":
      return merge(hands);
    case "split": {
      if (!session.ui.state.selection.some((id) => trackOf(session.doc.region(id)))) return undefined;
      return cut(hands, frame);
    }
    default:
      return undefined;
  }
}

/** The track goes on to the frame, standing still. */
function extend(hands: Hands, to: number): boolean {
  return change(hands, "extend", to, (track, frame) => {
    const last = track.keyframes.at(-1);
    if (!last || frame <= last.frame) return "The track goes on behind this frame already";
    const geometry = expected(track, frame);
    return (
      geometry && withKeyframe(track, frame, { geometry, outside: false, occluded: last.occluded === true })
    );
  });
}

/** What was said of the first stays. */
function merge(hands: Hands): boolean {
  const { session } = hands;
  const regions = chosen(hands);
  if (regions.length < 2) {
    session.announce("Select the tracks that are one thing, with Ctrl in the list of regions");
    return true;
  }
  const order = [...regions].sort(
    (one, two) => (trackOf(one)?.keyframes[0]?.frame ?? 0) - (trackOf(two)?.keyframes[0]?.frame ?? 0),
  );
  const track = merged(order.map(trackOf).filter((one) => one !== undefined));
  const [first, ...rest] = order;
  if (!track || !first) {
    session.announce("Two of the tracks are there at the same time: they are two things");
    return true;
  }
  session.doc.rework("merge", {
    changed: new Map([[first.id, { geometry: track }]]),
    removed: rest.map((one) => one.id),
  });
  session.ui.select(first.id);
  return true;
}

function cut(hands: Hands, frame: number): boolean {
  const { session } = hands;
  const [region] = chosen(hands);
  const track = trackOf(region);
  const parts = track && split(track, frame);
  if (!region) return true;
  if (!parts) {
    session.announce("Go to a frame within the track first");
    return true;
  }
  const rest: Region = { ...region, id: uuid(), geometry: parts[1] };
  session.doc.rework("cut a track", {
    changed: new Map([[region.id, { geometry: parts[0] }]]),
    added: [rest],
  });
  session.ui.select(rest.id);
  return true;
}

/** To the keyframe before or behind: of what is selected, else of all. */
export function toKeyframe({ session, player }: Hands, direction: 1 | -1): boolean {
  const { selection } = session.ui.state;
  const own = selection.map((id) => trackOf(session.doc.region(id))).filter((track) => track !== undefined);
  const all = session.doc.regions.map(trackOf).filter((track) => track !== undefined);
  const frame = nextKeyframe(own.length > 0 ? own : all, player.state.wanted, direction);
  if (frame === undefined) {
    session.announce(direction === 1 ? "There is no later keyframe" : "There is no earlier keyframe");
    return true;
  }
  player.seek(frame);
  return true;
}
