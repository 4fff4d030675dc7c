// One key for each task: where a task asks for one choice and nothing else, the key of an option answers it and goes on.
import type { KeyEntry } from "./hotkeys";
import { schemaKeys, targetOf } from "./schemakeys";
import type { LabelSchema } from "./types";

/** Does a task of this schema ask for one option and nothing more? */
export function fitsOneKey(schema: LabelSchema): boolean {
  const [field, ...others] = schema.fields ?? [];
  const single = field?.kind.type === "choice" && !field.kind.multiple;
  return single && others.length === 0 && (schema.classes ?? []).length === 0;
}

/** The keys of the options, and the one that leaves the task to others. */
export function oneKeys(schema: LabelSchema): KeyEntry[] {
  const options = schemaKeys(schema, []).filter((entry) => targetOf(entry.id)?.kind === "option");
  return [
    ...options.map((entry) => ({ ...entry, what: `${entry.what}, and go on`, short: entry.what })),
    { id: "ignore", keys: ["Space"], what: "Ignore: skip it at once", short: "Ignore", group: "Task" },
  ];
}
