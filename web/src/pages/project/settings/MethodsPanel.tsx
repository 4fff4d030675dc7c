// By which coefficient agreement on a question is measured, and by which method different answers are settled.
import { Fieldset, NumberInput, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Schemas } from "../../../api/client";
import { methodsQuery } from "../../../app/queries";
import type { ProjectSettings } from "../../../app/settings";
import { at } from "../../../ui/errors";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { formOfField, formOfGeometry, geometriesOf, type Kind, withMethod, withShape } from "./methodChoice";

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
  const geometries = geometriesOf(schema);
  return (
    <Panel
      title="How answers are measured and settled"
      about={
        <>
          Krippendorff's alpha takes any number of labelers and missing answers. Majority vote needs no
          history and can be explained to everybody; Dawid-Skene is better once each labeler has a few dozen
          answers. Regions of different labelers are matched by overlap first; then each thing that more than
          half of them drew gets one shape.
        </>
      }
    >
      <Stack gap="md">
        <Loaded query={query}>
          {(methods) => (
            <>
              {schema === undefined && (
                <Text size="sm" c="dimmed">
                  The schema is loading.
                </Text>
              )}
              {questions.map((field) => (
                <Question
                  key={field.id}
                  field={field}
                  methods={methods}
                  value={value.fields}
                  error={error}
                  onChange={(fields) => onChange({ ...value, fields })}
                />
              ))}
              {geometries.length > 0 && (
                <Fieldset legend={<Legend>Regions</Legend>} p="sm" miw={0}>
                  <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
                    {geometries.map((kind) => (
                      <MethodSelect
                        key={kind}
                        label={`Consensus method: ${kind.replaceAll("_", " ")}`}
                        form={formed(methods, formOfGeometry(kind))}
                        value={value.shapes[kind]}
                        error={at(error, `/settings/shapes/${kind}`)}
                        onChange={(method) =>
                          onChange({ ...value, shapes: withShape(value.shapes, kind, method) })
                        }
                      />
                    ))}
                  </SimpleGrid>
                </Fieldset>
              )}
            </>
          )}
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

function formed(methods: Schemas["MethodsView"], form: string): Pick<Schemas["FormView"], "methods" | "why"> {
  return methods.consensus.find((one) => one.form === form) ?? { methods: [], why: "" };
}

function Legend({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" fw={600}>
      {children}
    </Text>
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
  const own = value[field.id];
  const change = (kind: Kind) => (method: Schemas["MethodView"]) =>
    onChange(withMethod(value, field.id, kind, method));
  return (
    <Fieldset legend={<Legend>{field.title}</Legend>} p="sm" miw={0}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <MethodSelect
          label="Agreement coefficient"
          form={{ methods: methods.agreement, why: "takes any number of labelers and missing answers" }}
          value={own?.agreement ?? undefined}
          error={at(error, `/settings/fields/${field.id}/agreement`)}
          onChange={change("agreement")}
        />
        <MethodSelect
          label="Consensus method"
          form={formed(methods, formOfField(field.kind))}
          value={own?.consensus ?? undefined}
          error={at(error, `/settings/fields/${field.id}/consensus`)}
          onChange={change("consensus")}
        />
      </SimpleGrid>
    </Fieldset>
  );
}

interface SelectProps {
  label: string;
  form: Pick<Schemas["FormView"], "methods" | "why">;
  /** The default one where none was chosen. */
  value: string | undefined;
  error: string | undefined;
  onChange: (method: Schemas["MethodView"]) => void;
}

function MethodSelect({ label, form, value, error, onChange }: SelectProps) {
  const chosen = form.methods.find((one) => (value === undefined ? one.is_default : one.id === value));
  return (
    <Select
      label={label}
      description={about(chosen, form.why)}
      inputWrapperOrder={["label", "input", "description", "error"]}
      allowDeselect={false}
      searchable
      value={chosen?.id ?? null}
      data={form.methods.map((one) => ({
        value: one.id,
        label: one.is_default ? `${one.title} (default)` : one.title,
      }))}
      error={error}
      onChange={(id) => {
        const method = form.methods.find((one) => one.id === id);
        if (method) onChange(method);
      }}
    />
  );
}

/** Why the default is the default, and where a method is described. */
function about(method: Schemas["MethodView"] | undefined, why: string): string | undefined {
  const paper = method !== undefined && method.paper.length > 1 ? method.paper : undefined;
  if (method?.is_default) return paper === undefined ? why : `${why}; ${paper}`;
  return paper;
}
