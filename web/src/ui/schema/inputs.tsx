// Inputs of the schema builder: each edits the value at one place and shows what is wrong there.
import { NumberInput, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { idPath, reidentify } from "../../core/schema/edit";
import { put, valueAt } from "../../core/schema/pointer";
import { useBuilder } from "./builder";
import styles from "./builder.module.css";

interface Props {
  at: string;
  label: string;
  description?: ReactNode;
}

const textAt = (value: unknown) => (typeof value === "string" ? value : "");

/** `optional`: an empty text is no value. */
export function Words({ at, label, description, optional }: Props & { optional?: boolean }) {
  const { schema, edit, wrong } = useBuilder();
  return (
    <TextInput
      label={label}
      description={description}
      value={textAt(valueAt(schema, at))}
      error={wrong(at)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        edit((old) => put(old, at, text === "" && optional ? undefined : text), at);
      }}
    />
  );
}

export function LongWords({ at, label, description }: Props) {
  const { schema, edit, wrong } = useBuilder();
  return (
    <Textarea
      label={label}
      description={description}
      autosize
      minRows={2}
      maxRows={10}
      value={textAt(valueAt(schema, at))}
      error={wrong(at)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        edit((old) => put(old, at, text === "" ? undefined : text), at);
      }}
    />
  );
}

/** The id of the entry at a place. What is published keeps it: labels lie under it. */
export function IdInput({ at }: { at: string }) {
  const { schema, edit, wrong, fixed } = useBuilder();
  const published = fixed.has(idPath(schema, at));
  return (
    <TextInput
      label="Id"
      description={published ? "Labels lie under it: it stays." : "What files and programs call it."}
      spellCheck={false}
      readOnly={published}
      value={textAt(valueAt(schema, `${at}/id`))}
      error={wrong(`${at}/id`)}
      onChange={(event) => {
        const id = event.currentTarget.value;
        edit((old) => reidentify(old, at, id), `${at}/id`);
      }}
    />
  );
}

export function KeyInput({ at }: { at: string }) {
  const { schema, edit, wrong } = useBuilder();
  return (
    <TextInput
      label="Hotkey"
      description="One character."
      spellCheck={false}
      value={textAt(valueAt(schema, `${at}/hotkey`))}
      error={wrong(`${at}/hotkey`)}
      onChange={(event) => {
        const key = event.currentTarget.value;
        edit((old) => put(old, `${at}/hotkey`, key === "" ? undefined : key), `${at}/hotkey`);
      }}
    />
  );
}

export function ColourInput({ at, optional }: { at: string; optional?: boolean }) {
  const { schema, edit, wrong } = useBuilder();
  const value = textAt(valueAt(schema, `${at}/color`));
  const change = (colour: string) =>
    edit((old) => put(old, `${at}/color`, colour === "" && optional ? undefined : colour), `${at}/color`);
  return (
    <TextInput
      label="Colour"
      description="Like #0072B2."
      spellCheck={false}
      value={value}
      error={wrong(`${at}/color`)}
      leftSection={
        <input
          type="color"
          className={styles.colour}
          aria-label="Pick the colour"
          value={/^#[0-9a-f]{6}$/i.test(value) ? value.toLowerCase() : "#808080"}
          onChange={(event) => change(event.currentTarget.value.toUpperCase())}
        />
      }
      onChange={(event) => change(event.currentTarget.value.trim())}
    />
  );
}

/** A number; empty for none, which is 0 where one is needed. */
export function NumberAt({
  at,
  label,
  description,
  whole = true,
  needed,
}: Props & { whole?: boolean; needed?: boolean }) {
  const { schema, edit, wrong } = useBuilder();
  const value = valueAt(schema, at);
  return (
    <NumberInput
      label={label}
      description={description}
      hideControls
      allowDecimal={!whole}
      allowNegative={!whole}
      isAllowed={({ floatValue }) => floatValue === undefined || Math.abs(floatValue) < 2 ** 32}
      value={typeof value === "number" ? value : ""}
      error={wrong(at)}
      onChange={(next) =>
        edit((old) => put(old, at, typeof next === "number" ? next : needed ? 0 : undefined), at)
      }
    />
  );
}

interface LinesProps {
  label: string;
  description?: ReactNode;
  value: readonly string[];
  error?: string;
  onChange: (lines: string[]) => void;
}

/** A list of texts, one a line. What is typed may hold empty lines for a while; the list never does. */
export function Lines({ label, description, value, error, onChange }: LinesProps) {
  const [typed, setTyped] = useState<string>();
  const read = (text: string) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  const current = typed !== undefined && read(typed).join("\n") === value.join("\n");
  return (
    <Textarea
      label={label}
      description={description ?? "One a line."}
      autosize
      minRows={2}
      maxRows={12}
      error={error}
      value={current ? typed : value.join("\n")}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(read(event.currentTarget.value));
      }}
    />
  );
}
