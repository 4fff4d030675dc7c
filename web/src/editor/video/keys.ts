import type { KeyEntry } from "../../core/hotkeys";
import { isNested } from "../../core/timeline/tiers";
import type { LabelSchema } from "../../core/types";
import type { Gesture } from "../plugin";

const GROUP = "Video";

const entry = (id: string, keys: string[], what: string, more: Partial<KeyEntry> = {}): KeyEntry => ({
  id,
  keys,
  what,
  group: GROUP,
  ...more,
});

export const VIDEO_KEYS: readonly KeyEntry[] = [
  entry("play", ["Space"], "Play or pause", { short: "Play" }),
  entry("play-region", ["Shift+p"], "Play the selected region, without one what is seen"),
  entry("loop", ["Shift+o"], "Play the region over and over, or once"),
  entry("slower", ["Shift+ArrowDown"], "Slower, down to a quarter of the speed"),
  entry("faster", ["Shift+ArrowUp"], "Faster, up to four times the speed"),
  entry("frame-back", ["d"], "Frame before", { short: "Frame before" }),
  entry("frame-on", ["f"], "Next frame", { short: "Next frame" }),
  entry("frames-back", ["Shift+d"], "Ten frames back"),
  entry("frames-on", ["Shift+f"], "Ten frames on"),
  entry("first-frame", ["Home"], "First frame"),
  entry("last-frame", ["End"], "Last frame"),
  entry("keyframe-back", ["u"], "Keyframe before, of the selected track or of all"),
  entry("keyframe-on", ["i"], "Next keyframe"),
  entry("nudge-left", ["ArrowLeft"], "Move the selected shape by 1 pixel; without one, frame before"),
  entry("nudge-right", ["ArrowRight"], "Move the selected shape by 1 pixel; without one, next frame"),
  entry("nudge-up", ["ArrowUp"], "Move the selected shape by 1 pixel"),
  entry("nudge-down", ["ArrowDown"], "Move the selected shape by 1 pixel"),
  entry("shove-left", ["Shift+ArrowLeft"], "Move by 10 pixels; without a shape, ten frames back"),
  entry("shove-right", ["Shift+ArrowRight"], "Move by 10 pixels; without a shape, ten frames on"),
  entry("grow-left", ["Alt+ArrowLeft"], "Make a box narrower"),
  entry("grow-right", ["Alt+ArrowRight"], "Make a box wider"),
  entry("grow-up", ["Alt+ArrowUp"], "Make a box lower"),
  entry("grow-down", ["Alt+ArrowDown"], "Make a box higher"),
  entry("tool-select", ["v"], "Select and move", { short: "Select" }),
  entry("tool-pan", ["h"], "Pan"),
  entry("tool-box", ["r"], "Track of boxes", { short: "Box" }),
  entry("tool-rotated_box", ["Shift+r"], "Track of rotated boxes"),
  entry("tool-polygon", ["p"], "Track of polygons"),
  entry("tool-points", ["n"], "Track of points"),
  entry("tool-interval", ["e"], "Draw intervals on the time line"),
  entry("insert-box", ["Insert"], "Put a shape into the middle, to place it with the arrows"),
  entry("keyframe", ["k"], "Set a keyframe here, or take it away", { short: "Keyframe" }),
  entry("outside", ["o"], "The track is not in the picture from here on, or is again", { short: "Outside" }),
  entry("occluded", ["q"], "Something hides it from here on, or not any more"),
  entry("extend", ["w"], "The track goes on to here, where it was last"),
  entry("extend-end", ["Shift+w"], "The track goes on to the last frame"),
  entry("merge", ["m"], "Make one track of the selected ones"),
  entry("split", ["y"], "Cut the selected track or interval here"),
  entry("fold", ["Shift+t"], "Fold the tiers within this one, or show them"),
  entry("subdivide", ["Shift+y"], "Divide the selected interval into the words of its text"),
  entry("begin-end", ["b"], "Begin an interval here; pressed again, end it with this frame"),
  entry("start-here", ["["], "The selected interval starts here"),
  entry("end-here", ["]"], "The selected interval ends with this frame"),
  entry("next-region", ["Tab"], "Next region, while the video has the focus"),
  entry("previous-region", ["Shift+Tab"], "Region before, while the video has the focus"),
  entry("text", ["t"], "Write about the selected region"),
  entry("remove", ["Delete"], "Delete the region, or the vertex under the pointer"),
  entry("copy", ["Ctrl+c"], "Copy the shapes of this frame"),
  entry("paste", ["Ctrl+v"], "Paste them as new tracks that begin here"),
  entry("hide", ["Shift+h"], "Hide or show"),
  entry("fit", ["Shift+1"], "Fit the picture"),
  entry("fit-selection", ["Shift+2"], "Zoom to the selection"),
  entry("zoom-in", ["+", "="], "Zoom in"),
  entry("zoom-out", ["-"], "Zoom out"),
  entry("time-in", ["Ctrl+ArrowUp"], "Closer on the time line"),
  entry("time-out", ["Ctrl+ArrowDown"], "Further away on the time line"),
];

