// Questions about the item (or about a region, as attributes): those that are asked now, each by its kind.
import type { ReactNode } from "react";
import type { Origin } from "../../core/dialogue/distance";
import { asked } from "../../core/fields";
import type { Field, Value, Values } from "../../core/types";
import type { Suggested } from "../session";
import { FieldInput } from "./FieldInput";
import classes from "./shell.module.css";
import { valueWords } from "./words";

export interface FieldFormProps {
  fields: readonly Field[];
  values: Readonly<Values>;
  onChange: (id: string, value: Value | undefined, mergeKey?: string) => void;
  /** What is wrong, by field id. */
  complaints?: Readonly<Record<string, string>>;
  /** What a machine says about a field that is still open. */
  suggestedFor?: (field: string) => Suggested | undefined;
  /** The key of an option, by field and option id. */
  keyOf?: (field: string, option: string) => string | undefined;
  /** The texts from which one that is to be written may start. */
  origins?: readonly Origin[];
  /** Tells apart two forms on one page. */
  scope: string;
  readOnly?: boolean;
}

export function FieldForm({ fields, values, complaints, scope, ...rest }: FieldFormProps): ReactNode {
  return fields
    .filter((field) => asked(field, values))
    .map((field) => {
      const complaint = complaints?.[field.id];
      const id = `${scope}-${field.id}`;
      return (
        <fieldset
          key={field.id}
          className={classes.field}
          data-field={field.id}
          data-scope={scope}
          data-wrong={complaint ? true : undefined}
          aria-describedby={complaint ? `${id}-complaint` : undefined}
          disabled={rest.readOnly}
        >
          <legend>
            {field.title}
            {field.required ? <span className={classes.required}> required</span> : null}
          </legend>
          {field.help ? <p className={classes.help}>{field.help}</p> : null}
          <SuggestedValue field={field} suggested={rest.suggestedFor?.(field.id)} />
          <FieldInput
            field={field}
            id={id}
            value={values[field.id]}
            onChange={(value, merge) => rest.onChange(field.id, value, merge)}
            keyOf={(option) => rest.keyOf?.(field.id, option)}
            origins={rest.origins}
            readOnly={rest.readOnly}
          />
          {complaint ? (
            <p id={`${id}-complaint`} className={classes.complaint} role="alert">
              {complaint}
            </p>
          ) : null}
        </fieldset>
      );
    });
}

function SuggestedValue({ field, suggested }: { field: Field; suggested: Suggested | undefined }) {
  if (!suggested) return null;
  const score = suggested.score === undefined ? "" : `, ${Math.round(suggested.score * 100)} %`;
  return (
    <p className={classes.help}>
      Suggested: {valueWords(field, suggested.value)}
      {score}
    </p>
  );
}

/** Puts the focus on a field, at its first or its chosen option. */
export function focusField(scope: string, id: string): boolean {
  const place = document.querySelector(`[data-scope="${scope}"][data-field="${CSS.escape(id)}"]`);
  const target =
    place?.querySelector<HTMLElement>("input:checked") ??
    place?.querySelector<HTMLElement>("input, textarea, button");
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
  return target != null;
}
