// What can be set of a format when it is read or written, as the server's table of formats declares it.
import { Select, SimpleGrid, TextInput } from "@mantine/core";
import type { Schemas } from "../api/client";

/** Options that are set, by their keys; the others are left to the format. */
export type FormatOptions = Record<string, string>;

interface Props {
  options: Schemas["OptionView"][];
  value: FormatOptions;
  onChange: (value: FormatOptions) => void;
}

/** `first_frame` as `First frame`. */
function label(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function FormatOptionFields({ options, value, onChange }: Props) {
  if (options.length === 0) return null;
  const set = (key: string, next: string) => {
    const { [key]: _, ...others } = value;
    onChange(next === "" ? others : { ...others, [key]: next });
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      {options.map((option) =>
        option.values.length > 0 ? (
          <Select
            key={option.key}
            label={label(option.key)}
            description={option.help}
            allowDeselect={false}
            value={value[option.key] ?? ""}
            data={[{ value: "", label: "As usual" }, ...option.values]}
            onChange={(next) => set(option.key, next ?? "")}
          />
        ) : (
          <TextInput
            key={option.key}
            label={label(option.key)}
            description={option.help}
            placeholder="As usual"
            value={value[option.key] ?? ""}
            onChange={(event) => set(option.key, event.currentTarget.value)}
          />
        ),
      )}
    </SimpleGrid>
  );
}
