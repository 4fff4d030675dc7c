// What may be labeled: a template, the same as JSON to be changed, the schema that the chosen files ask for, or one that
// the workspace has.
import { Button, Group, SegmentedControl, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { schemasQuery, templatesQuery } from "../../app/queries";
import type { Uploader } from "../../app/upload/useUpload";
import { ErrorText } from "../../ui/ErrorText";
import { Loaded } from "../../ui/Loaded";
import { SchemaSummary } from "../../ui/SchemaSummary";
import { SchemaText } from "../../ui/SchemaText";
import { TemplateGallery } from "../../ui/schema/TemplateGallery";
import type { DataChoice, SchemaChoice } from "./createProject";
import { SchemaOfFiles } from "./SchemaOfFiles";

type Mode = "template" | "text" | "files" | "existing";

interface Props {
  workspace: number;
  value: SchemaChoice;
  /** What was chosen in the step before. */
  data: DataChoice;
  uploader: Uploader;
  onChange: (value: SchemaChoice) => void;
}

export function SchemaStep({ workspace, value, data, uploader, onChange }: Props) {
  const [mode, setMode] = useState<Mode>("template");
  const [template, setTemplate] = useState<Schemas["TemplateView"]>();
  const choose = (next: Mode) => {
    setMode(next);
    if (next === "existing") onChange({ type: "existing", version: null });
    else if (next === "template") onChange({ type: "text", text: template ? textOf(template) : "" });
    else if (next === "files") onChange({ type: "text", text: "" });
    else if (value.type !== "text" || value.text === "") {
      onChange({ type: "text", text: template ? textOf(template) : BLANK });
    }
  };
  return (
    <Stack gap="md">
      <Group>
        <SegmentedControl
          aria-label="Where the schema comes from"
          value={mode}
          data={[
            { value: "template", label: "Template" },
            { value: "files", label: "From the files" },
            { value: "text", label: "JSON" },
            { value: "existing", label: "Existing schema" },
          ]}
          onChange={(next) => choose(next as Mode)}
        />
      </Group>
      {mode === "template" ? (
        <Templates
          chosen={template}
          onChoose={(next) => {
            setTemplate(next);
            onChange({ type: "text", text: textOf(next) });
          }}
          onEdit={() => choose("text")}
        />
      ) : null}
      {mode === "files" ? (
        <SchemaOfFiles
          workspace={workspace}
          data={data}
          uploader={uploader}
          onSchema={(text) => onChange({ type: "text", text })}
          onEdit={() => choose("text")}
        />
      ) : null}
      {mode === "text" && value.type === "text" ? (
        <SchemaText label="Schema" value={value.text} onChange={(text) => onChange({ type: "text", text })} />
      ) : null}
      {mode === "existing" && value.type === "existing" ? (
        <Existing workspace={workspace} version={value.version} onChange={onChange} />
      ) : null}
    </Stack>
  );
}

function textOf(template: Schemas["TemplateView"]): string {
  return JSON.stringify(template.document, null, 2);
}

const BLANK = JSON.stringify({ name: "", modality: "image", fields: [], classes: [] }, null, 2);

interface TemplatesProps {
  chosen: Schemas["TemplateView"] | undefined;
  onChoose: (template: Schemas["TemplateView"]) => void;
  onEdit: () => void;
}

function Templates({ chosen, onChoose, onEdit }: TemplatesProps) {
  const query = useQuery(templatesQuery);
  return (
    <Loaded query={query}>
      {(templates) => (
        <Stack gap="md">
          <TemplateGallery templates={templates} chosen={chosen?.id ?? null} onChoose={onChoose} />
          {chosen ? (
            <Group align="flex-start" justify="space-between">
              <SchemaSummary schema={chosen.document} />
              <Button variant="default" size="xs" onClick={onEdit}>
                Change it as JSON
              </Button>
            </Group>
          ) : null}
        </Stack>
      )}
    </Loaded>
  );
}

interface ExistingProps {
  workspace: number;
  version: number | null;
  onChange: (value: SchemaChoice) => void;
}

function Existing({ workspace, version, onChange }: ExistingProps) {
  const query = useQuery(schemasQuery(workspace));
  const shown = query.data?.flatMap((schema) => schema.versions).find((one) => one.id === version);
  return (
    <>
      <Select
        label="Schema"
        placeholder="Choose a version"
        maw={420}
        searchable
        nothingFoundMessage="There is none: begin with a template"
        value={version === null ? null : String(version)}
        data={(query.data ?? []).map((schema) => ({
          group: schema.name,
          items: schema.versions
            .map((one) => ({ value: String(one.id), label: `${schema.name}, version ${one.version}` }))
            .reverse(),
        }))}
        onChange={(next) => onChange({ type: "existing", version: next === null ? null : Number(next) })}
      />
      <ErrorText error={query.error} retry={() => void query.refetch()} />
      {shown ? <SchemaSummary schema={shown.document} /> : null}
    </>
  );
}
