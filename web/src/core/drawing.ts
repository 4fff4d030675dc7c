// Shapes as the path data of SVG, and spans as pieces of their text: for small pictures of answers that nobody edits.
import { pointsOf, ringsOf } from "./geometry";
import { runsOf } from "./runs";
import type { Geometry, Point, Region } from "./types";

function line(points: readonly Point[], closed: boolean): string {
  return points.length === 0 ? "" : `M${points.map(([x, y]) => `${x} ${y}`).join("L")}${closed ? "Z" : ""}`;
}

/** Empty for what is no shape in the plane. `dot` is the radius of a single point. */
export function pathOf(geometry: Geometry, dot: number): string {
  const rings = ringsOf(geometry);
  if (rings) return rings.map((ring) => line(ring, true)).join("");
  if (geometry.type === "mask") {
    const { height } = geometry;
    let path = "";
    for (const [start, end] of runsOf(geometry)) {
      // A run goes down its column and on at the top of the next one.
      for (let at = start; at < end; ) {
        const [x, y] = [Math.floor(at / height), at % height];
        const length = Math.min(height - y, end - at);
        path += `M${x} ${y}h1v${length}h-1Z`;
        at += length;
      }
    }
    return path;
  }
  if (geometry.type === "polyline") return line(geometry.points as Point[], false);
  return pointsOf(geometry)
    .map(([x, y]) => `M${x - dot} ${y}a${dot} ${dot} 0 1 0 ${2 * dot} 0a${dot} ${dot} 0 1 0 ${-2 * dot} 0`)
    .join("");
}

/** A piece of a text, with the class of the span that covers it. */
export interface TextPiece {
  /** Where it begins. */
  at: number;
  text: string;
  class?: string;
}

/** The text cut at the spans (offsets in Unicode scalar values); of spans that overlap the first one is shown. */
export function textPieces(text: string, regions: readonly Region[]): TextPiece[] {
  const letters = [...text];
  const spans = regions
    .flatMap(({ geometry, class: name }) =>
      geometry.type === "span" ? geometry.ranges.map(([start, end]) => ({ start, end, name })) : [],
    )
    .filter(({ start, end }) => start !== undefined && end !== undefined && start < letters.length)
    .sort((one, two) => (one.start ?? 0) - (two.start ?? 0));
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const { start = 0, end = 0, name } of spans) {
    if (start < at) continue;
    if (start > at) pieces.push({ at, text: letters.slice(at, start).join("") });
    pieces.push({ at: start, text: letters.slice(start, end).join(""), class: name });
    at = Math.min(end, letters.length);
  }
  if (at < letters.length) pieces.push({ at, text: letters.slice(at).join("") });
  return pieces;
}
