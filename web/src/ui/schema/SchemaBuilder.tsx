// A schema as forms: what it is for, its classes, questions and relations.
import { Select, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { addClass, withModality } from "../../core/schema/edit";
import { MODALITIES } from "../../core/schema/read";
import type { LabelSchema } from "../../core/types";
import { capital, words } from "../format";
import { useBuilder } from "./builder";
import styles from "./builder.module.css";
import { ClassForm } from "./ClassForm";
import { EntryList } from "./EntryList";
import { GeometryIcon } from "./GeometryIcon";
import { LongWords, Words } from "./inputs";
import { PaneList, paneTitle } from "./PaneList";
import { QuestionList } from "./QuestionList";
import { RelationList } from "./RelationList";

export function SchemaBuilder() {
  const { schema, edit, wrong } = useBuilder();
  const { classes = [], relations = [] } = schema;
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <Words at="/name" label="Name of the schema" />
        <Select
          label="For"
          description={undefined}
          allowDeselect={false}
          data={MODALITIES.map((one) => ({ value: one, label: capital(words(one)) }))}
          value={schema.modality}
          error={wrong("/modality")}
          onChange={(next) =>
            next === null ? undefined : edit((old) => withModality(old, next as LabelSchema["modality"]))
          }
        />
      </SimpleGrid>
      <LongWords at="/description" label="What it is about" />
      <Part
        title="Panes"
        about="What else comes with each item and is shown beside it: the caption of a picture, the recording of a transcript."
        at="/panes"
      >
        <PaneList />
      </Part>
      <Part title="Classes" about="What regions may be: things that are drawn or marked." at="/classes">
        <EntryList
          at="/classes"
          noun="class"
          entries={classes}
          add={(old) => addClass(old)}
          mark={(one) => <span className={styles.swatch} style={{ background: one.color }} />}
          about={(one) => (
            <span className={styles.kinds} title={one.geometry.map(words).join(", ")}>
              {one.geometry.slice(0, 4).map((kind) => (
                <GeometryIcon key={kind} kind={kind} />
              ))}
              {one.hotkey ? `key ${one.hotkey}` : null}
              {one.pane == null ? null : ` in ${paneTitle(schema, one.pane)}`}
            </span>
          )}
        >
          {(one, place) => <ClassForm one={one} at={place} />}
        </EntryList>
      </Part>
      <Part title="Questions" about="Asked about the item as a whole." at="/fields">
        <QuestionList at="/fields" noun="question" />
      </Part>
      {classes.length > 0 || relations.length > 0 ? (
        <Part title="Relations" about="What may hold between two regions." at="/relations">
          <RelationList />
        </Part>
      ) : null}
    </Stack>
  );
}

function Part({
  title,
  about,
  at,
  children,
}: {
  title: string;
  about: string;
  at: string;
  children: ReactNode;
}) {
  const { wrong } = useBuilder();
  return (
    <section aria-label={title}>
      <Title order={3} size="h4">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {about}
      </Text>
      {wrong(at) ? (
        <Text size="sm" c="var(--mantine-color-error)" mb="xs">
          {wrong(at)}
        </Text>
      ) : null}
      {children}
    </section>
  );
}
