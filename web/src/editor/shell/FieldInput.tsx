// The control for one kind of question.
import { type KeyboardEvent, useState } from "react";
import type { Origin } from "../../core/dialogue/distance";
import { childrenOf } from "../../core/fields";
import { toggleRanked } from "../../core/ranking";
import type { Choice, Field, Value } from "../../core/types";
import { Chip } from "./Chip";
import { ConceptInput } from "./ConceptInput";
import { EditedText } from "./EditedText";
import { Ranking } from "./Ranking";
import classes from "./shell.module.css";

export interface FieldInputProps {
  field: Field;
  id: string;
  value: Value | undefined;
  onChange: (value: Value | undefined, mergeKey?: string) => void;
  keyOf: (option: string) => string | undefined;
  /** The texts from which one that is to be written may start. */
  origins?: readonly Origin[];
  readOnly?: boolean;
}

/** What a press on an option makes of the value; shared with the hotkeys. */
export function toggled(field: Field, value: Value | undefined, option: string): Value | undefined {
  const { kind } = field;
  if (kind.type === "tree") return Array.isArray(value) && value[0] === option ? undefined : [option];
  if (kind.type === "ranking") return toggleRanked(value, option);
  if (kind.type === "choice" && kind.multiple) {
    const list = Array.isArray(value) ? value : [];
    const next = list.includes(option) ? list.filter((one) => one !== option) : [...list, option];
    if (next.length === 0) return undefined;
    // In the order of the schema, so that two people who mean the same store the same.
    return kind.options.map((one) => one.id).filter((one) => next.includes(one));
  }
  return value === option ? undefined : option;
}

export function FieldInput(props: FieldInputProps) {
  const { kind } = props.field;
  switch (kind.type) {
    case "choice":
    case "pairwise":
      return <Options {...props} options={kind.options} />;
    case "ranking":
      return <Ranking {...props} options={kind.options} ties={kind.ties === true} />;
    case "tree":
      return <Tree {...props} options={kind.options} />;
    case "rating":
      return <Rating {...props} max={kind.max} />;
    case "boolean":
      return <Truth {...props} />;
    case "number":
      return <NumberInput {...props} unit={kind.unit ?? undefined} />;
    case "concept":
      return <ConceptInput {...props} list={kind.list} />;
    case "text":
    case "transcript":
      return kind.type === "text" && kind.starts_from && (props.origins ?? []).length > 0 ? (
        <EditedText {...props} origins={props.origins ?? []} />
      ) : (
        <TextInput {...props} multiline={kind.type === "transcript" || kind.multiline === true} />
      );
  }
}

function Options({ field, id, value, onChange, keyOf, options }: FieldInputProps & { options: Choice[] }) {
  const multiple = field.kind.type === "choice" && field.kind.multiple === true;
  return (
    <div className={classes.chips}>
      {options.map((option) => (
        <Chip
          key={option.id}
          kind={multiple ? "checkbox" : "radio"}
          name={id}
          checked={Array.isArray(value) ? value.includes(option.id) : value === option.id}
          onPick={() => onChange(toggled(field, value, option.id))}
          hotkey={keyOf(option.id)}
          colour={option.color}
          description={option.description}
        >
          {option.title}
        </Chip>
      ))}
    </div>
  );
}

/** One row for each level; a press on a level cuts what was below. */
function Tree({ field, id, value, onChange, keyOf, options }: FieldInputProps & { options: Choice[] }) {
  const path = Array.isArray(value) ? value : [];
  const levels = [options, ...path.map((_, depth) => childrenOf(options, path.slice(0, depth + 1)))];
  return levels
    .filter((level) => level.length > 0)
    .map((level, depth) => (
      <div
        // biome-ignore lint/suspicious/noArrayIndexKey: a level is its depth.
        key={depth}
        className={classes.chips}
        role="radiogroup"
        aria-label={`${field.title}, level ${depth + 1}`}
      >
        {level.map((option) => (
          <Chip
            key={option.id}
            kind="radio"
            name={`${id}-${depth}`}
            checked={path[depth] === option.id}
            onPick={() => {
              const next =
                path[depth] === option.id ? path.slice(0, depth) : [...path.slice(0, depth), option.id];
              onChange(next.length > 0 ? next : undefined);
            }}
            hotkey={depth === 0 ? keyOf(option.id) : undefined}
            description={option.description}
          >
            {option.title}
          </Chip>
        ))}
      </div>
    ));
}

function Rating({ field, id, value, onChange, max }: FieldInputProps & { max: number }) {
  // With the focus here digits give the rating, whatever they mean elsewhere.
  const press = (event: KeyboardEvent) => {
    const digit = Number(event.key);
    if (event.ctrlKey || event.altKey || !Number.isInteger(digit) || digit < 1 || digit > max) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(digit);
  };
  return (
    <div className={classes.chips} role="radiogroup" aria-label={field.title} onKeyDown={press}>
      {Array.from({ length: max }, (_, index) => index + 1).map((number) => (
        <Chip
          key={number}
          kind="radio"
          name={id}
          checked={value === number}
          onPick={() => onChange(value === number ? undefined : number)}
        >
          {number}
        </Chip>
      ))}
    </div>
  );
}

/** A box where no answer is as good as no; two options where one has to be given. */
function Truth({ field, id, value, onChange }: FieldInputProps) {
  if (!field.required) {
    return (
      <Chip
        kind="checkbox"
        name={id}
        checked={value === true}
        onPick={() => onChange(value === true ? undefined : true)}
      >
        Yes
      </Chip>
    );
  }
  return (
    <div className={classes.chips}>
      {[true, false].map((truth) => (
        <Chip
          key={String(truth)}
          kind="radio"
          name={id}
          checked={value === truth}
          onPick={() => onChange(value === truth ? undefined : truth)}
        >
          {truth ? "Yes" : "No"}
        </Chip>
      ))}
    </div>
  );
}

function NumberInput({ field, id, value, onChange, unit }: FieldInputProps & { unit?: string }) {
  // What is typed need not be a number yet; only what is one goes into the answer.
  const [typed, setTyped] = useState<string>();
  const shown = typed !== undefined && Number(typed) === value ? typed : undefined;
  return (
    <div className={classes.number}>
      <input
        className={classes.input}
        inputMode="decimal"
        aria-label={field.title}
        value={shown ?? (typed !== undefined && value === undefined ? typed : (value?.toString() ?? ""))}
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          setTyped(text);
          const number = Number(text.replace(",", "."));
          onChange(text === "" || !Number.isFinite(number) ? undefined : number, `number ${id}`);
        }}
      />
      {unit ? <span>{unit}</span> : null}
    </div>
  );
}

export function TextInput({
  field,
  id,
  value,
  onChange,
  multiline,
}: FieldInputProps & { multiline: boolean }) {
  const shared = {
    className: classes.input,
    "aria-label": field.title,
    value: typeof value === "string" ? value : "",
    dir: "auto" as const,
  };
  const put = (text: string) => onChange(text === "" ? undefined : text, `text ${id}`);
  return multiline ? (
    <textarea {...shared} rows={3} onChange={(event) => put(event.currentTarget.value)} />
  ) : (
    <input {...shared} onChange={(event) => put(event.currentTarget.value)} />
  );
}
