// How shapes look. Every stroke lies on a halo of the opposite lightness, so that none vanishes on a dark or a bright
// picture. Shapes are stroked one by one: batching them into one path is slower without a graphics card.
import { inkOn, luminance, withAlpha } from "../../core/colour";
import { boundsOf, ringsOf } from "../../core/geometry";
import { tilesOf } from "../../core/tiles";
import type { Geometry, Point } from "../../core/types";
import type { Handle } from "./handles";
import { HANDLE_PIXELS } from "./handles";
import { paintMask } from "./maskpaint";
import type { View } from "./view";

export interface Look {
  colour: string;
  fill: number;
  width: number;
  dash: readonly number[];
  halo: boolean;
  tag?: string;
  /** 0 above the shape, n the n-th line under it: so that the words of several people do not hide each other. */
  tagRow?: number;
  /** The edges of a skeleton, as pairs of joints. */
  edges?: readonly (readonly number[])[];
}

const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 4]];

/** The dash of the n-th layer in a comparison. */
export const dashOf = (style: number): readonly number[] => DASHES[style % DASHES.length] ?? [];
export const SUGGESTED_DASH: readonly number[] = [6, 4];

type Context = CanvasRenderingContext2D;

export function paintShape(context: Context, view: View, geometry: Geometry, look: Look): void {
  // Lines are whole unless said otherwise: setting the dash of thousands of shapes costs as much as painting them.
  if (look.dash.length > 0) context.setLineDash(look.dash as number[]);
  if (geometry.type === "box") paintBox(context, view, geometry, look);
  else if (geometry.type === "mask") paintMask(context, view, tilesOf(geometry), look.colour, look.fill);
  else if (geometry.type === "cuboid") paintCuboid(context, view, geometry.vertices as Point[], look);
  else if (geometry.type === "keypoints") paintSkeleton(context, view, geometry, look);
  else if (geometry.type === "polyline") paintLines(context, view, [geometry.points as Point[]], look);
  else if (geometry.type === "points") {
    for (const point of geometry.points as Point[]) paintDot(context, view, point, look, true);
  } else paintRings(context, view, ringsOf(geometry) ?? [], look);
  if (look.dash.length > 0) context.setLineDash([]);
  if (look.tag) paintTag(context, view, geometry, look.tag, look.colour, look.tagRow ?? 0);
}

const haloOf = (colour: string) =>
  luminance(colour) > 0.35 ? "rgba(0, 0, 0, .65)" : "rgba(255, 255, 255, .75)";

function paintBox(
  context: Context,
  view: View,
  box: { x: number; y: number; width: number; height: number },
  look: Look,
): void {
  const [x, y] = view.toScreen([box.x, box.y]);
  const [width, height] = [box.width * view.scale, box.height * view.scale];
  if (look.fill > 0) {
    context.fillStyle = withAlpha(look.colour, look.fill);
    context.fillRect(x, y, width, height);
  }
  if (look.halo) {
    context.strokeStyle = haloOf(look.colour);
    context.lineWidth = look.width + 2;
    context.strokeRect(x, y, width, height);
  }
  context.strokeStyle = look.colour;
  context.lineWidth = look.width;
  context.strokeRect(x, y, width, height);
}

const NEAR_PIXELS = 0.75;

