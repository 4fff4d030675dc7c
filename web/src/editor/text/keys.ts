import { chainTypes } from "../../core/chains";
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
  entry("snap-text", ["w"], "Snap to whole words, to tokens of the item, to single characters", "Snap"),
  entry(
    "alike",
    ["o"],
    "Show every other place with the words of the span; again to label them",
    "Everywhere",
  ),
  entry("fragment", ["u"], "Another part for the selected span: U, select it, U"),
  entry("fragment-next", ["i"], "Next part of the span: its edges are what the arrows move"),
  entry("fragment-remove", ["Shift+u"], "Remove this part of the span"),
  entry("backward", ["ArrowLeft"], "End of the selected span back; without one, the caret by a word"),
  entry("forward", ["ArrowRight"], "End of the selected span on; without one, the caret by a word"),
  entry("backward-wide", ["Shift+ArrowLeft"], "The same by a whole word; extends the caret's selection"),
  entry("forward-wide", ["Shift+ArrowRight"], "The same by a whole word; extends the caret's selection"),
  entry("start-backward", ["Alt+ArrowLeft"], "Start of the selected span back; caret by a character"),
  entry("start-forward", ["Alt+ArrowRight"], "Start of the selected span on; caret by a character"),
  entry(
    "start-backward-wide",
    ["Alt+Shift+ArrowLeft"],
    "Start of the span back by a word; extends the caret's selection by a character",
  ),
  entry(
    "start-forward-wide",
    ["Alt+Shift+ArrowRight"],
    "Start of the span on by a word; extends the caret's selection by a character",
  ),
  entry("line-up", ["ArrowUp"], "Caret to the paragraph before"),
  entry("line-down", ["ArrowDown"], "Caret to the next paragraph"),
  entry("next-region", ["Tab"], "Next region, while the text has the focus"),
  entry("previous-region", ["Shift+Tab"], "Region before, while the text has the focus"),
  entry("sentences", ["Shift+s"], "One numbered sentence a line, or as written"),
  entry("remove", ["Delete"], "Delete the selected region"),
  entry("hide", ["Shift+h"], "Hide or show"),
];

/** Only where the schema has relations. */
export const RELATION_KEYS: readonly KeyEntry[] = [
  entry("relation", ["r"], "Relation from the selected region to the next one clicked", "Relation"),
  entry("relation-type", ["Shift+r"], "Next type of relation"),
];

/** Only where a relation joins into chains. */
export const CHAIN_KEYS: readonly KeyEntry[] = [
  entry(
    "chain",
    ["k"],
    "Begin a chain at the mention, or add it to the chain in hand; joins two chains",
    "Chain",
  ),
  entry("chain-end", ["Shift+k"], "Put the chain down"),
  entry("chain-split", ["j"], "Split the chain before the mention"),
  entry("chain-leave", ["Shift+j"], "Take the mention out of its chain"),
  entry("chain-next", ["m"], "Next mention of the chain"),
  entry("chain-previous", ["Shift+m"], "Mention before in the chain"),
];

const LOOKS = ["next-region", "previous-region", "hide", "sentences", "chain-next", "chain-previous"];

/** Keys for a schema: without classes there is nothing to mark, without relations none to draw. */
export function textKeys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[] {
  if ((schema.classes ?? []).length === 0) return TEXT_KEYS.filter((one) => one.id === "sentences");
  const keys = [
    ...TEXT_KEYS,
    ...((schema.relations ?? []).length > 0 ? RELATION_KEYS : []),
    ...(chainTypes(schema.relations).length > 0 ? CHAIN_KEYS : []),
  ];
  return readOnly ? keys.filter((one) => LOOKS.includes(one.id)) : keys;
}

export function textGestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[] {
  if ((schema.classes ?? []).length === 0) return [];
  const looks = [
    { how: "Click", what: "Select the shortest span there" },
    { how: "Alt + click", what: "The next longer span there" },
  ];
  if (readOnly) return looks;
  const relations = [{ how: "Drag a tag", what: "Relation to the span on which it is let go" }];
  return [
    { how: "Drag", what: "Mark a span; with a press on a class, of that class" },
    { how: "Ctrl + drag", what: "One part more for the selected span" },
    { how: "Ctrl + click", what: "Remove this part of the selected span" },
    ...looks,
    { how: "Shift + click", what: "Select several spans" },
    ...((schema.relations ?? []).length > 0 ? relations : []),
  ];
}
