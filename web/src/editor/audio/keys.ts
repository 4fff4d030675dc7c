import type { KeyEntry } from "../../core/hotkeys";
import { isNested } from "../../core/timeline/tiers";
import type { LabelSchema } from "../../core/types";
import type { Gesture } from "../plugin";

const GROUP = "Sound";

const entry = (id: string, keys: string[], what: string, more: Partial<KeyEntry> = {}): KeyEntry => ({
  id,
  keys,
  what,
  group: GROUP,
  ...more,
});

export const AUDIO_KEYS: readonly KeyEntry[] = [
  entry("tool-select", ["v"], "Only select", { short: "Select" }),
  entry("tool-interval", ["r"], "Draw regions", { short: "Draw" }),
  entry("play", ["Space"], "Play or pause", { short: "Play" }),
  entry("play-typing", ["Ctrl+Space"], "Play or pause, also while typing", { inText: true }),
  entry("play-region", ["p"], "Play the selected region, without one what is seen", { short: "Play region" }),
  entry("play-region-typing", ["Alt+p"], "Play the selected region, also while typing", { inText: true }),
  entry("loop", ["o"], "Play the region over and over, or once", { short: "Loop" }),
  entry("slower", ["Shift+ArrowDown"], "Slower, down to half the speed"),
  entry("faster", ["Shift+ArrowUp"], "Faster, up to double the speed"),
  entry("playhead-back", ["ArrowLeft"], "Playhead back by a tenth of a second"),
  entry("playhead-on", ["ArrowRight"], "Playhead on by a tenth of a second"),
  entry("playhead-back-wide", ["Shift+ArrowLeft"], "Playhead back by a second"),
  entry("playhead-on-wide", ["Shift+ArrowRight"], "Playhead on by a second"),
  entry("zoom-in", ["ArrowUp", "+", "="], "Closer to the playhead"),
  entry("zoom-out", ["ArrowDown", "-"], "Further away"),
  entry("zoom-fit", ["Shift+1"], "Show the whole recording"),
  entry("zoom-region", ["Shift+2"], "Show the selected region"),
  entry("begin-end", ["b"], "Begin a region at the playhead; pressed again, end it there", {
    short: "Begin, end",
  }),
  entry("start-here", ["["], "The selected region starts at the playhead"),
  entry("end-here", ["]"], "The selected region ends at the playhead"),
  entry("start-back", ["Alt+ArrowLeft"], "Start of the selected region back by a hundredth of a second"),
  entry("start-on", ["Alt+ArrowRight"], "Start of the selected region on by a hundredth of a second"),
  entry("end-back", ["Alt+Shift+ArrowLeft"], "End of the selected region back by a hundredth of a second"),
  entry("end-on", ["Alt+Shift+ArrowRight"], "End of the selected region on by a hundredth of a second"),
  entry("split", ["y"], "Cut the selected region at the playhead"),
  entry("fold", ["Shift+t"], "Fold the tiers within this one, or show them"),
  entry("subdivide", ["Shift+y"], "Divide the selected region into the words of its text"),
  entry("text", ["t"], "Write what the selected region says", { short: "Write" }),
  entry("next-typing", ["Alt+ArrowDown"], "Write the next region, also while typing", { inText: true }),
  entry("snap", ["w"], "Edges snap to silence, or not"),
  entry("suggest", ["Shift+g"], "Suggest regions where something sounds"),
  entry("next-region", ["Tab"], "Next region, while the sound has the focus"),
  entry("previous-region", ["Shift+Tab"], "Region before, while the sound has the focus"),
  entry("remove", ["Delete"], "Delete the selected region"),
  entry("hide", ["Shift+h"], "Hide or show"),
];

/** What draws or changes regions. */
const MAKES = [
  "tool-select",
  "tool-interval",
  "begin-end",
  "start-here",
  "end-here",
  "start-back",
  "start-on",
  "end-back",
  "end-on",
  "split",
  "text",
  "next-typing",
  "snap",
  "suggest",
  "remove",
];
const REGIONS = ["zoom-region", "next-region", "previous-region", "hide"];

/** Keys for a schema: without classes there is nothing to draw. */
export function audioKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  const classes = schema.classes ?? [];
  const hasClasses = classes.length > 0;
  return AUDIO_KEYS.filter((one) => {
    if (one.id === "fold") return isNested(classes);
    if (one.id === "subdivide") return isNested(classes) && !readOnly;
    if (MAKES.includes(one.id)) return hasClasses && !readOnly;
    return hasClasses || !REGIONS.includes(one.id);
  });
}

export function audioGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  const looks = [
    { how: "Click", what: "Move the playhead, or select the region there" },
    { how: "Wheel", what: "Zoom at the pointer; with Shift or sideways, move" },
    { how: "Double click on a region", what: "Play it" },
  ];
  if ((schema.classes ?? []).length === 0 || readOnly) return looks;
  return [
    { how: "Drag", what: "Draw a region of the class in hand; on a tier, of the tier's class" },
    { how: "Drag an edge", what: "Move it" },
    { how: "Drag a region on its tier", what: "Move the region" },
    { how: "Alt + drag", what: "Draw without snapping, also over a region" },
    ...looks,
    { how: "Alt + click", what: "The next longer region there" },
  ];
}
