// By which coefficient agreement on a question is measured, and by which method different answers are settled.
import { Fieldset, NumberInput, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client";
import { methodsQuery } from "../../../app/queries";
import type { ProjectSettings } from "../../../app/settings";
import { at } from "../../../ui/errors";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { isVote, type Kind, methodOf, withMethod } from "./methodChoice";

interface Props {
  /** Of the schema version that is chosen; none while it loads. */
  schema: Schemas["LabelSchema"] | undefined;
  value: ProjectSettings;
  error: unknown;
  onChange: (value: ProjectSettings) => void;
}

export function MethodsPanel({ schema, value, error, onChange }: Props) {
  const query = useQuery(methodsQuery);
  const questions = schema?.fields ?? [];
  return (
    <Panel
      title="How answers are measured and settled"
      about={
        <>
          Krippendorff's alpha takes any number of labelers and missing answers. Majority vote needs no
          history and can be explained to everybody; Dawid-Skene is better once each labeler has a few dozen
          answers.
        </>
      }
    >
      <Stack gap="md">
        <Loaded query={query}>
          {(methods) =>
            questions.length === 0 ? (
              <Text size="sm" c="dimmed">
                {schema
                  ? "The schema asks no questions: regions are compared by overlap (F1) and joined region by region."
                  : "The schema is loading."}
              </Text>
            ) : (
              questions.map((field) => (
                <Question
                  key={field.id}
                  field={field}
                  methods={methods}
                  value={value.fields}
                  error={error}
                  onChange={(fields) => onChange({ ...value, fields })}
                />
              ))
            )
          }
        </Loaded>
        <NumberInput
          label="Gold threshold"
          description="Share of gold answers that a labeler must get right to be qualified, above 0 to 100 %"
          maw={420}
          suffix=" %"
          decimalScale={1}
          value={Number((value.gold_threshold * 100).toFixed(1))}
          error={at(error, "/settings/gold_threshold")}
          onChange={(next) => onChange({ ...value, gold_threshold: (Number(next) || 0) / 100 })}
        />
      </Stack>
    </Panel>
  );
}

interface QuestionProps {
  field: Schemas["Field"];
  methods: Schemas["MethodsView"];
  value: ProjectSettings["fields"];
  error: unknown;
  onChange: (fields: ProjectSettings["fields"]) => void;
}

function Question({ field, methods, value, error, onChange }: QuestionProps) {
  const votes = isVote(field.kind);
  const select = (kind: Kind, label: string) => (
    <MethodSelect
      label={label}
      methods={methods[kind]}
      value={methodOf(value, field.id, kind, methods[kind])}
      error={at(error, `/settings/fields/${field.id}/${kind}`)}
      onChange={(method) => onChange(withMethod(value, field.id, kind, method))}
    />
  );
  return (
    <Fieldset
      legend={
        <Text size="sm" fw={600}>
          {field.title}
        </Text>
      }
      p="sm"
      miw={0}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {select("agreement", "Agreement coefficient")}
        {votes ? (
          select("consensus", "Consensus method")
        ) : (
          <Text size="sm" c="dimmed">
            Consensus: answers of this kind are not votes, and are settled item by item.
          </Text>
        )}
      </SimpleGrid>
    </Fieldset>
  );
}

interface SelectProps {
  label: string;
  methods: Schemas["MethodView"][];
  value: string;
  error: string | undefined;
  onChange: (method: Schemas["MethodView"]) => void;
}

function MethodSelect({ label, methods, value, error, onChange }: SelectProps) {
  const chosen = methods.find((one) => one.id === value);
  return (
    <Select
      label={label}
      description={paperWords(chosen)}
      inputWrapperOrder={["label", "input", "description", "error"]}
      allowDeselect={false}
      searchable
      value={value}
      data={methods.map((one) => ({
        value: one.id,
        label: one.is_default ? `${one.title} (default)` : one.title,
      }))}
      error={error}
      onChange={(id) => {
        const method = methods.find((one) => one.id === id);
        if (method) onChange(method);
      }}
    />
  );
}

/** Where a method is described; the server has a dash where that is common knowledge. */
function paperWords(method: Schemas["MethodView"] | undefined): string | undefined {
  if (method === undefined) return undefined;
  return method.paper.length > 1 ? method.paper : "No chance correction";
}
