// Questions about an item, or about a region as its attributes.
import { Select, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { modalityOf } from "../../core/panes";
import { addField, kindOf } from "../../core/schema/edit";
import { lastOf, listAt, parentOf, put, valueAt } from "../../core/schema/pointer";
import type { Field, FieldKind, LabelClass, LabelSchema } from "../../core/types";
import { useBuilder } from "./builder";
import { EntryList } from "./EntryList";
import { IdInput, NumberAt, Words } from "./inputs";
import { OptionList } from "./OptionList";
import { WhenForm } from "./WhenForm";

const KINDS: { value: FieldKind["type"]; label: string }[] = [
  { value: "choice", label: "Choice" },
  { value: "tree", label: "Choice in a tree" },
  { value: "boolean", label: "Yes or no" },
  { value: "rating", label: "Rating" },
  { value: "number", label: "Number" },
  { value: "text", label: "Text" },
  { value: "transcript", label: "Transcript" },
  { value: "ranking", label: "Ranking" },
  { value: "pairwise", label: "Which is better" },
  { value: "concept", label: "Concept of a list" },
];

const kindTitle = (kind: FieldKind) =>
  kind.type === "choice" && kind.multiple
    ? "Several choices"
    : KINDS.find((one) => one.value === kind.type)?.label;

export function QuestionList({ at, noun }: { at: string; noun: string }) {
  const { schema } = useBuilder();
  return (
    <EntryList
      at={at}
      noun={noun}
      entries={listAt<Field>(schema, at)}
      add={(old) => addField(old, at, `New ${noun}`)}
      about={(field) => `${kindTitle(field.kind)}${field.required ? ", required" : ""}`}
    >
      {(field, place) => <QuestionForm field={field} at={place} />}
    </EntryList>
  );
}

/** The kind of data on which the class lies that is asked about; undefined for the item as a whole. */
function modalityOfClass(schema: LabelSchema, at: string): LabelSchema["modality"] | undefined {
  const place = /^\/classes\/\d+/.exec(at)?.[0];
  if (place === undefined) return undefined;
  return modalityOf(schema, (valueAt(schema, place) as LabelClass | undefined)?.pane);
}

function QuestionForm({ field, at }: { field: Field; at: string }) {
  const { schema, edit, wrong } = useBuilder();
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <Select
          label="Kind"
          description="How it is answered."
          allowDeselect={false}
          data={KINDS}
          value={field.kind.type}
          error={wrong(`${at}/kind`)}
          onChange={(type) =>
            type === null
              ? undefined
              : edit((old) =>
                  put(old, `${at}/kind`, kindOf(type as FieldKind["type"], (valueAt(old, at) as Field).kind)),
                )
          }
        />
        <IdInput at={at} />
      </SimpleGrid>
      <Words at={`${at}/help`} label="Help" description="A sentence below the title." optional />
      <Switch
        label="An answer is required"
        checked={field.required === true}
        onChange={(event) => {
          const required = event.currentTarget.checked;
          edit((old) => put(old, `${at}/required`, required));
        }}
      />
      {modalityOfClass(schema, at) === "video" ? (
        <Switch
          label="May change within a track"
          checked={field.mutable === true}
          onChange={(event) => {
            const mutable = event.currentTarget.checked;
            edit((old) => put(old, `${at}/mutable`, mutable));
          }}
        />
      ) : null}
      <KindForm kind={field.kind} at={`${at}/kind`} />
      <WhenForm field={field} at={at} earlier={useEarlier(at)} />
    </Stack>
  );
}

function useEarlier(at: string): readonly Field[] {
  const { schema } = useBuilder();
  return listAt<Field>(schema, parentOf(at)).slice(0, Number(lastOf(at)));
}

function Truth({ at, label, value }: { at: string; label: string; value: boolean | undefined }) {
  const { edit } = useBuilder();
  return (
    <Switch
      label={label}
      checked={value === true}
      onChange={(event) => {
        const checked = event.currentTarget.checked;
        edit((old) => put(old, at, checked));
      }}
    />
  );
}

function KindForm({ kind, at }: { kind: FieldKind; at: string }) {
  const { schema, wrong, edit } = useBuilder();
  const options =
    "options" in kind ? (
      <div>
        <Text size="sm" fw={500} mb={6}>
          Options
        </Text>
        {wrong(`${at}/options`) ? (
          <Text size="sm" c="var(--mantine-color-error)" mb={6} role="alert">
            {wrong(`${at}/options`)}
          </Text>
        ) : null}
        <OptionList at={`${at}/options`} nested={kind.type === "tree"} />
      </div>
    ) : null;
  switch (kind.type) {
    case "choice":
      return (
        <>
          <Switch
            label="Several may be chosen"
            checked={kind.multiple === true}
            onChange={(event) => {
              const multiple = event.currentTarget.checked;
              // The bounds are for several only.
              edit((old) => {
                const { min, max, ...rest } = valueAt(old, at) as typeof kind;
                return put(old, at, multiple ? { ...rest, min, max, multiple } : { ...rest, multiple });
              });
            }}
          />
          {kind.multiple ? (
            <SimpleGrid cols={2} spacing="sm">
              <NumberAt at={`${at}/min`} label="At least" />
              <NumberAt at={`${at}/max`} label="At most" />
            </SimpleGrid>
          ) : null}
          {options}
        </>
      );
    case "tree":
      return (
        <>
          <Truth
            at={`${at}/leaves_only`}
            label="The answer goes down to the last level"
            value={kind.leaves_only}
          />
          {options}
        </>
      );
    case "ranking":
      return (
        <>
          <Truth at={`${at}/ties`} label="Options may share a place" value={kind.ties} />
          {options}
        </>
      );
    case "pairwise":
      return options;
    case "rating":
      return <NumberAt at={`${at}/max`} label="From 1 to" description="2 to 100." needed />;
    case "number":
      return (
        <>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <NumberAt at={`${at}/min`} label="Lowest" whole={false} />
            <NumberAt at={`${at}/max`} label="Highest" whole={false} />
            <Words at={`${at}/unit`} label="Unit" optional />
          </SimpleGrid>
          <Truth at={`${at}/integer`} label="Whole numbers only" value={kind.integer} />
        </>
      );
    case "text":
      return (
        <>
          <Truth at={`${at}/multiline`} label="Several lines" value={kind.multiline} />
          {schema.modality === "dialogue" ? (
            <Switch
              label="May start as one of the responses"
              checked={kind.starts_from === "response"}
              onChange={(event) => {
                const source = event.currentTarget.checked ? "response" : null;
                edit((old) => put(old, `${at}/starts_from`, source));
              }}
            />
          ) : null}
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <NumberAt at={`${at}/max_chars`} label="At most this many characters" />
            <Words
              at={`${at}/pattern`}
              label="Form"
              description="A regular expression for the whole text."
              optional
            />
          </SimpleGrid>
        </>
      );
    case "transcript":
      return <NumberAt at={`${at}/max_chars`} label="At most this many characters" />;
    case "concept":
      return (
        <Words
          at={`${at}/list`}
          label="List of concepts"
          description="Its name. Lists are loaded on the page of schemas."
        />
      );
    case "boolean":
      return null;
  }
}
