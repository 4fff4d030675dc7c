// One schema, seen as forms or as JSON. The text is the truth: both views read it and write it, and undo goes through it.
import { Alert, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { checkSchema } from "../../core/schema/check";
import { publishedIds } from "../../core/schema/edit";
import { begin, redo, step, undo } from "../../core/schema/history";
import { readSchema, writeSchema } from "../../core/schema/read";
import { placeWords, plain } from "../../core/schema/words";
import type { LabelSchema } from "../../core/types";
import { capital, counted } from "../format";
import { SchemaText, useSchemaProblems } from "../SchemaText";
import { type Builder, BuilderContext } from "./builder";
import styles from "./builder.module.css";
import { LabelerView } from "./LabelerView";
import { SchemaBuilder } from "./SchemaBuilder";

export type EditorView = "forms" | "json";

/** What one begins with who wants no template. */
export const BLANK_SCHEMA = writeSchema({
  name: "",
  modality: "image",
  fields: [],
  classes: [],
  relations: [],
});

interface Props {
  value: string;
  onChange: (text: string) => void;
  view: EditorView;
  onView: (view: EditorView) => void;
  /** The published version that this one follows: its ids stay. */
  base?: LabelSchema;
}

const isTyping = (target: EventTarget) =>
  target instanceof HTMLElement &&
  target.closest("input:not([type=radio], [type=checkbox]), textarea") !== null;

export function SchemaEditor({ value, onChange, view, onView, base }: Props) {
  const [history, setHistory] = useState(() => begin(value));
  const [said, setSaid] = useState("");
  // Another document came from outside, such as another template: what was before is not its past.
  if (value !== history.now) setHistory(begin(value));
  const read = useMemo(() => readSchema(value), [value]);
  const fixed = useMemo(() => publishedIds(base), [base]);
  const served = useSchemaProblems(value);
  const problems = useMemo(() => {
    if ("problem" in read) return [];
    const own = checkSchema(read.schema);
    const told = (served ?? []).filter(
      (one) => !own.some((other) => other.pointer === one.pointer && other.code === one.code),
    );
    return [...own, ...told];
  }, [read, served]);

  const take = (next: typeof history, about = "") => {
    if (next === history) return;
    setHistory(next);
    setSaid(about);
    onChange(next.now);
  };
  const builder: Builder | undefined =
    "problem" in read
      ? undefined
      : {
          schema: read.schema,
          problems,
          fixed,
          edit: (change, key, about) => {
            const next = writeSchema(change(read.schema));
            take(step(history, next, key), about);
          },
          undo: () => take(undo(history), "Undone"),
        };
  const schema = "problem" in read ? undefined : read.schema;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears keys on their way up.
    <div
      className={styles.editor}
      onKeyDown={(event) => {
        // The page around may be a form: Enter in an input of a schema is not its button.
        if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
        const key = event.key.toLowerCase();
        if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y") || isTyping(event.target))
          return;
        event.preventDefault();
        if (key === "y" || event.shiftKey) take(redo(history), "Done again");
        else take(undo(history), "Undone");
      }}
    >
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          aria-label="How the schema is shown"
          value={view}
          data={[
            { value: "forms", label: "Forms" },
            { value: "json", label: "JSON" },
          ]}
          onChange={(next) => onView(next as EditorView)}
        />
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={history.past.length === 0}
            onClick={() => take(undo(history), "Undone")}
          >
            Undo
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={history.future.length === 0}
            onClick={() => take(redo(history), "Done again")}
          >
            Redo
          </Button>
        </Group>
      </Group>
      <output className={styles.said}>
        {said ? (
          <Group gap="xs" component="span">
            <Text span size="sm">
              {said}.
            </Text>
            {said.endsWith("deleted") ? (
              <Button size="compact-xs" variant="default" onClick={() => take(undo(history), "Undone")}>
                Bring it back
              </Button>
            ) : null}
          </Group>
        ) : null}
      </output>
      <div className={styles.columns}>
        <div className={styles.main}>
          {view === "json" ? (
            <SchemaText
              label="Schema"
              value={value}
              onChange={(text) => take(step(history, text, "json"), "")}
            />
          ) : builder ? (
            <BuilderContext value={builder}>
              <Summary schema={builder.schema} problems={problems} />
              <SchemaBuilder />
            </BuilderContext>
          ) : "problem" in read ? (
            <Alert color="yellow" variant="light" title="This JSON cannot be shown as forms" role="alert">
              <Stack gap="xs" align="flex-start">
                <Text size="sm">
                  {read.problem.pointer === "" ? "" : `${read.problem.pointer}: `}
                  {capital(read.problem.message)}.
                </Text>
                <Button size="xs" variant="default" onClick={() => onView("json")}>
                  Mend it as JSON
                </Button>
              </Stack>
            </Alert>
          ) : null}
        </div>
        {schema ? <LabelerView schema={schema} problems={problems} /> : null}
      </div>
    </div>
  );
}

/** How many problems there are, and where; each is shown at its input, too. */
function Summary({ schema, problems }: { schema: LabelSchema; problems: Builder["problems"] }) {
  if (problems.length === 0) return null;
  return (
    <Alert color="red" variant="light" mb="md" title={counted(problems.length, "problem")} role="status">
      <ul className={styles.problems}>
        {problems.slice(0, 5).map((one) => {
          const place = placeWords(schema, one.pointer);
          return (
            <li key={`${one.pointer} ${one.code}`}>
              {place ? `${capital(place)}: ` : ""}
              {place ? plain(schema, one) : capital(plain(schema, one))}
            </li>
          );
        })}
        {problems.length > 5 ? <li>and {problems.length - 5} more</li> : null}
      </ul>
    </Alert>
  );
}
