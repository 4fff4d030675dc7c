// What a call asks for: written once for a new call and for changes of one.
import { Checkbox, Group, NumberInput, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { at } from "../../../ui/errors";
import {
  categoriesOf,
  categoriesText,
  fieldsOf,
  fieldsText,
  isoTime,
  KINDS,
  type Kind,
  localTime,
  type Settings,
} from "./call";

interface Props {
  settings: Settings;
  terms: string;
  error: unknown;
  change: (part: Partial<Settings>) => void;
  changeTerms: (terms: string) => void;
}

/** Places of mistakes that stand beside their field. */
export const PLACES = [
  "/terms",
  ...["title", "instructions", "kinds", "fields", "licence", "most", "most_each", "closes_at"].map(
    (name) => `/settings/${name}`,
  ),
];

export function CallForm({ settings, terms, error, change, changeTerms }: Props) {
  const number = (key: "most" | "most_each", label: string) => (
    <NumberInput
      label={label}
      description="Any number without it."
      min={1}
      w={190}
      value={settings[key] ?? ""}
      error={at(error, `/settings/${key}`)}
      onChange={(value) => change({ [key]: typeof value === "number" ? value : null })}
    />
  );
  const time = (key: "opens_at" | "closes_at", label: string) => (
    <TextInput
      type="datetime-local"
      label={label}
      w={230}
      value={localTime(settings[key])}
      error={at(error, `/settings/${key}`)}
      onChange={(event) => change({ [key]: isoTime(event.currentTarget.value) })}
    />
  );
  return (
    <Stack gap="sm">
      <TextInput
        label="Title"
        value={settings.title}
        error={at(error, "/settings/title")}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <Textarea
        label="Instructions"
        description="Everybody with the link reads them."
        autosize
        minRows={3}
        value={settings.instructions ?? ""}
        error={at(error, "/settings/instructions")}
        onChange={(event) => change({ instructions: event.currentTarget.value })}
      />
      <Checkbox.Group
        label="What may be given"
        value={settings.kinds}
        error={at(error, "/settings/kinds")}
        onChange={(kinds) => change({ kinds: kinds as Kind[] })}
      >
        <Group mt={4}>
          {KINDS.map((kind) => (
            <Checkbox key={kind.value} value={kind.value} label={kind.label} />
          ))}
        </Group>
      </Checkbox.Group>
      {settings.kinds.includes("form") ? (
        <Lines
          label="Fields of the form"
          description="One a line: Name, Age (number), Tame (yes or no), Animal (cat | dog). A star at the end makes it needed."
          text={fieldsText(settings.fields)}
          error={at(error, "/settings/fields")}
          onChange={(text) => change({ fields: fieldsOf(text) })}
        />
      ) : null}
      <Lines
        label="Categories"
        description="One a line, if contributors shall choose one: Cat, or Cat: 200 for at most so many."
        text={categoriesText(settings.categories)}
        onChange={(text) => change({ categories: categoriesOf(text) })}
      />
      <Textarea
        label="Terms"
        description="What contributors agree to. Other words are a new version: everybody is asked again."
        autosize
        minRows={4}
        value={terms}
        error={at(error, "/terms")}
        onChange={(event) => changeTerms(event.currentTarget.value)}
      />
      <TextInput
        label="Licence"
        description="Goes with every item, for example CC BY 4.0."
        w={300}
        value={settings.licence ?? ""}
        error={at(error, "/settings/licence")}
        onChange={(event) => change({ licence: event.currentTarget.value })}
      />
      <Group align="flex-start">
        {number("most_each", "Most of one person")}
        {number("most", "Most in all")}
        {time("opens_at", "Opens")}
        {time("closes_at", "Closes")}
      </Group>
      <Switch
        label="Accept at once what no check finds anything about"
        checked={settings.accept_at_once ?? false}
        onChange={(event) => change({ accept_at_once: event.currentTarget.checked })}
      />
      <Switch
        label="Paused"
        checked={settings.paused ?? false}
        onChange={(event) => change({ paused: event.currentTarget.checked })}
      />
      <CompletionFields settings={settings} error={error} change={change} />
    </Stack>
  );
}

function CompletionFields({ settings, error, change }: Pick<Props, "settings" | "error" | "change">) {
  const { completion } = settings;
  return (
    <Stack gap="xs">
      <Switch
        label="A panel sends people: show them a completion code"
        checked={completion != null}
        onChange={(event) => change({ completion: event.currentTarget.checked ? { least: 1 } : null })}
      />
      {completion ? (
        <Group align="flex-start">
          <NumberInput
            label="After so many contributions"
            min={1}
            w={210}
            value={completion.least}
            error={at(error, "/settings/completion/least")}
            onChange={(value) => change({ completion: { ...completion, least: Number(value) || 1 } })}
          />
          <TextInput
            label="Address that leads back"
            description="With {code}, {worker_id}, {study_id}, {session_id} in it, if there is one."
            style={{ flex: "1 1 20rem" }}
            value={completion.url ?? ""}
            error={at(error, "/settings/completion/url")}
            onChange={(event) =>
              change({ completion: { ...completion, url: event.currentTarget.value.trim() || null } })
            }
          />
        </Group>
      ) : null}
    </Stack>
  );
}

interface LinesProps {
  label: string;
  description: string;
  text: string;
  error?: string | undefined;
  onChange: (text: string) => void;
}

/** Keeps what is being written, which is not yet what it will mean. */
function Lines({ label, description, text, error, onChange }: LinesProps) {
  const [written, setWritten] = useState(text);
  return (
    <Textarea
      label={label}
      description={description}
      autosize
      minRows={2}
      value={written}
      error={error}
      onChange={(event) => {
        setWritten(event.currentTarget.value);
        onChange(event.currentTarget.value);
      }}
    />
  );
}
