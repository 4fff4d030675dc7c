// Several answers over each other on one canvas, and their values beside each other in a table.
import { useMemo } from "react";
import { nearest, type Origin } from "../../core/dialogue/distance";
import { differences } from "../../core/match";
import { type PaneOf, paneOf } from "../../core/panes";
import {
  type Answer,
  emptyAnswer,
  type Field,
  type LabelSchema,
  sameValue,
  type Value,
} from "../../core/types";
import { openSession } from "../opening";
import type { LoadedPanes } from "../panes/index";
import type { EditorPlugin, LayerView, Media } from "../plugin";
import classes from "./compare.module.css";
import { distanceWords } from "./EditedText";
import { EditorStage } from "./EditorStage";
import { valueWords } from "./words";

export interface NamedAnswer {
  id: string;
  name: string;
  answer: Answer;
}

export function layersOf(answers: readonly NamedAnswer[], threshold: number, panes: PaneOf): LayerView[] {
  const different = differences(
    answers.map((one) => one.answer),
    threshold,
    panes,
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
  panes: LoadedPanes | undefined;
  answers: readonly NamedAnswer[];
  threshold: number;
}

export function CompareView({ schema, media, plugin, panes, answers, threshold }: Props) {
  const session = useMemo(
    () => openSession({ schema, media, plugin, answer: emptyAnswer() }, panes),
    [schema, media, plugin, panes],
  );
  const layers = useMemo(() => layersOf(answers, threshold, paneOf(schema)), [answers, threshold, schema]);
  return (
    <div className={classes.compare}>
      <div className={classes.canvas}>
        <EditorStage session={session} readOnly layers={layers} label="Both answers over each other" />
      </div>
      <CompareTable
        schema={session.wholeSchema}
        answers={answers}
        layers={layers}
        origins={plugin.origins?.(media)}
        lines
      />
    </div>
  );
}

const LINES = ["solid line", "dashed line", "dotted line", "dash-dot line", "short dashes", "wide dots"];

interface TableProps {
  schema: LabelSchema;
  answers: readonly NamedAnswer[];
  layers: readonly LayerView[];
  /** Say which line belongs to whom. */
  lines?: boolean;
  /** The texts that those that were written may have started from. */
  origins?: readonly Origin[];
}

function FieldValue(props: { field: Field; value: Value | undefined; origins?: readonly Origin[] }) {
  const { field, value, origins } = props;
  if (value === undefined) return "–";
  const edited = field.kind.type === "text" && field.kind.starts_from && typeof value === "string";
  const found = edited ? nearest(value, origins ?? []) : undefined;
  return (
    <>
      {valueWords(field, value)}
      {found ? <small> ({distanceWords(found)})</small> : null}
    </>
  );
}

/** One column an answer; a row in which they differ is marked with a word, not only with colour. */
export function CompareTable({ schema, answers, layers, lines, origins }: TableProps) {
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
            return (
              <tr key={field.id} data-differ={differ || undefined}>
                <th scope="row">
                  {field.title}
                  {differ ? <small className={classes.differ}>differs</small> : null}
                </th>
                {answers.map((one, index) => (
                  <td key={one.id} dir="auto">
                    <FieldValue field={field} value={values[index]} origins={origins} />
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
