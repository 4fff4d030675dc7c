// What comes with an item beside its own data, and in which of it a class lies.
import { NativeSelect, SimpleGrid } from "@mantine/core";
import { PANES_MAXIMUM } from "../../core/schema/check";
import { addPane, lyingIn, withPaneModality } from "../../core/schema/panes";
import { MODALITIES } from "../../core/schema/read";
import type { LabelClass, LabelSchema } from "../../core/types";
import { capital, words } from "../format";
import { useBuilder } from "./builder";
import { EntryList } from "./EntryList";
import { IdInput } from "./inputs";

/** A pane that is gone goes by its id until somebody takes it away. */
export const paneTitle = (schema: LabelSchema, id: string): string =>
  schema.panes?.find((pane) => pane.id === id)?.title.trim() || id;

export function PaneList() {
  const { schema, edit, wrong } = useBuilder();
  return (
    <EntryList
      at="/panes"
      noun="pane"
      entries={schema.panes ?? []}
      add={(old) => addPane(old)}
      most={PANES_MAXIMUM}
      about={(pane) => words(pane.modality)}
    >
      {(pane, at) => (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <IdInput at={at} />
          <NativeSelect
            label="Kind of data"
            data={MODALITIES.map((value) => ({ value, label: capital(words(value)) }))}
            value={pane.modality}
            error={wrong(`${at}/modality`)}
            onChange={(event) => {
              const modality = event.currentTarget.value as LabelSchema["modality"];
              edit((old) => withPaneModality(old, at, modality));
            }}
          />
        </SimpleGrid>
      )}
    </EntryList>
  );
}

/** Only where there is something to choose from, or something to mend. */
export function PaneSelect({ one, at }: { one: LabelClass; at: string }) {
  const { schema, edit, wrong } = useBuilder();
  const offered = new Map((schema.panes ?? []).map((pane) => [pane.id, pane.title.trim() || pane.id]));
  if (one.pane != null && !offered.has(one.pane)) offered.set(one.pane, `${one.pane} (is no pane)`);
  if (offered.size === 0) return null;
  return (
    <NativeSelect
      label="Lies in"
      description="On which data its regions are made."
      value={one.pane ?? ""}
      error={wrong(`${at}/pane`)}
      data={[
        { value: "", label: "The item itself" },
        ...[...offered].map(([value, label]) => ({ value, label })),
      ]}
      onChange={(event) => {
        const pane = event.currentTarget.value;
        edit((old) => lyingIn(old, at, pane === "" ? undefined : pane));
      }}
    />
  );
}
