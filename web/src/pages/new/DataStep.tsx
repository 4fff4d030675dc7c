import { Radio, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { datasetsQuery, schemaVersionQuery } from "../../app/queries";
import { DEFAULT_IMPORT } from "../../app/upload/importFiles";
import { readSchema } from "../../core/schema/read";
import { ErrorText } from "../../ui/ErrorText";
import { FilePicker } from "../../ui/FilePicker";
import { counted } from "../../ui/format";
import { ImportOptionsFields } from "../../ui/ImportOptionsFields";
import type { DataChoice, SchemaChoice } from "./createProject";

interface Props {
  workspace: number;
  value: DataChoice;
  /** What is chosen in the next step: the panes of that schema are offered for columns. */
  schema: SchemaChoice;
  disabled: boolean;
  onChange: (value: DataChoice) => void;
}

function usePanes(schema: SchemaChoice) {
  const version = schema.type === "existing" ? schema.version : null;
  const stored = useQuery({ ...schemaVersionQuery(version ?? 0), enabled: version !== null }).data;
  if (schema.type === "existing") return stored?.document.panes;
  const read = readSchema(schema.text);
  return "schema" in read ? read.schema.panes : undefined;
}

export function DataStep({ workspace, value, schema, disabled, onChange }: Props) {
  const panes = usePanes(schema);
  const datasets = useQuery(datasetsQuery(workspace));
  return (
    <Stack gap="md">
      <Radio.Group
        aria-label="Where the data is"
        value={value.type}
        onChange={(type) =>
          onChange(
            type === "existing"
              ? { type, dataset: null }
              : { type: "files", name: "", files: [], options: DEFAULT_IMPORT },
          )
        }
      >
        <Stack gap={6}>
          <Radio value="files" label="Files from this computer" />
          <Radio value="existing" label="A dataset that is here already" />
        </Stack>
      </Radio.Group>
      {value.type === "existing" ? (
        <>
          <Select
            label="Dataset"
            placeholder="Choose one"
            maw={360}
            searchable
            nothingFoundMessage="There is none: bring files instead"
            value={value.dataset === null ? null : String(value.dataset)}
            data={(datasets.data ?? []).map((one) => ({
              value: String(one.id),
              label: `${one.name} (${counted(one.items, "item")})`,
            }))}
            onChange={(next) => onChange({ type: "existing", dataset: next === null ? null : Number(next) })}
          />
          <ErrorText error={datasets.error} retry={() => void datasets.refetch()} />
        </>
      ) : (
        <>
          <FilePicker
            files={value.files}
            disabled={disabled}
            onChange={(files) => onChange({ ...value, files })}
          />
          {value.files.length > 0 ? (
            <>
              <TextInput
                label="Name of the dataset"
                description="Like the project, unless you say otherwise"
                maw={360}
                value={value.name}
                onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
              />
              <ImportOptionsFields
                files={value.files}
                panes={panes}
                value={value.options}
                onChange={(options) => onChange({ ...value, options })}
              />
            </>
          ) : null}
        </>
      )}
    </Stack>
  );
}
