// Rules that vote for the options of a question: written with their effect in sight, and made into pre-labels.
import { Group, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "../../../api/client";
import { functionsQuery, schemaVersionQuery } from "../../../app/queries";
import { atLeast } from "../../../app/roles";
import { EmptyState } from "../../../ui/EmptyState";
import { Loaded } from "../../../ui/Loaded";
import { useProject } from "../useProject";
import { ApplyPanel } from "./ApplyPanel";
import { FunctionForm } from "./FunctionForm";
import { FunctionsPanel } from "./FunctionsPanel";
import { votedFields } from "./rules";

export default function FunctionsPage() {
  const project = useProject();
  const schema = useQuery(schemaVersionQuery(project.schema_version_id));
  const { field: wanted } = useSearch({ from: "/app/projects/$projectId/functions" });
  return (
    <Loaded query={schema}>
      {({ document }) => {
        const fields = votedFields(document);
        const field = fields.find((one) => one.id === wanted) ?? fields[0];
        if (!field) {
          return (
            <EmptyState title="No question to vote on">
              Labeling functions vote for the options of a choice of one. The label schema of this project has
              none.
            </EmptyState>
          );
        }
        return <Functions key={field.id} project={project} fields={fields} field={field} />;
      }}
    </Loaded>
  );
}

interface Props {
  project: Schemas["ProjectView"];
  fields: Schemas["Field"][];
  field: Schemas["Field"];
}

function Functions({ project, fields, field }: Props) {
  const navigate = useNavigate({ from: "/projects/$projectId/functions" });
  const query = useQuery(functionsQuery(project.id));
  const manages = atLeast(project.role, "manager");
  /** The function that is being changed; a number that grows makes the form of a new one afresh. */
  const [edited, setEdited] = useState<{ id: number | null; times: number }>({ id: null, times: 0 });
  const edit = (id: number | null) => setEdited(({ times }) => ({ id, times: times + 1 }));
  return (
    <Stack gap="md">
      {fields.length > 1 ? (
        <Group>
          <Select
            label="Question"
            allowDeselect={false}
            value={field.id}
            data={fields.map((one) => ({ value: one.id, label: one.title }))}
            onChange={(next) => {
              if (next !== null) void navigate({ search: { field: next }, replace: true });
            }}
          />
        </Group>
      ) : null}
      <Loaded query={query}>
        {(all) => {
          const functions = all.filter((one) => one.field === field.id);
          return (
            <>
              <FunctionsPanel project={project} field={field} functions={functions} onEdit={edit} />
              {manages ? (
                <>
                  <ApplyPanel project={project} field={field} functions={functions} />
                  <FunctionForm
                    key={`${edited.id} ${edited.times}`}
                    project={project}
                    field={field}
                    stored={functions.find((one) => one.id === edited.id)}
                    onClose={() => edit(null)}
                  />
                </>
              ) : null}
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}