function trace(context: Context, view: View, rings: readonly (readonly Point[])[], close: boolean): void {
  const { scale } = view;
  context.beginPath();
  for (const ring of rings) {
    let [lastX, lastY] = [Infinity, Infinity];
    for (let at = 0; at < ring.length; at += 1) {
      const point = ring[at] as Point;
      const [x, y] = [point[0] * scale + view.x, point[1] * scale + view.y];
      // What lies within the same pixel as the point before does not show, but costs as much as what does.
      const near = Math.abs(x - lastX) + Math.abs(y - lastY) < NEAR_PIXELS;
      if (near && at > 0 && at + 1 < ring.length) continue;
      if (at === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
      [lastX, lastY] = [x, y];
    }
    if (close) context.closePath();
  }
}

function paintRings(context: Context, view: View, rings: readonly (readonly Point[])[], look: Look): void {
  trace(context, view, rings, true);
  if (look.fill > 0) {
    context.fillStyle = withAlpha(look.colour, look.fill);
    context.fill("evenodd");
  }
  strokeTwice(context, look);
}

function strokeTwice(context: Context, look: Look): void {
  context.lineJoin = "round";
  if (look.halo) {
    context.strokeStyle = haloOf(look.colour);
    context.lineWidth = look.width + 2;
    context.stroke();
  }
  context.strokeStyle = look.colour;
  context.lineWidth = look.width;
  context.stroke();
}

function paintLines(context: Context, view: View, lines: readonly (readonly Point[])[], look: Look): void {
  trace(context, view, lines, false);
  strokeTwice(context, look);
}

function paintDot(context: Context, view: View, point: Point, look: Look, full: boolean): void {
  const [x, y] = view.toScreen(point);
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fillStyle = full ? look.colour : "#ffffff";
  context.fill();
  context.strokeStyle = full ? haloOf(look.colour) : look.colour;
  context.lineWidth = 1.5;
  context.stroke();
}

/** Joints that are hidden are hollow, absent ones are not there. */
function paintSkeleton(
  context: Context,
  view: View,
  shape: Geometry & { type: "keypoints" },
  look: Look,
): void {
  const lines = (look.edges ?? []).flatMap(([from = -1, to = -1]): Point[][] => {
    const [one, two] = [shape.points[from], shape.points[to]];
    if (!one || !two || one.visibility === "absent" || two.visibility === "absent") return [];
    return [
      [
        [one.x, one.y],
        [two.x, two.y],
      ],
    ];
  });
  paintLines(context, view, lines, look);
  for (const one of shape.points) {
    if (one.visibility !== "absent")
      paintDot(context, view, [one.x, one.y], look, one.visibility === "visible");
  }
}

function paintCuboid(context: Context, view: View, vertices: readonly Point[], look: Look): void {
  const [front, back] = [vertices.slice(0, 4), vertices.slice(4)];
  paintRings(context, view, [back], { ...look, fill: 0 });
  paintLines(
    context,
    view,
    front.map((point, index) => [point, back[index] ?? point]),
    look,
  );
  paintRings(context, view, [front], look);
}

const TAG_HEIGHT = 16;

/** The class as a word: colour alone does not tell everybody. */
export function paintTag(
  context: Context,
  view: View,
  geometry: Geometry,
  words: string,
  colour: string,
  row: number,
): void {
  const bounds = boundsOf(geometry);
  if (!bounds) return;
  const [left, top] = view.toScreen([bounds.left, bounds.top]);
  context.font = "600 11px system-ui, sans-serif";
  const width = context.measureText(words).width + 8;
  const under = view.toScreen([bounds.left, bounds.bottom])[1] + 2 + (row - 1) * (TAG_HEIGHT + 1);
  // Above the shape, or inside it at the upper edge of the screen.
  const above = top - TAG_HEIGHT - 1 < 0 ? top + 1 : top - TAG_HEIGHT - 1;
  const y = row > 0 && under + TAG_HEIGHT <= view.height ? under : above;
  context.fillStyle = colour;
  context.fillRect(left - 1, y, width, TAG_HEIGHT);
  context.fillStyle = inkOn(colour);
  context.textBaseline = "middle";
  context.fillText(words, left + 3, y + TAG_HEIGHT / 2 + 0.5);
}

const PIN_PIXELS = 8;

/** A round pin at the upper right corner: so many comments hang on this region. */
export function paintPin(context: Context, view: View, geometry: Geometry, count: number): void {
  const bounds = boundsOf(geometry);
  if (!bounds) return;
  const [x, y] = view.toScreen([bounds.right, bounds.top]);
  context.beginPath();
  context.arc(x, y, PIN_PIXELS, 0, 2 * Math.PI);
  context.fillStyle = "#ffffff";
  context.fill();
  context.strokeStyle = "#1a1a1a";
  context.lineWidth = 1.5;
  context.stroke();
  context.fillStyle = "#1a1a1a";
  context.font = "600 10px system-ui, sans-serif";
  context.textBaseline = "middle";
  const words = String(count);
  context.fillText(words, x - context.measureText(words).width / 2, y + 0.5);
}

export function paintHandles(context: Context, view: View, handles: readonly Handle[], colour: string): void {
  for (const handle of handles) {
    const [x, y] = view.toScreen(handle.at);
    const side = handle.kind === "edge" ? HANDLE_PIXELS - 2 : HANDLE_PIXELS;
    context.fillStyle = handle.kind === "edge" ? withAlpha("#ffffff", 0.6) : "#ffffff";
    context.strokeStyle = handle.kind === "edge" ? withAlpha("#000000", 0.5) : colour;
    context.lineWidth = 1.5;
    if (handle.kind === "box" || handle.kind === "frame") {
      context.fillRect(x - side / 2, y - side / 2, side, side);
      context.strokeRect(x - side / 2, y - side / 2, side, side);
      continue;
    }
    context.beginPath();
    context.arc(x, y, side / 2, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** A polygon that is being drawn: the line so far, on to the cursor, and the first point as the place to close. */
export function paintOpenRing(
  context: Context,
  view: View,
  points: readonly Point[],
  cursor: Point | undefined,
  colour: string,
): void {
  trace(context, view, [cursor ? [...points, cursor] : points], false);
  strokeTwice(context, { colour, fill: 0, width: 2, dash: [], halo: true });
  points.forEach((point, index) => {
    const [x, y] = view.toScreen(point);
    context.beginPath();
    context.arc(x, y, index === 0 ? 6 : 3.5, 0, 2 * Math.PI);
    context.fillStyle = index === 0 ? "#ffffff" : colour;
    context.fill();
    context.strokeStyle = index === 0 ? colour : "#ffffff";
    context.lineWidth = 1.5;
    context.stroke();
  });
}

/** Thin lines through the cursor, to place a corner exactly. */
export function paintCross(context: Context, view: View, cursor: Point): void {
  const [x, y] = view.toScreen(cursor).map((part) => Math.round(part) + 0.5) as Point;
  for (const [colour, offset] of [
    ["rgba(0, 0, 0, .35)", 1],
    ["rgba(255, 255, 255, .75)", 0],
  ] as const) {
    context.fillStyle = colour;
    context.fillRect(0, y + offset - 0.5, view.width, 1);
    context.fillRect(x + offset - 0.5, 0, 1, view.height);
  }
}
