// Several answers over each other on one canvas, and their values beside each other in a table.
import { useMemo } from "react";
import { differences } from "../../core/match";
import { type Answer, emptyAnswer, type LabelSchema, sameValue, type Value } from "../../core/types";
import type { EditorPlugin, LayerView, Media } from "../plugin";
import { EditorSession } from "../session";
import classes from "./compare.module.css";
import { EditorCanvas } from "./EditorCanvas";

export interface NamedAnswer {
  id: string;
  name: string;
  answer: Answer;
}

export function layersOf(answers: readonly NamedAnswer[], threshold: number): LayerView[] {
  const different = differences(
    answers.map((one) => one.answer),
    threshold,
  );
  return answers.map((one, index) => ({
    id: one.id,
    name: one.name,
    style: index,
    regions: one.answer.regions,
    different: answers.length > 1 ? (different[index] ?? new Set()) : new Set(),
  }));
}

interface Props {
  schema: LabelSchema;
  media: Media;
  plugin: EditorPlugin;
  answers: readonly NamedAnswer[];
  threshold: number;
}

export function CompareView({ schema, media, plugin, answers, threshold }: Props) {
  const session = useMemo(
    () => new EditorSession({ schema, media, plugin, answer: emptyAnswer() }),
    [schema, media, plugin],
  );
  const layers = useMemo(() => layersOf(answers, threshold), [answers, threshold]);
  return (
    <div className={classes.compare}>
      <div className={classes.canvas}>
        <EditorCanvas session={session} readOnly layers={layers} label="Both answers over each other" />
      </div>
      <CompareTable schema={schema} answers={answers} layers={layers} lines />
    </div>
  );
}

const LINES = ["solid line", "dashed line", "dotted line", "dash-dot line", "short dashes", "wide dots"];

function words(value: Value | undefined, titles: ReadonlyMap<string, string>): string {
  if (value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map((one) => titles.get(one) ?? one).join(", ");
  return titles.get(String(value)) ?? String(value);
}

interface TableProps {
  schema: LabelSchema;
  answers: readonly NamedAnswer[];
  layers: readonly LayerView[];
  /** Say which line belongs to whom. */
  lines?: boolean;
}

/** One column an answer; a row in which they differ is marked with a word, not only with colour. */
export function CompareTable({ schema, answers, layers, lines }: TableProps) {
  const fields = schema.fields ?? [];
  const hasRegions = (schema.classes ?? []).length > 0;
  const hasRelations = (schema.relations ?? []).length > 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls has to be reached by the keyboard.
    <section className={classes.scroll} tabIndex={0} aria-label="Answers compared">
      <table className={classes.table}>
        <thead>
          <tr>
            <td />
            {answers.map((one, index) => (
              <th key={one.id} scope="col">
                <bdi>{one.name}</bdi>
                {lines && hasRegions ? <small> {LINES[index % LINES.length]}</small> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => {
            const values = answers.map((one) => one.answer.fields[field.id]);
            const differ = values.some((value) => !sameValue(value, values[0]));
            const titles = new Map(
              "options" in field.kind ? field.kind.options.map((one) => [one.id, one.title]) : [],
            );
            return (
              <tr key={field.id} data-differ={differ || undefined}>
                <th scope="row">
                  {field.title}
                  {differ ? <small className={classes.differ}>differs</small> : null}
                </th>
                {answers.map((one, index) => (
                  <td key={one.id} dir="auto">
                    {words(values[index], titles)}
                  </td>
                ))}
              </tr>
            );
          })}
          {hasRegions ? (
            <tr>
              <th scope="row">Regions</th>
              {layers.map((layer) => (
                <td key={layer.id}>
                  {layer.regions.length}
                  {layer.different.size > 0 ? `, ${layer.different.size} without a match` : ""}
                </td>
              ))}
            </tr>
          ) : null}
          {hasRelations ? (
            <tr>
              <th scope="row">Relations</th>
              {answers.map((one) => (
                <td key={one.id}>{one.answer.relations.length}</td>
              ))}
            </tr>
          ) : null}
        </tbody>
      </table>
    </section>
  );
}
