// Where a track is between its keyframes, and what may be done to them: the same rules as crates/core/src/geometry/
// track.rs, tried with the same cases. No DOM.
import { round } from "../geometry";
import type { Geometry, Point, Region, Values } from "../types";

export type Track = Extract<Geometry, { type: "track" }>;
export type Keyframe = Track["keyframes"][number];

export interface Seen {
  geometry: Geometry;
  occluded: boolean;
}

export const trackOf = (region: Region | undefined): Track | undefined =>
  region?.geometry.type === "track" ? region.geometry : undefined;

const mix = (from: number, to: number, part: number): number => from + (to - from) * part;

function ring(from: readonly number[][], to: readonly number[][], part: number): Point[] | undefined {
  if (from.length !== to.length) return undefined;
  return from.map(
    ([x = 0, y = 0], at): Point => [mix(x, to[at]?.[0] ?? x, part), mix(y, to[at]?.[1] ?? y, part)],
  );
}

function polygons(
  from: Extract<Geometry, { type: "polygon" }>,
  to: Extract<Geometry, { type: "polygon" }>,
  part: number,
): Geometry | undefined {
  if (from.parts.length !== to.parts.length) return undefined;
  const parts = from.parts.map((one, at) => {
    const other = to.parts[at];
    const outer = other && ring(one.outer, other.outer, part);
    const [own, others] = [one.holes ?? [], other?.holes ?? []];
    if (!outer || own.length !== others.length) return undefined;
    const holes = own.map((hole, index) => ring(hole, others[index] ?? [], part));
    if (holes.some((hole) => hole === undefined)) return undefined;
    return { outer, ...(holes.length > 0 ? { holes: holes as Point[][] } : {}) };
  });
  if (parts.some((one) => one === undefined)) return undefined;
  return { type: "polygon", parts: parts.filter((one) => one !== undefined) };
}

/** The shape at a part of the way (0 to 1) from one to another; undefined for those that cannot be joined. */
export function between(from: Geometry, to: Geometry, part: number): Geometry | undefined {
  if (from.type === "box" && to.type === "box") {
    return {
      type: "box",
      x: mix(from.x, to.x, part),
      y: mix(from.y, to.y, part),
      width: mix(from.width, to.width, part),
      height: mix(from.height, to.height, part),
    };
  }
  if (from.type === "rotated_box" && to.type === "rotated_box") {
    const turn = to.angle - from.angle + 180;
    const arc = turn - 360 * Math.floor(turn / 360) - 180;
    return {
      type: "rotated_box",
      cx: mix(from.cx, to.cx, part),
      cy: mix(from.cy, to.cy, part),
      width: mix(from.width, to.width, part),
      height: mix(from.height, to.height, part),
      angle: from.angle + arc * part,
    };
  }
  if (from.type === "points" && to.type === "points") {
    const points = ring(from.points, to.points, part);
    return points && { type: "points", points };
  }
  return from.type === "polygon" && to.type === "polygon" ? polygons(from, to, part) : undefined;
}

