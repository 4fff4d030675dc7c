// The tools of the image editor in the order of the toolbar. One more tool is one file and one word here.
import type { LabelSchema } from "../../../core/types";
import { box, extremeBox } from "./box";
import { cuboid } from "./cuboid";
import { keypoints } from "./keypoints";
import { points, polygon, polyline } from "./lines";
import { brush, eraser, fill, slice } from "./masks";
import { redraw, ringTool } from "./reshape";
import type { Tool } from "./tool";
import { ellipse, rotatedBox } from "./turned";
import { prompt, scissors, superpixels, wand } from "./vision";

export const TOOLS: readonly Tool[] = [
  box,
  extremeBox,
  rotatedBox,
  ellipse,
  polygon,
  ringTool,
  redraw,
  scissors,
  polyline,
  points,
  keypoints,
  cuboid,
  brush,
  eraser,
  fill,
  slice,
  superpixels,
  wand,
  prompt,
];

const BY_ID = new Map(TOOLS.map((tool) => [tool.id, tool]));

export const toolOf = (id: string): Tool | undefined => BY_ID.get(id);

/** The tools for what the schema's classes can be. */
export function toolsFor(schema: LabelSchema): readonly Tool[] {
  const kinds = new Set((schema.classes ?? []).flatMap((one) => one.geometry));
  return TOOLS.filter((tool) => tool.needs.some((kind) => kinds.has(kind)));
}
