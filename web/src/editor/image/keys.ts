import type { KeyEntry } from "../../core/hotkeys";
import type { LabelSchema } from "../../core/types";
import type { Gesture } from "../plugin";
import { GROUP_COMMANDS, hasGroups } from "./groups";
import { LOOK_COMMANDS } from "./look";
import { MASK_COMMANDS } from "./maskcommands";
import { TOOLS, toolsFor } from "./tools/registry";

const GROUP = "Image";

const entry = (id: string, keys: string[], what: string, short?: string): KeyEntry => ({
  id,
  keys,
  what,
  group: GROUP,
  short,
});

/** The tools that the mode line names. */
const SHORT = ["box", "polygon", "brush"];

export const IMAGE_KEYS: readonly KeyEntry[] = [
  entry("tool-select", ["v"], "Select and move", "Select"),
  entry("tool-pan", ["h"], "Pan (or hold Space)", "Pan"),
  ...TOOLS.map((tool) =>
    entry(`tool-${tool.id}`, [tool.key], tool.what, SHORT.includes(tool.id) ? tool.title : undefined),
  ),
  ...TOOLS.flatMap((tool) => tool.keys ?? []),
  entry("insert-box", ["Insert"], "Put a shape into the middle, to place it with the arrows"),
  entry("fit", ["Shift+1", "0"], "Fit the image", "Fit"),
  entry("fit-selection", ["Shift+2"], "Zoom to the selection"),
  entry("zoom-in", ["+", "="], "Zoom in"),
  entry("zoom-out", ["-"], "Zoom out"),
  entry("next-region", ["Tab"], "Next region, while the image has the focus"),
  entry("previous-region", ["Shift+Tab"], "Region before, while the image has the focus"),
  entry("nudge-left", ["ArrowLeft"], "Move by 1 pixel"),
  entry("nudge-right", ["ArrowRight"], "Move by 1 pixel"),
  entry("nudge-up", ["ArrowUp"], "Move by 1 pixel"),
  entry("nudge-down", ["ArrowDown"], "Move by 1 pixel"),
  entry("shove-left", ["Shift+ArrowLeft"], "Move by 10 pixels"),
  entry("shove-right", ["Shift+ArrowRight"], "Move by 10 pixels"),
  entry("shove-up", ["Shift+ArrowUp"], "Move by 10 pixels"),
  entry("shove-down", ["Shift+ArrowDown"], "Move by 10 pixels"),
  entry("grow-left", ["Alt+ArrowLeft"], "Make a box narrower"),
  entry("grow-right", ["Alt+ArrowRight"], "Make a box wider"),
  entry("grow-up", ["Alt+ArrowUp"], "Make a box lower"),
  entry("grow-down", ["Alt+ArrowDown"], "Make a box higher"),
  entry("remove", ["Delete"], "Delete the region or the vertex under the pointer"),
  entry("copy", ["Ctrl+c"], "Copy"),
  entry("paste", ["Ctrl+v"], "Paste"),
  entry("repeat-last", ["Shift+n"], "Repeat the regions of the last image"),
  entry("hide", ["Shift+h"], "Hide or show"),
  ...LOOK_COMMANDS,
  ...MASK_COMMANDS,
  ...GROUP_COMMANDS,
];

const LOOKS = [
  "fit",
  "fit-selection",
  "zoom-in",
  "zoom-out",
  "tool-pan",
  "next-region",
  "previous-region",
  "hide",
  ...LOOK_COMMANDS.map((one) => one.id).filter((id) => id.startsWith("view-")),
];

/** The keys for what the schema's classes can be. */
export function imageKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  const classes = schema.classes ?? [];
  const looks = readOnly || classes.length === 0;
  const offered = toolsFor(schema);
  const masks = classes.some((found) => found.geometry.includes("mask"));
  return IMAGE_KEYS.filter((one) => {
    if (looks) return LOOKS.includes(one.id);
    const tool = TOOLS.find((tool) => one.id === `tool-${tool.id}` || tool.keys?.includes(one));
    if (tool) return offered.includes(tool);
    if (GROUP_COMMANDS.includes(one)) return hasGroups(schema);
    return one.id === "join"
      ? offered.some((tool) => tool.id === "slice")
      : masks || !MASK_COMMANDS.includes(one);
  });
}

const LOOK_GESTURES: readonly Gesture[] = [
  { how: "Wheel", what: "Zoom at the pointer" },
  { how: "Space + drag", what: "Pan; also with the middle button" },
  { how: "Alt + click", what: "The next larger region under the pointer" },
];

const POLYGON_GESTURES: readonly Gesture[] = [
  { how: "Enter", what: "Close the polygon; also a double click or one on its first point" },
  { how: "Backspace", what: "Take the last point back" },
  { how: "Drag an edge", what: "Pull out a new vertex" },
  { how: "Alt + vertex", what: "Remove the vertex" },
  { how: "Ctrl + click", what: "Snap to a neighbour; two in a row follow its border" },
];

export function imageGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  const kinds = new Set((schema.classes ?? []).flatMap((one) => one.geometry));
  if (readOnly || kinds.size === 0) return LOOK_GESTURES;
  const hints = toolsFor(schema).map((tool) => ({ how: tool.title, what: tool.hint }));
  const several = { how: "Shift + click", what: "Select several regions" };
  return [...LOOK_GESTURES, several, ...(kinds.has("polygon") ? POLYGON_GESTURES : []), ...hints];
}
