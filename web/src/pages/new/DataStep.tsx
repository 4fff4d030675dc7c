import { Radio, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { datasetsQuery } from "../../app/queries";
import { DEFAULT_IMPORT } from "../../app/upload/importFiles";
import { ErrorText } from "../../ui/ErrorText";
import { FilePicker } from "../../ui/FilePicker";
import { counted } from "../../ui/format";
import { ImportOptionsFields } from "../../ui/ImportOptionsFields";
import type { DataChoice } from "./createProject";

interface Props {
  workspace: number;
  value: DataChoice;
  disabled: boolean;
  onChange: (value: DataChoice) => void;
}

export function DataStep({ workspace, value, disabled, onChange }: Props) {
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
