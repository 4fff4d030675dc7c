// All templates, found by words, by the kind of data and by what is done; one of them is chosen.
import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useId, useState } from "react";
import { allTags, found, type Template, tagsOf } from "../../core/schema/gallery";
import { EmptyState } from "../EmptyState";
import { capital, counted, words } from "../format";
import { SchemaSketch } from "./SchemaSketch";
import styles from "./TemplateGallery.module.css";

interface Props<One extends Template> {
  templates: readonly One[];
  chosen: string | null;
  onChoose: (template: One) => void;
}

const NOTHING = { words: "", modality: null, tags: [] as string[] };

export function TemplateGallery<One extends Template>({ templates, chosen, onChoose }: Props<One>) {
  const [wanted, setWanted] = useState<{ words: string; modality: string | null; tags: string[] }>(NOTHING);
  const scope = useId();
  const shown = found(templates, wanted) as One[];
  const modalities = [...new Set(templates.map((one) => one.document.modality))];
  // Tags of what is shown: pressing one more never leads to nothing.
  const tags = allTags(shown.length > 0 ? shown : templates);
  const filtered = wanted.words !== "" || wanted.modality !== null || wanted.tags.length > 0;
  const clear = () => setWanted(NOTHING);
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <TextInput
          label="Find a template"
          placeholder="boxes, sentiment, x-ray…"
          type="search"
          style={{ flex: "1 1 14rem" }}
          maw={420}
          value={wanted.words}
          onChange={(event) => setWanted({ ...wanted, words: event.currentTarget.value })}
          onKeyDown={(event) => {
            // The page around is a form: Enter in the search is not its button.
            if (event.key === "Enter") event.preventDefault();
          }}
        />
        <Select
          label="For"
          placeholder="All data"
          w={180}
          clearable
          clearButtonProps={{ "aria-label": "For all data" }}
          value={wanted.modality}
          data={modalities.map((one) => ({ value: one, label: capital(words(one)) }))}
          onChange={(modality) => setWanted({ ...wanted, modality })}
        />
      </Group>
      <fieldset className={styles.tags}>
        <legend className={styles.legend}>Tags</legend>
        {tags.map(([tag, times]) => {
          const pressed = wanted.tags.includes(tag);
          return (
            <button
              key={tag}
              type="button"
              className={styles.tag}
              aria-pressed={pressed}
              onClick={() =>
                setWanted({
                  ...wanted,
                  tags: pressed ? wanted.tags.filter((one) => one !== tag) : [...wanted.tags, tag],
                })
              }
            >
              {tag} <span className={styles.times}>{times}</span>
            </button>
          );
        })}
      </fieldset>
      <Group gap="xs" mih={30}>
        <Text size="sm" c="dimmed" role="status">
          {counted(shown.length, "template")}
        </Text>
        {filtered && shown.length > 0 ? (
          <Button size="compact-sm" variant="default" onClick={clear}>
            Show all
          </Button>
        ) : null}
      </Group>
      {shown.length === 0 ? (
        <EmptyState
          title="No template fits"
          action={
            <Button variant="default" onClick={clear}>
              Show all
            </Button>
          }
        >
          Use fewer words or tags. A schema can also be built from nothing.
        </EmptyState>
      ) : (
        <div role="radiogroup" aria-label="Template" className={styles.cards}>
          {shown.map((template) => {
            const id = `${scope}-${template.id}`;
            return (
              <label
                key={template.id}
                className={styles.card}
                data-chosen={chosen === template.id || undefined}
              >
                <span className={styles.head}>
                  <input
                    type="radio"
                    name={scope}
                    checked={chosen === template.id}
                    aria-labelledby={`${id}-title`}
                    aria-describedby={`${id}-about`}
                    onChange={() => onChoose(template)}
                  />
                  <span id={`${id}-title`} className={styles.title}>
                    {template.title}
                  </span>
                </span>
                <span id={`${id}-about`} className={styles.about}>
                  {template.description} For {words(template.document.modality)};{" "}
                  {tagsOf(template).join(", ")}.
                </span>
                <SchemaSketch schema={template.document} />
              </label>
            );
          })}
        </div>
      )}
    </Stack>
  );
}
