// The keys of the shell and of its pages. The keys of an editor are in its own folder.
import type { KeyEntry } from "../../core/hotkeys";

function table(group: string) {
  return (id: string, keys: string[], what: string, more: Partial<KeyEntry> = {}): KeyEntry => ({
    id,
    keys,
    what,
    group,
    ...more,
  });
}

const edit = table("Editing");

export const EDITOR_KEYS: readonly KeyEntry[] = [
  edit("undo", ["z", "Ctrl+z"], "Undo", { short: "Undo" }),
  edit("redo", ["Shift+z", "Ctrl+Shift+z", "Ctrl+y"], "Redo"),
  edit("cancel", ["Escape"], "Leave the shape, the tool, the selection, the canvas", { inText: true }),
  edit("sheet", ["?"], "All keys", { short: "All keys" }),
];

/** Only where a class has attributes. */
export const WALK_KEYS: readonly KeyEntry[] = [
  edit(
    "walk-next",
    ["."],
    "Next region with its attributes: digits answer, Tab goes on to the next attribute",
  ),
  edit("walk-previous", [","], "Region before with its attributes"),
];

/** Where nothing can be changed. */
export const LOOK_KEYS: readonly KeyEntry[] = EDITOR_KEYS.filter((one) =>
  ["cancel", "sheet"].includes(one.id),
);

/** Only while there are so many classes that one looks for them by name. */
export const FILTER_KEYS: readonly KeyEntry[] = [edit("filter-classes", ["l"], "Find a class by its name")];

export const NO_KEYS: readonly KeyEntry[] = [];

const suggest = table("Suggestions");

export const SUGGESTION_KEYS: readonly KeyEntry[] = [
  suggest("accept-suggestion", ["a"], "Accept the suggestion", { short: "Accept" }),
  suggest("accept-all", ["Shift+a"], "Accept all suggestions", { short: "Accept all" }),
  suggest("drop-suggestion", ["x"], "Drop the suggestion", { short: "Drop" }),
];

const task = table("Task");

export const LABEL_KEYS: readonly KeyEntry[] = [
  task("submit", ["Enter"], "Submit and go on", { short: "Submit" }),
  task("submit-always", ["Ctrl+Enter"], "Submit, also from within a text field", { inText: true }),
  task("back", ["Backspace"], "Back to the task before"),
  task("onward", ["Shift+Backspace"], "On to the newer task"),
  task("skip", ["s"], "Skip, with a reason", { short: "Skip" }),
  task("flag", ["f"], "Flag as ambiguous"),
  task("comment", ["c"], "Comment"),
  task("guidelines", ["g"], "Guidelines"),
];

const judge = table("Review");

export const REVIEW_KEYS: readonly KeyEntry[] = [
  judge("accept", ["a"], "Accept the answer", { short: "Accept" }),
  judge("accept-every", ["Shift+a"], "Accept all answers that wait"),
  judge("reject", ["x"], "Send it back with a reason", { short: "Send back" }),
  judge("fix", ["e"], "Correct it yourself", { short: "Correct" }),
  judge("adjudicate", ["d"], "Settle the task with one answer", { short: "Settle" }),
  judge("next-answer", ["]"], "Next answer"),
  judge("previous-answer", ["["], "Answer before"),
  judge("later", ["n"], "Next task, leaving this one"),
  judge("comment", ["c"], "Comment"),
  judge("guidelines", ["g"], "Guidelines"),
];

/** While a reviewer edits: the verdict keys rest, so that no slip ends the work. */
export const FIX_KEYS: readonly KeyEntry[] = [
  judge("send", ["Ctrl+Enter"], "Store the corrected answer", { short: "Store", inText: true }),
  judge("send-plain", ["Enter"], "Store the corrected answer"),
  judge("guidelines", ["g"], "Guidelines"),
];
