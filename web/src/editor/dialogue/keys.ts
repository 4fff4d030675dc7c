import type { KeyEntry } from "../../core/hotkeys";
import type { LabelSchema } from "../../core/types";
import type { Gesture } from "../plugin";

const GROUP = "Conversation";

const entry = (id: string, keys: string[], what: string, short?: string): KeyEntry => ({
  id,
  keys,
  what,
  group: GROUP,
  short,
});

export const DIALOGUE_KEYS: readonly KeyEntry[] = [
  entry("turn-next", ["ArrowDown"], "Next turn", "Next turn"),
  entry("turn-previous", ["ArrowUp"], "Turn before"),
  entry("turn-first", ["Home"], "First turn"),
  entry("turn-last", ["End"], "Last turn"),
  entry("fold", ["o"], "Open or fold the tool calls of the turn", "Tool calls"),
  entry("formatted", ["m"], "Texts formatted, or as they were written", "Formatted"),
  entry("tie", ["="], "The last of the ranking shares the place before it, or no longer", "Tie"),
  entry("next-region", ["Tab"], "Next label, while the conversation has the focus"),
  entry("previous-region", ["Shift+Tab"], "Label before, while the conversation has the focus"),
  entry("remove", ["Delete"], "Delete the selected label"),
];

const REGIONS = ["next-region", "previous-region"];

/** Only what the schema asks for has keys. */
export function dialogueKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  const hasClasses = (schema.classes ?? []).length > 0;
  const fields = schema.fields ?? [];
  const ties = fields.some((one) => one.kind.type === "ranking" && one.kind.ties === true);
  return DIALOGUE_KEYS.filter(({ id }) => {
    if (REGIONS.includes(id)) return hasClasses;
    if (id === "remove") return hasClasses && !readOnly;
    return id !== "tie" || (ties && !readOnly);
  });
}

export function dialogueGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  const looks = [{ how: "Click on a turn", what: "Go to it" }];
  if ((schema.classes ?? []).length === 0 || readOnly) return looks;
  return [
    ...looks,
    { how: "A class", what: "Label the turn; the same class again takes it back" },
    { how: "Drag over a text, then a class", what: "Label this part of the turn" },
    { how: "Click on a label", what: "Select it" },
  ];
}
