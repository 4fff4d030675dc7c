import type { KeyEntry } from "../../core/hotkeys";
import type { LabelSchema } from "../../core/types";
import { imageGestures, imageKeys } from "../image/keys";
import type { Gesture } from "../plugin";

const GROUP = "Scan";

const entry = (id: string, keys: string[], what: string, short?: string): KeyEntry => ({
  id,
  keys,
  what,
  group: GROUP,
  short,
});

const LOOKS: readonly KeyEntry[] = [
  entry("slice-on", ["PageUp"], "Next slice; also with the wheel", "Slice on"),
  entry("slice-back", ["PageDown"], "Slice before", "Slice back"),
  entry("slice-far-on", ["Shift+PageUp"], "Ten slices on"),
  entry("slice-far-back", ["Shift+PageDown"], "Ten slices back"),
  entry("slice-first", ["Home"], "First slice"),
  entry("slice-last", ["End"], "Last slice"),
  entry("window-next", ["Alt+9"], "Next window of values", "Window"),
  entry("window-before", ["Alt+Shift+9"], "Window before"),
];

const MAKES: readonly KeyEntry[] = [
  entry(
    "fill-slices",
    ["Shift+i"],
    "Fill the slices between the selected region and the nearest of its class",
  ),
  entry("reach-on", ["Alt+PageUp"], "The selected region reaches one slice further on"),
  entry("reach-back", ["Alt+PageDown"], "The selected region begins one slice before"),
  entry("end-here", ["Alt+End"], "The selected region ends on this slice"),
  entry("begin-here", ["Alt+Home"], "The selected region begins on this slice"),
];

export function volumeKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  const draws = !readOnly && (schema.classes ?? []).length > 0;
  return [...LOOKS, ...(draws ? MAKES : []), ...imageKeys(schema, readOnly)];
}

export function volumeGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  return [
    { how: "Wheel", what: "Go through the slices; with Ctrl, zoom at the pointer" },
    {
      how: "Drag with the right button",
      what: "Window of values: sideways its width, up and down its middle",
    },
    ...imageGestures(schema, readOnly).filter((one) => one.how !== "Wheel"),
  ];
}
