import type { KeyEntry } from "../../core/hotkeys";
import type { LabelSchema } from "../../core/types";
import type { Gesture } from "../plugin";

const entry = (id: string, keys: string[], what: string, short?: string): KeyEntry => ({
  id,
  keys,
  what,
  group: "Records",
  short,
});

export const TABLE_KEYS: readonly KeyEntry[] = [
  entry("down", ["ArrowDown"], "Cell below", "Cells"),
  entry("up", ["ArrowUp"], "Cell above"),
  entry("right", ["ArrowRight"], "Cell to the right"),
  entry("left", ["ArrowLeft"], "Cell to the left"),
  entry("more-down", ["Shift+ArrowDown"], "Select down to the next cell"),
  entry("more-up", ["Shift+ArrowUp"], "Select up to the next cell"),
  entry("more-right", ["Shift+ArrowRight"], "Select to the next cell on the right"),
  entry("more-left", ["Shift+ArrowLeft"], "Select to the next cell on the left"),
  entry("first", ["Home"], "First cell"),
  entry("last", ["End"], "Last cell"),
  entry("line", ["o"], "Select the whole column of the record, or all of it", "Whole column"),
  entry("changes", ["n"], "Next cell in which the records differ", "Next difference"),
  entry("next-region", ["Tab"], "Next label, while the records have the focus"),
  entry("previous-region", ["Shift+Tab"], "Label before, while the records have the focus"),
  entry("remove", ["Delete"], "Delete the selected label"),
];

const LABELS = ["next-region", "previous-region", "remove"];

/** Only what the schema asks for has keys. */
export function tableKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  const hasClasses = (schema.classes ?? []).length > 0;
  return TABLE_KEYS.filter(
    ({ id }) => !LABELS.includes(id) || (hasClasses && !(readOnly && id === "remove")),
  );
}

export function tableGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  const looks = [
    { how: "Click on a cell", what: "Go to it" },
    { how: "Drag over cells, or Shift and a click", what: "Select a block of cells" },
  ];
  if ((schema.classes ?? []).length === 0 || readOnly) return looks;
  return [
    ...looks,
    { how: "A class", what: "Label the selected cells; the same class again takes it back" },
    { how: "Click on a label", what: "Select it" },
  ];
}