const BOTH = ["tool-select", "split", "text", "remove"];
const TRACKS = [
  "tool-pan",
  "tool-box",
  "tool-rotated_box",
  "tool-polygon",
  "tool-points",
  "insert-box",
  "keyframe",
  "outside",
  "occluded",
  "extend",
  "extend-end",
  "merge",
  "copy",
  "paste",
];
const INTERVALS = ["tool-interval", "begin-end", "start-here", "end-here"];
/** They move shapes where there are some, and else the playhead. */
const ARROWS = ["nudge-left", "nudge-right", "shove-left", "shove-right"];
const MOVES = ["nudge-up", "nudge-down", "grow-left", "grow-right", "grow-up", "grow-down"];
const REGIONS = [
  "play-region",
  "keyframe-back",
  "keyframe-on",
  "fit-selection",
  "next-region",
  "previous-region",
  "hide",
];
/** Where answers are judged, these letters judge. */
const LETTERS = ["frame-back", "frame-on"];

const has = (schema: LabelSchema, kind: "track" | "interval"): boolean =>
  (schema.classes ?? []).some((one) => one.geometry.includes(kind));

/** Keys for a schema: without classes there is nothing to draw. */
export function videoKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  const [tracks, intervals] = [has(schema, "track"), has(schema, "interval")];
  return VIDEO_KEYS.filter(({ id }) => {
    if (ARROWS.includes(id)) return true;
    if (LETTERS.includes(id)) return !readOnly;
    if (BOTH.includes(id)) return (tracks || intervals) && !readOnly;
    if (TRACKS.includes(id) || MOVES.includes(id)) return tracks && !readOnly;
    if (id === "fold") return isNested(schema.classes ?? []);
    if (id === "subdivide") return isNested(schema.classes ?? []) && !readOnly;
    if (INTERVALS.includes(id)) return intervals && !readOnly;
    return tracks || intervals || !REGIONS.includes(id);
  });
}

export function videoGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  const looks = [
    { how: "Click on the time line", what: "Go to that frame, or select the track there" },
    { how: "Wheel on the time line", what: "Zoom at the pointer; with Shift or sideways, move" },
    { how: "Wheel on the picture", what: "Zoom at the pointer" },
    { how: "Drag with the middle button", what: "Pan the picture" },
  ];
  if (readOnly) return looks;
  const tracks = [
    { how: "Drag with the tool for boxes", what: "Begin a track here" },
    {
      how: "Drag a shape in another frame",
      what: "Set a keyframe there: between keyframes it goes in a straight line",
    },
    { how: "Drag a faint shape", what: "Take the selected track along into a frame in which it is not yet" },
  ];
  const intervals = [{ how: "Drag on a tier", what: "Draw an interval of the tier's class" }];
  return [...(has(schema, "track") ? tracks : []), ...(has(schema, "interval") ? intervals : []), ...looks];
}
