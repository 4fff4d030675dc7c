// Within which other tier the regions of a class lie, and how.
import { NativeSelect, SimpleGrid } from "@mantine/core";
import { put } from "../../core/schema/pointer";
import { CONSTRAINTS, type TierConstraint } from "../../core/timeline/tiers";
import type { LabelClass } from "../../core/types";
import { useBuilder } from "./builder";

/** What each constraint asks of the regions, in the words of ELAN. */
const RULES: Record<TierConstraint, { label: string; description: string }> = {
  included_in: {
    label: "Included in",
    description: "Each lies within one region of that tier. Gaps are allowed.",
  },
  time_subdivision: {
    label: "Time subdivision",
    description: "They fill a region of that tier, without gaps or overlaps.",
  },
  symbolic_association: {
    label: "Symbolic association",
    description: "It has the times of a region of that tier, which has one at most.",
  },
};

export function TierForm({ one, at }: { one: LabelClass; at: string }) {
  const { schema, edit, wrong } = useBuilder();
  const place = `${at}/parent`;
  const offered = new Map(
    (schema.classes ?? [])
      .filter((other) => other.id !== one.id && other.geometry.includes("interval"))
      .filter((other) => (other.pane ?? undefined) === (one.pane ?? undefined))
      .map((other) => [other.id, other.title.trim() || other.id]),
  );
  const chosen = one.parent;
  // A class that is gone stays to be seen until another one is chosen.
  if (chosen && !offered.has(chosen.class)) offered.set(chosen.class, `${chosen.class} (is no other tier)`);
  if (offered.size === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <NativeSelect
        label="Parent tier"
        description="The class within whose regions those of this one lie."
        value={chosen?.class ?? ""}
        error={wrong(place) ?? wrong(`${place}/class`)}
        data={[{ value: "", label: "None" }, ...[...offered].map(([value, label]) => ({ value, label }))]}
        onChange={(event) => {
          const parent = event.currentTarget.value;
          const tier = { class: parent, constraint: chosen?.constraint ?? "included_in" };
          edit((old) => put(old, place, parent === "" ? undefined : tier));
        }}
      />
      {chosen ? (
        <NativeSelect
          label="Constraint"
          description={RULES[chosen.constraint].description}
          value={chosen.constraint}
          error={wrong(`${place}/constraint`)}
          data={CONSTRAINTS.map((value) => ({ value, label: RULES[value].label }))}
          onChange={(event) => {
            const constraint = event.currentTarget.value;
            edit((old) => put(old, `${place}/constraint`, constraint));
          }}
        />
      ) : null}
    </SimpleGrid>
  );
}
