import type { KeyEntry } from "../../core/hotkeys";
import type { LabelSchema } from "../../core/types";
import type { Gesture } from "../plugin";

const GROUP = "Document";

const entry = (id: string, keys: string[], what: string, more: Partial<KeyEntry> = {}): KeyEntry => ({
  id,
  keys,
  what,
  group: GROUP,
  ...more,
});

export const DOCUMENT_KEYS: readonly KeyEntry[] = [
  entry("tool-select", ["v"], "Only select and move", { short: "Select" }),
  entry("tool-span", ["t"], "Mark words", { short: "Words" }),
  entry("tool-box", ["r"], "Draw boxes", { short: "Box" }),
  entry("box-words", ["b"], "A box around the words that are chosen"),
  entry("relation", ["k"], "Relation from the selected region to the next one clicked", {
    short: "Relation",
  }),
  entry("relation-type", ["Shift+k"], "Next type of relation"),
  entry(
    "back",
    ["ArrowLeft"],
    "Word before; of a selected span the end a word back, a selected box to the left",
  ),
  entry("on", ["ArrowRight"], "Next word; of a selected span the end a word on, a selected box to the right"),
  entry("up", ["ArrowUp"], "Line above; a selected box up"),
  entry("down", ["ArrowDown"], "Line below; a selected box down"),
  entry("back-wide", ["Shift+ArrowLeft"], "Choose one word more or less; a selected box by ten"),
  entry("on-wide", ["Shift+ArrowRight"], "Choose one word more or less; a selected box by ten"),
  entry("up-wide", ["Shift+ArrowUp"], "Choose up to the line above; a selected box by ten"),
  entry("down-wide", ["Shift+ArrowDown"], "Choose up to the line below; a selected box by ten"),
  entry("start-back", ["Alt+ArrowLeft"], "Start of the selected span a word back; a selected box narrower"),
  entry("start-on", ["Alt+ArrowRight"], "Start of the selected span a word on; a selected box wider"),
  entry("lower", ["Alt+ArrowUp"], "A selected box lower"),
  entry("higher", ["Alt+ArrowDown"], "A selected box higher"),
  entry("write", ["e"], "Write about the selected region", { short: "Text" }),
  entry("next-typing", ["Alt+PageDown"], "Write about the next region, also while typing", { inText: true }),
  entry("page-next", ["PageDown"], "Next page"),
  entry("page-previous", ["PageUp"], "Page before"),
  entry("page-first", ["Home"], "First page"),
  entry("page-last", ["End"], "Last page"),
  entry("fit", ["Shift+1", "0"], "Fit the width", { short: "Fit" }),
  entry("fit-selection", ["Shift+2"], "Show the selected region closely"),
  entry("zoom-in", ["+", "="], "Zoom in"),
  entry("zoom-out", ["-"], "Zoom out"),
  entry("next-region", ["Tab"], "Next region, while the document has the focus"),
  entry("previous-region", ["Shift+Tab"], "Region before, while the document has the focus"),
  entry("remove", ["Delete"], "Delete the selected region"),
  entry("hide", ["Shift+h"], "Hide or show"),
];

const LOOKS = ["page-next", "page-previous", "page-first", "page-last", "fit", "zoom-in", "zoom-out"];
const REGION_LOOKS = ["fit-selection", "next-region", "previous-region", "hide"];
const RELATIONS = ["relation", "relation-type"];

/** Keys for a schema: without classes there is nothing to mark, without relations none to draw. */
export function documentKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  const classes = schema.classes ?? [];
  const marks = (kind: "span" | "box") => classes.some((one) => one.geometry.includes(kind));
  return DOCUMENT_KEYS.filter(({ id }) => {
    if (LOOKS.includes(id)) return true;
    if (classes.length === 0) return false;
    if (REGION_LOOKS.includes(id)) return true;
    if (readOnly) return false;
    if (RELATIONS.includes(id)) return (schema.relations ?? []).length > 0;
    if (id === "tool-span") return marks("span");
    return ["tool-box", "box-words"].includes(id) ? marks("box") : true;
  });
}

export function documentGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  const zoom = { how: "Ctrl + wheel", what: "Zoom at the pointer" };
  if ((schema.classes ?? []).length === 0) return [zoom];
  const looks = [
    zoom,
    { how: "Click", what: "Select the smallest region there" },
    { how: "Alt + click", what: "The next larger region there" },
  ];
  if (readOnly) return looks;
  return [
    { how: "Drag over words", what: "Mark them, with the tool for words" },
    { how: "Drag", what: "Draw a box, with the tool for boxes" },
    { how: "Click on a word", what: "Put the caret there; arrows and a class then mark words" },
    { how: "Drag a grip", what: "Change the selected box; with the tool Select drag it as a whole" },
    ...looks,
    { how: "Shift + click", what: "Select several regions" },
  ];
}
