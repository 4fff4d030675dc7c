// What each kind of source asks for.
import { Checkbox, Group, NumberInput, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { at } from "../../../ui/errors";
import { RecipeTry } from "./RecipeTry";
import type { Written } from "./source";

export interface Props {
  written: Written;
  change: (part: Partial<Written>) => void;
  error: Error | null;
}

function Addresses({ written, change, error, placeholder }: Props & { placeholder: string }) {
  return (
    <Textarea
      label="Addresses"
      description="One a line."
      placeholder={placeholder}
      autosize
      minRows={2}
      value={written.urls}
      error={at(error, "/source/urls") ?? at(error, "/source/urls/0")}
      onChange={(event) => change({ urls: event.currentTarget.value })}
    />
  );
}

export function WebFields(props: Props & { project: number }) {
  const { written, change, error, project } = props;
  const number = (key: "pages" | "pictures" | "depth" | "rate", label: string, description: string) => (
    <NumberInput
      label={label}
      description={description}
      min={0}
      w={190}
      value={written[key]}
      error={at(error, `/source/${key}`)}
      onChange={(value) => change({ [key]: Number(value) || 0 })}
    />
  );
  return (
    <Stack gap="sm">
      <Addresses {...props} placeholder="https://example.org/" />
      <Group align="flex-start">
        {number("pages", "Pages", "At most.")}
        {number("pictures", "Pictures", "At most.")}
        {number("depth", "Depth", "Links that are followed.")}
        {number("rate", "Requests a second", "To one site, or fewer.")}
        <Select
          label="Reach"
          description="How far from there."
          allowDeselect={false}
          w={220}
          value={written.reach}
          data={[
            { value: "host", label: "The same site" },
            { value: "domain", label: "Also sites below it" },
            { value: "folder", label: "Only the same folder" },
          ]}
          onChange={(next) => change({ reach: (next ?? "host") as Written["reach"] })}
        />
      </Group>
      <Group>
        <Checkbox
          label="Letters in one form"
          checked={written.normalise}
          onChange={(event) => change({ normalise: event.currentTarget.checked })}
        />
        <Checkbox
          label="Words apart, for spans"
          checked={written.tokens}
          onChange={(event) => change({ tokens: event.currentTarget.checked })}
        />
      </Group>
      <Textarea
        label="Recipe for records"
        description="TOML with CSS selectors or paths like //li/h2/text(): each, fields, key, content, next. Empty takes the text of each page."
        autosize
        minRows={2}
        value={written.recipe}
        error={at(error, "/source/recipe")}
        onChange={(event) => change({ recipe: event.currentTarget.value })}
      />
      <RecipeTry project={project} url={written.urls.split("\n")[0]?.trim() ?? ""} recipe={written.recipe} />
    </Stack>
  );
}

export function HubFields({ written, change, error }: Props) {
  const field = (
    key: "dataset" | "configuration" | "splits" | "base_url",
    label: string,
    placeholder: string,
  ) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      w={260}
      value={written[key]}
      error={at(error, `/source/${key}`)}
      onChange={(event) => change({ [key]: event.currentTarget.value })}
    />
  );
  return (
    <Group align="flex-start">
      {field("dataset", "Dataset", "owner/name")}
      {field("configuration", "Configuration", "all")}
      {field("splits", "Splits", "all, or train, test")}
      {field("base_url", "Viewer of a mirror", "the hub's own")}
    </Group>
  );
}

export function HttpFields(props: Props) {
  const { written, change } = props;
  return (
    <Stack gap="sm">
      <Addresses {...props} placeholder="https://example.org/reviews.parquet" />
      <TextInput
        label="Column with the text"
        description="For tables."
        w={260}
        value={written.content}
        onChange={(event) => change({ content: event.currentTarget.value })}
      />
    </Stack>
  );
}
