// What is made here: items from a recipe, and changed copies of the items that there are.
import { Button, Code, Group, Image, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ApiError, api, type Schemas, take } from "../../../api/client";
import { ErrorText } from "../../../ui/ErrorText";
import { at, besides } from "../../../ui/errors";
import { augmentationOf, madeOf, synthesisOf } from "./recipes";
import type { Props as FieldProps } from "./SourceFields";
import type { Written } from "./source";

interface Props extends FieldProps {
  schema: Schemas["LabelSchema"];
}

/** Fields with what suits the project, until somebody has written something else. */
export function filled(written: Written, schema: Schemas["LabelSchema"] | undefined): Written {
  if (!schema) return written;
  return {
    ...written,
    what: madeOf(schema) ?? written.what,
    synthesis: written.synthesis || synthesisOf(schema),
    augmentation: written.augmentation || augmentationOf(schema),
  };
}

function Recipe(props: {
  label: string;
  value: string;
  error: Error | null;
  onChange: (text: string) => void;
}) {
  return (
    <Textarea
      label={props.label}
      description="TOML, as the how-to “Make more data” has it."
      autosize
      minRows={6}
      maxRows={24}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      value={props.value}
      error={at(props.error, "/source/recipe")}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

function Seed({ written, change }: FieldProps) {
  return (
    <NumberInput
      label="Seed"
      description="The same one makes the same items."
      min={0}
      w={240}
      value={written.seed}
      onChange={(value) => change({ seed: Number(value) || 0 })}
    />
  );
}

const NOT_FOR_THIS =
  "Recipes make texts, pictures, time series and speech; this project has another kind of data.";

export function SynthesisFields(props: Props) {
  const { written, change, error, schema } = props;
  if (!madeOf(schema)) return <Text size="sm">{NOT_FOR_THIS}</Text>;
  return (
    <Stack gap="sm">
      <Text size="sm">
        What is made comes with its labels as suggestions, is marked as synthetic, and lies in the part{" "}
        <Code>train</Code>: it does not judge what was found.
      </Text>
      <Recipe
        label="Recipe"
        value={written.synthesis}
        error={error}
        onChange={(synthesis) => change({ synthesis })}
      />
      <Group align="flex-start">
        <NumberInput
          label="Items"
          description="At most 100,000."
          min={1}
          w={190}
          value={written.count}
          error={at(error, "/source/count")}
          onChange={(value) => change({ count: Number(value) || 0 })}
        />
        <Seed {...props} />
      </Group>
    </Stack>
  );
}

export function AugmentationFields(props: Props & { project: number }) {
  const { written, change, schema, project } = props;
  const preview = useMutation({
    mutationFn: () =>
      take(
        api.POST("/api/v1/projects/{project}/augmentations/preview", {
          params: { path: { project } },
          body: { recipe: written.augmentation, factor: written.factor, seed: written.seed },
        }),
      ),
  });
  const error = props.error ?? inSource(preview.error);
  if (!madeOf(schema)) return <Text size="sm">{NOT_FOR_THIS}</Text>;
  return (
    <Stack gap="sm">
      <Text size="sm">
        Each item of this project gives changed copies with its labels: the agreed answer, or else the one
        that it came with. Copies know their parents; items that came in a part that judges (<Code>val</Code>,{" "}
        <Code>test</Code>) have none.
      </Text>
      <Recipe
        label="Recipe"
        value={written.augmentation}
        error={error}
        onChange={(augmentation) => change({ augmentation })}
      />
      <Group align="flex-start">
        <NumberInput
          label="Copies of each item"
          description="At most 100."
          min={1}
          w={190}
          value={written.factor}
          error={at(error, "/source/factor")}
          onChange={(value) => change({ factor: Number(value) || 0 })}
        />
        <Seed {...props} />
      </Group>
      <Group>
        <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate()}>
          Show what comes of the first items
        </Button>
      </Group>
      <ErrorText error={besides(preview.error, ["/recipe", "/factor"])} />
      {preview.data && !preview.error ? <Before told={preview.data} /> : null}
    </Stack>
  );
}

/** The fields of the form are those of its source. */
function inSource(error: Error | null): Error | null {
  if (!(error instanceof ApiError)) return error;
  const errors = error.problem.errors?.map((one) => ({ ...one, pointer: `/source${one.pointer}` }));
  return new ApiError({ ...error.problem, errors });
}

function Before({ told }: { told: Schemas["AugmentedView"] }) {
  if (told.sheet == null)
    return (
      <Code block mah={320} style={{ overflow: "auto" }} aria-label="Before and after">
        {told.lines}
      </Code>
    );
  return (
    <Image
      src={`data:image/png;base64,${told.sheet}`}
      alt="Pictures with their labels, before on the left and after on the right"
      maw={960}
      fit="contain"
    />
  );
}
