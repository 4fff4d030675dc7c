// What may hold between two regions, and from which classes to which.
import { Checkbox, Group, SimpleGrid, Stack, Switch } from "@mantine/core";
import { addRelation } from "../../core/schema/edit";
import { put } from "../../core/schema/pointer";
import type { RelationType } from "../../core/types";
import { useBuilder } from "./builder";
import { EntryList } from "./EntryList";
import { IdInput } from "./inputs";

export function RelationList() {
  const { schema } = useBuilder();
  const titles = new Map((schema.classes ?? []).map((one) => [one.id, one.title]));
  const named = (ids: readonly string[] | undefined) =>
    ids && ids.length > 0 ? ids.map((id) => titles.get(id) ?? id).join(" or ") : "any";
  return (
    <EntryList
      at="/relations"
      noun="relation"
      entries={schema.relations ?? []}
      add={(old) => addRelation(old)}
      about={(one) => `${named(one.from)} ${one.directed ? "→" : "↔"} ${named(one.to)}`}
    >
      {(one, place) => <RelationForm one={one} at={place} />}
    </EntryList>
  );
}

function RelationForm({ one, at }: { one: RelationType; at: string }) {
  const { edit, wrongUnder } = useBuilder();
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <IdInput at={at} />
        <Switch
          label="It has a direction"
          checked={one.directed === true}
          onChange={(event) => {
            const directed = event.currentTarget.checked;
            // What has a direction joins into no chains.
            edit((old) => {
              const next = put(old, `${at}/directed`, directed);
              return directed && one.transitive ? put(next, `${at}/transitive`, false) : next;
            });
          }}
        />
        {one.directed ? null : (
          <Switch
            label="It joins into chains"
            description="Whatever is joined to the same thing belongs together, as in coreference."
            checked={one.transitive === true}
            error={wrongUnder(`${at}/transitive`)}
            onChange={(event) => {
              const transitive = event.currentTarget.checked;
              edit((old) => put(old, `${at}/transitive`, transitive));
            }}
          />
        )}
      </SimpleGrid>
      <Side at={`${at}/from`} label="From" ids={one.from ?? []} />
      <Side at={`${at}/to`} label="To" ids={one.to ?? []} />
    </Stack>
  );
}

function Side({ at, label, ids }: { at: string; label: string; ids: readonly string[] }) {
  const { schema, edit, wrongUnder } = useBuilder();
  const offered = new Map((schema.classes ?? []).map((one) => [one.id, one.title || one.id]));
  // A class that is gone stays to be seen until somebody takes it away.
  for (const id of ids) if (!offered.has(id)) offered.set(id, `${id} (is no class)`);
  return (
    <Checkbox.Group
      label={label}
      description="None for any class."
      value={[...ids]}
      error={wrongUnder(at)}
      onChange={(next) => edit((old) => put(old, at, next))}
    >
      <Group gap="md" mt={4}>
        {[...offered].map(([id, title]) => (
          <Checkbox key={id} value={id} label={title} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
