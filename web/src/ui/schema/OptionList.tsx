// The options of a question; those of a tree have options below them.
import { SimpleGrid, Stack, Text } from "@mantine/core";
import { addOption } from "../../core/schema/edit";
import { listAt } from "../../core/schema/pointer";
import type { Choice } from "../../core/types";
import { counted } from "../format";
import { useBuilder } from "./builder";
import styles from "./builder.module.css";
import { EntryList } from "./EntryList";
import { ColourInput, IdInput, KeyInput, Words } from "./inputs";

export function OptionList({ at, nested }: { at: string; nested: boolean }) {
  const { schema } = useBuilder();
  return (
    <EntryList
      at={at}
      noun="option"
      entries={listAt<Choice>(schema, at)}
      add={(old) => addOption(old, at)}
      mark={(option) =>
        option.color ? <span className={styles.swatch} style={{ background: option.color }} /> : null
      }
      about={(option) => {
        const below = option.children?.length ?? 0;
        return below > 0 ? counted(below, "option") : option.hotkey ? `key ${option.hotkey}` : null;
      }}
    >
      {(option, place) => <OptionForm option={option} at={place} nested={nested} />}
    </EntryList>
  );
}

function OptionForm({ option, at, nested }: { option: Choice; at: string; nested: boolean }) {
  const { wrong } = useBuilder();
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <IdInput at={at} />
        <ColourInput at={at} optional />
        <KeyInput at={at} />
      </SimpleGrid>
      <Words at={`${at}/description`} label="Definition" optional />
      {nested || (option.children ?? []).length > 0 ? (
        <div>
          <Text size="sm" fw={500} mb={6}>
            Options below {option.title.trim() || "it"}
          </Text>
          {wrong(`${at}/children`) ? (
            <Text size="sm" c="var(--mantine-color-error)" mb={6}>
              {wrong(`${at}/children`)}
            </Text>
          ) : null}
          <OptionList at={`${at}/children`} nested={nested} />
        </div>
      ) : null}
    </Stack>
  );
}
