import type { KeyEntry } from "../../core/hotkeys";
import { isNested } from "../../core/timeline/tiers";
import type { LabelSchema } from "../../core/types";
import type { Gesture } from "../plugin";

const GROUP = "Series";

const entry = (id: string, keys: string[], what: string, more: Partial<KeyEntry> = {}): KeyEntry => ({
  id,
  keys,
  what,
  group: GROUP,
  ...more,
});

export const SERIES_KEYS: readonly KeyEntry[] = [
  entry("tool-select", ["v"], "Only select", { short: "Select" }),
  entry("tool-interval", ["r"], "Draw intervals", { short: "Interval" }),
  entry("tool-moment", ["m"], "Set moments", { short: "Moment" }),
  entry("playhead-back", ["ArrowLeft"], "Playhead to the row before"),
  entry("playhead-on", ["ArrowRight"], "Playhead to the next row"),
  entry("playhead-back-wide", ["Shift+ArrowLeft"], "Playhead far back"),
  entry("playhead-on-wide", ["Shift+ArrowRight"], "Playhead far on"),
  entry("zoom-in", ["ArrowUp", "+", "="], "Closer to the playhead"),
  entry("zoom-out", ["ArrowDown", "-"], "Further away"),
  entry("zoom-fit", ["Shift+1"], "Show the whole series"),
  entry("zoom-region", ["Shift+2"], "Show the selected region"),
  entry("fit-lanes", ["f"], "Lanes fit what is seen, or reach over the whole", { short: "Fit height" }),
  entry("begin-end", ["b"], "Begin an interval at the playhead; pressed again, end it there", {
    short: "Begin, end",
  }),
  entry("moment", ["e"], "Set a moment at the playhead", { short: "Moment here" }),
  entry("start-here", ["["], "The selected interval starts at the playhead"),
  entry("end-here", ["]"], "The selected interval ends at the playhead"),
  entry("start-back", ["Alt+ArrowLeft"], "Start of the selected interval back"),
  entry("start-on", ["Alt+ArrowRight"], "Start of the selected interval on"),
  entry("end-back", ["Alt+Shift+ArrowLeft"], "End of the selected interval back"),
  entry("end-on", ["Alt+Shift+ArrowRight"], "End of the selected interval on"),
  entry("split", ["y"], "Cut the selected interval at the playhead"),
  entry("fold", ["Shift+t"], "Fold the tiers within this one, or show them"),
  entry("subdivide", ["Shift+y"], "Divide the selected interval into the words of its text"),
  entry("text", ["t"], "Write about the selected region"),
  entry("next-typing", ["Alt+ArrowDown"], "Write about the next region, also while typing", { inText: true }),
  entry("next-region", ["Tab"], "Next region, while the series has the focus"),
  entry("previous-region", ["Shift+Tab"], "Region before, while the series has the focus"),
  entry("remove", ["Delete"], "Delete the selected region"),
  entry("hide", ["Shift+h"], "Hide or show"),
];

/** What draws or changes regions. */
const MAKES = [
  "tool-select",
  "tool-interval",
  "tool-moment",
  "begin-end",
  "moment",
  "start-here",
  "end-here",
  "start-back",
  "start-on",
  "end-back",
  "end-on",
  "split",
  "text",
  "next-typing",
  "remove",
];
const REGIONS = ["zoom-region", "next-region", "previous-region", "hide"];

/** Keys for a schema: without classes there is nothing to draw. */
export function seriesKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  const classes = schema.classes ?? [];
  const hasClasses = classes.length > 0;
  return SERIES_KEYS.filter((one) => {
    if (one.id === "fold") return isNested(classes);
    if (one.id === "subdivide") return isNested(classes) && !readOnly;
    if (MAKES.includes(one.id)) return hasClasses && !readOnly;
    return hasClasses || !REGIONS.includes(one.id);
  });
}

export function seriesGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  const looks = [
    { how: "Click", what: "Move the playhead, or select the region there" },
    { how: "Wheel", what: "Zoom at the pointer; with Shift or sideways, move" },
    { how: "Double click on a region", what: "Show it closely" },
  ];
  if ((schema.classes ?? []).length === 0 || readOnly) return looks;
  return [
    { how: "Drag", what: "Draw an interval of the class in hand; on a tier, of the tier's class" },
    { how: "Click with the tool for moments", what: "Set a moment" },
    { how: "Drag an edge", what: "Move it" },
    { how: "Drag a region on its tier", what: "Move the region" },
    { how: "Alt + drag", what: "Draw without snapping to rows, also over a region" },
    ...looks,
    { how: "Alt + click", what: "The next longer region there" },
  ];
}
