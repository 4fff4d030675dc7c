// What may be labeled: a template, a schema that is built or changed here, the one that the chosen files ask for, or one
// that the workspace has.
import { Button, Group, SegmentedControl, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { schemasQuery, templatesQuery } from "../../app/queries";
import type { Uploader } from "../../app/upload/useUpload";
import { ErrorText } from "../../ui/ErrorText";
import { Loaded } from "../../ui/Loaded";
import { SchemaSummary } from "../../ui/SchemaSummary";
import { EditorNote } from "../../ui/schema/EditorNote";
import { BLANK_SCHEMA, type EditorView, SchemaEditor } from "../../ui/schema/SchemaEditor";
import { TemplateGallery } from "../../ui/schema/TemplateGallery";
import type { DataChoice, SchemaChoice } from "./createProject";
import { SchemaOfFiles } from "./SchemaOfFiles";

type Mode = "template" | "text" | "files" | "existing";

interface Built {
  text: string;
  /** The template that it began with. */
  template: string | undefined;
}

interface Props {
  workspace: number;
  value: SchemaChoice;
  /** What was chosen in the step before. */
  data: DataChoice;
  uploader: Uploader;
  onChange: (value: SchemaChoice) => void;
  /** The paragraph that the guidelines of a project with this template may begin with. */
  onGuideline: (text: string) => void;
}

export function SchemaStep({ workspace, value, data, uploader, onChange, onGuideline }: Props) {
  const [mode, setMode] = useState<Mode>("template");
  const [view, setView] = useState<EditorView>("forms");
  const [template, setTemplate] = useState<Schemas["TemplateView"]>();
  const [built, setBuilt] = useState<Built>();
  const [origin, setOrigin] = useState<string>();
  const go = (next: Mode, text: string) => {
    // What was built is kept for when one comes back to it.
    if (mode === "text" && value.type === "text") setBuilt({ text: value.text, template: origin });
    setMode(next);
    onChange(next === "existing" ? { type: "existing", version: null } : { type: "text", text });
  };
  const begun = template ? textOf(template) : BLANK_SCHEMA;
  const choose = (next: Mode) => {
    if (next === "text" && !built) setOrigin(template?.id);
    const text = { template: template ? textOf(template) : "", text: built?.text ?? begun };
    go(next, next === "template" || next === "text" ? text[next] : "");
  };
  const change = (next: EditorView) => {
    setView(next);
    const same = mode === "template" && built !== undefined && built.template === template?.id;
    setOrigin(mode === "template" ? template?.id : undefined);
    go("text", same ? built.text : value.type === "text" && value.text !== "" ? value.text : begun);
  };
  return (
    <Stack gap="md">
      <Group>
        <SegmentedControl
          aria-label="Where the schema comes from"
          style={{ flexWrap: "wrap" }}
          value={mode}
          data={[
            { value: "template", label: "Template" },
            { value: "files", label: "From the files" },
            { value: "text", label: "Build it" },
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
            onGuideline(next.guideline);
          }}
          onEdit={change}
        />
      ) : null}
      {mode === "files" ? (
        <SchemaOfFiles
          workspace={workspace}
          data={data}
          uploader={uploader}
          onSchema={(text) => onChange({ type: "text", text })}
          onEdit={change}
        />
      ) : null}
      {mode === "text" && value.type === "text" ? (
        <SchemaEditor
          value={value.text}
          view={view}
          onView={setView}
          onChange={(text) => onChange({ type: "text", text })}
        />
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

interface TemplatesProps {
  chosen: Schemas["TemplateView"] | undefined;
  onChoose: (template: Schemas["TemplateView"]) => void;
  onEdit: (view: EditorView) => void;
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
              <Stack gap="xs" maw={640}>
                <SchemaSummary schema={chosen.document} />
                <EditorNote modality={chosen.document.modality} />
              </Stack>
              <Group gap="xs">
                <Button size="xs" onClick={() => onEdit("forms")}>
                  Change it
                </Button>
                <Button variant="default" size="xs" onClick={() => onEdit("json")}>
                  Change it as JSON
                </Button>
              </Group>
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
