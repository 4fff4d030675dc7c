import type { KeyEntry } from "../../core/hotkeys";
import type { LabelSchema } from "../../core/types";
import type { Gesture } from "../plugin";

const GROUP = "Text";

const entry = (id: string, keys: string[], what: string, short?: string): KeyEntry => ({
  id,
  keys,
  what,
  group: GROUP,
  short,
});

export const TEXT_KEYS: readonly KeyEntry[] = [
  entry("tool-select", ["v"], "Only select", "Select"),
  entry("tool-span", ["t"], "Mark what is selected at once", "Mark"),
  entry("relation", ["r"], "Relation from the selected region to the next one clicked", "Relation"),
  entry("snap-words", ["w"], "Whole words on or off", "Whole words"),
  entry("backward", ["ArrowLeft"], "End of the selected span back; without one, the caret by a word"),
  entry("forward", ["ArrowRight"], "End of the selected span on; without one, the caret by a word"),
  entry("backward-wide", ["Shift+ArrowLeft"], "The same by a whole word; extends the caret's selection"),
  entry("forward-wide", ["Shift+ArrowRight"], "The same by a whole word; extends the caret's selection"),
  entry("start-backward", ["Alt+ArrowLeft"], "Start of the selected span back; caret by a character"),
  entry("start-forward", ["Alt+ArrowRight"], "Start of the selected span on; caret by a character"),
  entry("start-backward-wide", ["Alt+Shift+ArrowLeft"], "Start of the span back by a word"),
  entry("start-forward-wide", ["Alt+Shift+ArrowRight"], "Start of the span on by a word"),
  entry("line-up", ["ArrowUp"], "Caret to the paragraph before"),
  entry("line-down", ["ArrowDown"], "Caret to the next paragraph"),
  entry("next-region", ["Tab"], "Next region, while the text has the focus"),
  entry("previous-region", ["Shift+Tab"], "Region before, while the text has the focus"),
  entry("remove", ["Delete"], "Delete the selected region"),
  entry("hide", ["Shift+h"], "Hide or show"),
];

const LOOKS = ["next-region", "previous-region", "hide"];

/** Keys for a schema: without classes there is nothing to mark, without relations none to draw. */
export function textKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  if ((schema.classes ?? []).length === 0) return [];
  const relations = (schema.relations ?? []).length > 0;
  return TEXT_KEYS.filter((one) => (readOnly ? LOOKS.includes(one.id) : one.id !== "relation" || relations));
}

export function textGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  if ((schema.classes ?? []).length === 0) return [];
  const looks = [
    { how: "Click", what: "Select the shortest span there" },
    { how: "Alt + click", what: "The next longer span there" },
  ];
  if (readOnly) return looks;
  return [
    { how: "Drag", what: "Mark a span; with a press on a class, of that class" },
    ...looks,
    { how: "Shift + click", what: "Select several spans" },
  ];
}