/** The place of the keyframe at the frame, or of the last one before it; -1 where there is none. */
function before({ keyframes }: Track, frame: number): number {
  let [low, high] = [-1, keyframes.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((keyframes[middle]?.frame ?? Infinity) <= frame) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the thing is at a frame; undefined where it is not in the picture. */
export function at(track: Track, frame: number): Seen | undefined {
  const place = before(track, frame);
  const [own, next] = [track.keyframes[place], track.keyframes[place + 1]];
  if (!own || own.outside) return undefined;
  const occluded = own.occluded === true;
  if (!next) return own.frame === frame ? { geometry: own.geometry, occluded } : undefined;
  const part = (frame - own.frame) / (next.frame - own.frame);
  const joined = part > 0 && !next.outside ? between(own.geometry, next.geometry, part) : undefined;
  return { geometry: joined ?? own.geometry, occluded };
}

/** First and last frame of each stretch in which it is in the picture. */
export function stretches({ keyframes }: Track): [number, number][] {
  const found: [number, number][] = [];
  keyframes.forEach((one, index) => {
    if (one.outside) return;
    const next = keyframes[index + 1];
    const last = next ? (next.outside ? next.frame - 1 : next.frame) : one.frame;
    const open = found.at(-1);
    if (open && open[1] === one.frame) open[1] = last;
    else found.push([one.frame, last]);
  });
  return found;
}

export const keyframeAt = (track: Track, frame: number): Keyframe | undefined =>
  track.keyframes.find((one) => one.frame === frame);

/** Where it would be expected at a frame in which it is not: as at the nearest keyframe. */
export function expected(track: Track, frame: number): Geometry | undefined {
  const place = before(track, frame);
  return (track.keyframes[place] ?? track.keyframes[0])?.geometry;
}

const sorted = (keyframes: readonly Keyframe[]): Track => ({
  type: "track",
  keyframes: [...keyframes].sort((one, two) => one.frame - two.frame),
});

/** Coordinates as they are stored. */
function rounded(geometry: Geometry): Geometry {
  if (geometry.type !== "box") return geometry;
  const { x, y, width, height } = geometry;
  return { type: "box", x: round(x), y: round(y), width: round(width), height: round(height) };
}

/** With a keyframe at the frame, changed in this way; what is not said stays as it was there. */
export function withKeyframe(track: Track, frame: number, change: Partial<Omit<Keyframe, "frame">>): Track {
  const own = keyframeAt(track, frame);
  const seen = at(track, frame);
  const geometry = own?.geometry ?? seen?.geometry ?? expected(track, frame);
  if (!geometry) return track;
  const known = own ?? { frame, geometry: rounded(geometry), occluded: seen?.occluded === true };
  return sorted([...track.keyframes.filter((one) => one !== own), { ...known, ...change, frame }]);
}

/** Without the keyframe at the frame; undefined where it is the only one, or there is none. */
export function withoutKeyframe(track: Track, frame: number): Track | undefined {
  const left = track.keyframes.filter((one) => one.frame !== frame);
  return left.length === 0 || left.length === track.keyframes.length ? undefined : sorted(left);
}

/** The track without a beginning or an end in which nothing is seen. */
function trimmed(keyframes: readonly Keyframe[]): Keyframe[] {
  const first = keyframes.findIndex((one) => !one.outside);
  return first < 0 ? [] : keyframes.slice(first);
}

/** The parts before the frame and from it on; undefined where one of them would be empty. */
export function split(track: Track, frame: number): [Track, Track] | undefined {
  const first = track.keyframes.filter((one) => one.frame < frame);
  const rest = trimmed(track.keyframes.filter((one) => one.frame >= frame));
  const [here, there] = [at(track, frame), at(track, frame - 1)];
  if (there && !first.some((one) => one.frame === frame - 1)) {
    first.push({ frame: frame - 1, geometry: rounded(there.geometry), occluded: there.occluded });
  }
  if (here && !rest.some((one) => one.frame === frame)) {
    rest.unshift({ frame, geometry: rounded(here.geometry), occluded: here.occluded });
  }
  const whole = trimmed(first);
  return whole.length === 0 || rest.length === 0 ? undefined : [sorted(whole), sorted(rest)];
}

/** One track out of several that are never seen at once; undefined where two are. */
export function merged(tracks: readonly Track[]): Track | undefined {
  const ordered = [...tracks].sort(
    (one, two) => (one.keyframes[0]?.frame ?? 0) - (two.keyframes[0]?.frame ?? 0),
  );
  const keyframes: Keyframe[] = [];
  for (const track of ordered) {
    const [first] = track.keyframes;
    const last = keyframes.at(-1);
    if (!first) continue;
    if (last && first.frame <= last.frame) return undefined;
    // Between the two it is not in the picture.
    if (last && !last.outside && first.frame > last.frame + 1) {
      keyframes.push({ frame: last.frame + 1, geometry: last.geometry, outside: true });
    }
    keyframes.push(...track.keyframes);
  }
  return keyframes.length > 0 ? { type: "track", keyframes } : undefined;
}

/** The values at a frame: mutable attributes change at keyframes. */
export function valuesAt(region: Region, frame: number): Values {
  const track = trackOf(region);
  if (!track) return region.attributes;
  const values = { ...region.attributes };
  for (const one of track.keyframes) {
    if (one.frame <= frame) Object.assign(values, one.attributes);
  }
  return values;
}

/** The keyframe before (-1) or behind (1) a frame, of any of these tracks. */
export function nextKeyframe(tracks: readonly Track[], frame: number, direction: 1 | -1): number | undefined {
  const frames = tracks.flatMap((track) => track.keyframes.map((one) => one.frame));
  const beyond = frames.filter((one) => (direction === 1 ? one > frame : one < frame));
  if (beyond.length === 0) return undefined;
  return direction === 1 ? Math.min(...beyond) : Math.max(...beyond);
}
