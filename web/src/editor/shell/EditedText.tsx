// A text that may start from another one, with the words that were changed.
import { useDeferredValue, useMemo } from "react";
import { nearest, type Origin } from "../../core/dialogue/distance";
import { type FieldInputProps, TextInput } from "./FieldInput";
import classes from "./shell.module.css";

export function EditedText(props: FieldInputProps & { origins: readonly Origin[] }) {
  const { field, value, onChange, origins, readOnly } = props;
  const text = useDeferredValue(typeof value === "string" ? value : "");
  const found = useMemo(() => (text === "" ? undefined : nearest(text, origins)), [text, origins]);
  return (
    <>
      {readOnly ? null : (
        // biome-ignore lint/a11y/useSemanticElements: it stands in the fieldset of its question.
        <div className={classes.starts} role="group" aria-label={`${field.title}: start from`}>
          {origins.map((origin) => (
            <button
              key={origin.title}
              type="button"
              className={classes.start}
              onClick={() => onChange(origin.text === "" ? undefined : origin.text)}
            >
              Start from {origin.title}
            </button>
          ))}
        </div>
      )}
      <TextInput {...props} multiline />
      {found ? (
        <p className={classes.help} data-testid="distance">
          {distanceWords(found)}
        </p>
      ) : null}
    </>
  );
}

export function distanceWords({ title, words }: { title: string; words: number }): string {
  if (words === 0) return `The same words as ${title}`;
  return `${words} ${words === 1 ? "word" : "words"} changed from ${title}, the nearest response`;
}
