// What the labeler will see of a schema, to be tried: classes with their keys, definitions and questions.
import { Kbd, Text } from "@mantine/core";
import { useState } from "react";
import type { Problem } from "../../core/schema/check";
import { commandOf, schemaKeys } from "../../core/schemakeys";
import type { Field, LabelSchema, Value, Values } from "../../core/types";
import { FieldForm } from "../../editor/shell/FieldForm";
import "../../editor/shell/styles";
import { words } from "../format";
import styles from "./builder.module.css";
import { EditorNote } from "./EditorNote";
import { GeometryIcon } from "./GeometryIcon";
import { paneTitle } from "./PaneList";

interface Props {
  schema: LabelSchema;
  problems: readonly Problem[];
}

export function LabelerView({ schema, problems }: Props) {
  const [picked, setPicked] = useState<string>();
  const { classes = [], relations = [] } = schema;
  const keys = new Map(
    schemaKeys(
      schema,
      classes.flatMap((one) => one.geometry),
    ).map((entry) => [entry.id, entry.keys[0]]),
  );
  const index = Math.max(
    0,
    classes.findIndex((one) => one.id === picked),
  );
  const one = classes[index];
  // A question that is wrong cannot be tried, and an id that is there twice would be answered twice.
  const sound = (fields: readonly Field[], at: string) =>
    fields.filter(
      (_, position) => !problems.some((problem) => startsAt(problem.pointer, `${at}/${position}`)),
    );
  const fields = sound(schema.fields ?? [], "/fields");
  const left = (schema.fields ?? []).length - fields.length;
  return (
    <section className={styles.view} aria-label="What the labeler sees">
      <Text size="sm" fw={600}>
        What the labeler sees
      </Text>
      <EditorNote modality={schema.modality} />
      <Panes schema={schema} />
      {classes.length === 0 && (schema.fields ?? []).length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing yet: add a class or a question.
        </Text>
      ) : null}
      {classes.length > 0 ? (
        <ul className={styles.palette} aria-label="Classes">
          {classes.map((each, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: ids change while titles are typed.
            <li key={position}>
              <button
                type="button"
                className={styles.pick}
                aria-pressed={position === index}
                onClick={() => setPicked(each.id)}
              >
                <span className={styles.swatch} style={{ background: each.color }} />
                <span className={styles.pickTitle}>
                  {each.title}
                  {each.pane == null ? null : <small> in {paneTitle(schema, each.pane)}</small>}
                </span>
                {each.geometry.map((kind) => (
                  <GeometryIcon key={kind} kind={kind} />
                ))}
                <Key of={keys.get(commandOf({ kind: "class", id: each.id }))} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {one ? (
        <div className={styles.picked}>
          <Text size="xs" c="dimmed">
            {one.geometry.map(words).join(" or ")}
          </Text>
          {one.description ? <Text size="sm">{one.description}</Text> : null}
          {(one.examples?.positive ?? []).map((text) => (
            <Text key={text} size="sm">
              ✓ {text}
            </Text>
          ))}
          {(one.examples?.negative ?? []).map((text) => (
            <Text key={text} size="sm">
              ✗ {text}
            </Text>
          ))}
          <Tried scope="try-attribute" fields={sound(one.attributes ?? [], `/classes/${index}/attributes`)} />
        </div>
      ) : null}
      {relations.length > 0 ? (
        <Text size="sm">Joined by: {relations.map((each) => each.title).join(", ")}</Text>
      ) : null}
      <Tried
        scope="try-field"
        fields={fields}
        keyOf={(field, option) => keys.get(commandOf({ kind: "option", field, option }))}
      />
      {left > 0 ? (
        <Text size="sm" c="dimmed">
          Questions with a problem are not shown.
        </Text>
      ) : null}
    </section>
  );
}

/** The item and what comes with it, side by side as the labeler has them: texts with a few words, others empty. */
function Panes({ schema }: { schema: LabelSchema }) {
  const { panes = [], modality } = schema;
  if (panes.length === 0) return null;
  // biome-ignore lint/suspicious/noArrayIndexKey: ids change while titles are typed.
  const notes = panes.map((pane, index) => <EditorNote key={index} modality={pane.modality} />);
  return (
    <>
      {notes}
      <ul className={styles.panes} aria-label="Panes">
        <Pane title="The item itself" modality={modality} />
        {panes.map((pane, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: ids change while titles are typed.
          <Pane key={index} title={pane.title} modality={pane.modality} />
        ))}
      </ul>
    </>
  );
}

function Pane({ title, modality }: { title: string; modality: LabelSchema["modality"] }) {
  return (
    <li>
      <Text size="xs" fw={600}>
        {title}
      </Text>
      <Text size="xs" c="dimmed">
        {modality === "text" ? "A dog runs over a lawn." : words(modality)}
      </Text>
    </li>
  );
}

const startsAt = (pointer: string, at: string) => pointer === at || pointer.startsWith(`${at}/`);

function Key({ of }: { of: string | undefined }) {
  return of ? <Kbd size="xs">{of}</Kbd> : null;
}

interface TriedProps {
  scope: string;
  fields: readonly Field[];
  keyOf?: (field: string, option: string) => string | undefined;
}

/** Answers that are given here go nowhere. Another kind of question begins empty. */
function Tried({ scope, fields, keyOf }: TriedProps) {
  const [values, setValues] = useState<Record<string, { type: string; value: Value }>>({});
  const current: Values = {};
  for (const field of fields) {
    const kept = values[field.id];
    if (kept?.type === field.kind.type) current[field.id] = kept.value;
  }
  return (
    <FieldForm
      scope={scope}
      fields={fields}
      values={current}
      keyOf={keyOf}
      onChange={(id, value) => {
        const type = fields.find((field) => field.id === id)?.kind.type ?? "";
        setValues((old) => {
          const { [id]: _, ...rest } = old;
          return value === undefined ? rest : { ...rest, [id]: { type, value } };
        });
      }}
    />
  );
}
