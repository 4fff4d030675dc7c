// Keys for what a schema offers: its own hotkeys, and digits for what has none.
import type { KeyEntry } from "./hotkeys";
import type { Choice, Field, LabelSchema } from "./types";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
// Shift+1 and Shift+2 belong to the view.
const MORE_DIGITS = DIGITS.slice(2).map((digit) => `Shift+${digit}`);

export type SchemaTarget = { kind: "class"; id: string } | { kind: "option"; field: string; option: string };

export const commandOf = (target: SchemaTarget): string =>
  target.kind === "class" ? `class ${target.id}` : `option ${JSON.stringify([target.field, target.option])}`;

export function targetOf(command: string): SchemaTarget | undefined {
  if (command.startsWith("class ")) return { kind: "class", id: command.slice("class ".length) };
  if (!command.startsWith("option ")) return undefined;
  const [field, option] = JSON.parse(command.slice("option ".length)) as [string, string];
  return { kind: "option", field, option };
}

/** The options of a field that a key can pick; a tree offers those of its first level. */
export function optionsOf(field: Field): readonly Choice[] {
  return "options" in field.kind ? field.kind.options : [];
}

interface Wanted {
  target: SchemaTarget;
  title: string;
  group: string;
  hotkey?: string | null;
  /** Gets a digit when it has no key of its own. */
  digits: boolean;
  /** Goes by a letter on the screen, which is a second key. */
  letter?: string;
}

export function schemaKeys(schema: LabelSchema, geometries: readonly string[]): KeyEntry[] {
  const classes = (schema.classes ?? []).filter((one) =>
    one.geometry.some((kind) => geometries.includes(kind)),
  );
  const wanted: Wanted[] = classes.map((one) => ({
    target: { kind: "class", id: one.id },
    title: one.title,
    group: "Classes",
    hotkey: one.hotkey,
    digits: true,
  }));
  const firstChoice = (schema.fields ?? []).find((field) => optionsOf(field).length > 0);
  for (const field of schema.fields ?? []) {
    for (const option of optionsOf(field)) {
      wanted.push({
        target: { kind: "option", field: field.id, option: option.id },
        title: option.title,
        group: field.title,
        hotkey: option.hotkey,
        digits: classes.length === 0 && field === firstChoice,
        // Of two responses; further letters have meanings that nobody wants to lose for them.
        ...(field.kind.type === "pairwise" && ["A", "B"].includes(option.title)
          ? { letter: option.title.toLowerCase() }
          : {}),
      });
    }
  }
  const taken = new Set(wanted.map((one) => one.hotkey?.toLowerCase()).filter((key) => key !== undefined));
  const free = [...DIGITS, ...MORE_DIGITS].filter((key) => !taken.has(key));
  const entries: KeyEntry[] = [];
  for (const one of wanted) {
    const key = one.hotkey?.toLowerCase() ?? (one.digits ? free.shift() : undefined);
    if (key === undefined) continue;
    const second = one.letter === undefined || taken.has(one.letter) ? [] : [one.letter];
    if (second[0] !== undefined) taken.add(second[0]);
    entries.push({
      id: commandOf(one.target),
      keys: [key, ...second],
      what: one.title,
      group: one.group,
      ofSchema: true,
    });
  }
  return entries;
}
