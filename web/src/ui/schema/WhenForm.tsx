// When a question is asked: always, or only while an earlier one has one of some values.
import { Checkbox, Group, Select, Stack } from "@mantine/core";
import { put } from "../../core/schema/pointer";
import type { Choice, Field } from "../../core/types";
import { useBuilder } from "./builder";
import { Lines } from "./inputs";

const RATINGS_OFFERED = 10;

/** The values that can be offered, by the text that stands for them; undefined where they are to be written. */
function offered(field: Field | undefined): [value: string | number | boolean, title: string][] | undefined {
  if (!field) return undefined;
  const { kind } = field;
  if ("options" in kind) {
    const flat = (options: readonly Choice[]): [string, string][] =>
      options.flatMap((option) => [[option.id, option.title], ...flat(option.children ?? [])]);
    return flat(kind.options);
  }
  if (kind.type === "boolean") {
    return [
      [true, "Yes"],
      [false, "No"],
    ];
  }
  if (kind.type === "rating" && kind.max <= RATINGS_OFFERED) {
    return Array.from({ length: kind.max }, (_, index) => [index + 1, String(index + 1)]);
  }
  return undefined;
}

interface Props {
  field: Field;
  at: string;
  earlier: readonly Field[];
}

export function WhenForm({ field, at, earlier }: Props) {
  const { edit, wrong } = useBuilder();
  const { when } = field;
  if (earlier.length === 0 && !when) return null;
  const asked = earlier.find((one) => one.id === when?.field);
  const values = offered(asked);
  const known = new Map(earlier.filter((one) => one.id !== "").map((one) => [one.id, one.title || one.id]));
  if (when && !known.has(when.field)) known.set(when.field, `${when.field} (is not before this one)`);
  const chosen = (when?.any_of ?? []).map((value) => JSON.stringify(value));
  const titles = new Map(
    (values ?? []).map(([value, title]) => [JSON.stringify(value), title || String(value)]),
  );
  for (const value of chosen) if (!titles.has(value)) titles.set(value, `${value} (is not offered)`);
  const change = (any_of: unknown[], key?: string) =>
    edit((old) => put(old, `${at}/when/any_of`, any_of), key);
  return (
    <Stack gap="xs">
      <Select
        label="Asked only when"
        placeholder="Always"
        clearable
        clearButtonProps={{ "aria-label": "Ask it always" }}
        data={[...known].map(([value, label]) => ({ value, label }))}
        value={when?.field ?? null}
        error={wrong(`${at}/when/field`)}
        onChange={(next) => {
          const first = offered(earlier.find((one) => one.id === next))?.[0]?.[0];
          edit((old) =>
            put(
              old,
              `${at}/when`,
              next === null ? undefined : { field: next, any_of: first === undefined ? [] : [first] },
            ),
          );
        }}
      />
      {when && (values || !asked) ? (
        <Checkbox.Group
          label="is one of"
          value={chosen}
          error={wrong(`${at}/when/any_of`)}
          onChange={(next) => change(next.map((text) => JSON.parse(text) as unknown))}
        >
          <Group gap="md" mt={4}>
            {[...titles].map(([value, title]) => (
              <Checkbox key={value} value={value} label={title} />
            ))}
          </Group>
        </Checkbox.Group>
      ) : null}
      {when && asked && !values ? (
        <Lines
          label="is one of"
          value={when.any_of.map(String)}
          error={wrong(`${at}/when/any_of`)}
          onChange={(lines) =>
            change(
              asked.kind.type === "number" || asked.kind.type === "rating"
                ? lines.map(Number).filter(Number.isFinite)
                : lines,
              `${at}/when/any_of`,
            )
          }
        />
      ) : null}
    </Stack>
  );
}
