// How files are read: mostly by themselves; for tables which column is what, and what happens with bad records.
import { Radio, Select, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Schemas } from "../api/client";
import { formatsQuery } from "../app/queries";
import type { ImportOptions } from "../app/upload/importFiles";
import { columnsOf, delimiterOf, type PickedFile } from "../app/upload/pick";
import { FormatOptionFields } from "./FormatOptionFields";
import { PaneColumns } from "./PaneColumns";

interface Props {
  files: PickedFile[];
  /** The panes of the schema, where it is known. */
  panes?: readonly Schemas["Pane"][];
  value: ImportOptions;
  onChange: (value: ImportOptions) => void;
}

/** More than the longest header anybody has. */
const HEAD_BYTES = 64 << 10;

/** The columns of the first chosen table. */
function useColumns(files: PickedFile[]): string[] {
  const [columns, setColumns] = useState<string[]>([]);
  const delimiter = delimiterOf(files);
  const first = files[0]?.file;
  useEffect(() => {
    let current = true;
    if (first === undefined || delimiter === undefined) {
      setColumns([]);
      return;
    }
    void first
      .slice(0, HEAD_BYTES)
      .text()
      .then((text) => {
        if (current) setColumns([...new Set(columnsOf(text, delimiter).filter(Boolean))]);
      });
    return () => {
      current = false;
    };
  }, [first, delimiter]);
  return columns;
}

const NO_PANES: readonly Schemas["Pane"][] = [];

export function ImportOptionsFields({ files, panes = NO_PANES, value, onChange }: Props) {
  const formats = useQuery(formatsQuery);
  const columns = useColumns(files);
  const set = (change: Partial<ImportOptions>) => onChange({ ...value, ...change });
  const chosen = formats.data?.find((one) => one.id === value.format);
  const known = (column: string) => (columns.includes(column) ? column : "");
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: columns.length > 0 ? 3 : 2 }} spacing="md">
        <Select
          label="Format"
          allowDeselect={false}
          value={value.format}
          data={[
            { value: "auto", label: "Find out" },
            ...(formats.data ?? [])
              .filter((one) => one.reads)
              .map((one) => ({ value: one.id, label: one.title })),
          ]}
          onChange={(format) => set({ format: format ?? "auto", set: {} })}
        />
        {columns.length > 0 ? (
          <>
            <Select
              label="Column with the content"
              value={known(value.content)}
              data={[{ value: "", label: "Find out" }, ...columns]}
              onChange={(content) => set({ content: content ?? "" })}
            />
            <Select
              label="Column with the key"
              value={known(value.key)}
              data={[{ value: "", label: "Find out, or number the rows" }, ...columns]}
              onChange={(key) => set({ key: key ?? "" })}
            />
          </>
        ) : null}
      </SimpleGrid>
      {columns.length > 0 ? (
        <PaneColumns
          columns={columns}
          panes={panes}
          value={value.panes}
          onChange={(next) => set({ panes: next })}
        />
      ) : null}
      <FormatOptionFields
        options={(chosen?.options ?? []).filter((option) => option.reads)}
        value={value.set}
        onChange={(options) => set({ set: options })}
      />
      <Radio.Group
        label="Records that cannot be read"
        value={value.onError}
        onChange={(onError) => set({ onError: onError as ImportOptions["onError"] })}
      >
        <Stack gap={4} mt={4}>
          <Radio value="keep_good" label="Leave them out and list them, keep the good ones" />
          <Radio value="refuse_all" label="Import nothing at all" />
        </Stack>
      </Radio.Group>
    </Stack>
  );
}
