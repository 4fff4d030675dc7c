// The tools of the image editor in the order of the toolbar. One more tool is one file and one word here.
import type { LabelSchema } from "../../../core/types";
import { box, extremeBox } from "./box";
import { cuboid } from "./cuboid";
import { keypoints } from "./keypoints";
import { points, polygon, polyline } from "./lines";
import { brush, eraser, fill } from "./masks";
import { prompt } from "./prompt";
import { redraw, ringTool } from "./reshape";
import { scissors } from "./scissors";
import { slice } from "./slice";
import { superpixels } from "./superpixels";
import type { Tool } from "./tool";
import { ellipse, rotatedBox } from "./turned";
import { wand } from "./wand";

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
