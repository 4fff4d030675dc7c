// A project without a task: what is missing, or why the data that is there gave none.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { attachedQuery, datasetsQuery, schemaVersionQuery } from "../../app/queries";
import { EmptyState } from "../../ui/EmptyState";
import { words } from "../../ui/format";
import { ButtonLink } from "../../ui/links";

interface Props {
  project: Schemas["ProjectView"];
  manages: boolean;
}

export function NoTasks({ project, manages }: Props) {
  const params = { projectId: project.id };
  const kinds = useKinds(project, manages);
  if (kinds && !kinds.found.includes(kinds.wanted)) {
    return (
      <EmptyState
        title="The data is of another kind"
        action={
          <ButtonLink to="/projects/$projectId/settings" params={params}>
            Schema in the settings
          </ButtonLink>
        }
      >
        The schema is for {words(kinds.wanted)}, the data of this project is{" "}
        {kinds.found.map(words).join(", ")}. Choose a schema that fits, or add other data.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="There are no tasks yet"
      action={
        manages ? (
          <ButtonLink to="/projects/$projectId/data" params={params}>
            Add data
          </ButtonLink>
        ) : undefined
      }
    >
      Every item of the project's data becomes a task.{" "}
      {manages
        ? "An import that is still running shows up here when it is done."
        : "A manager adds the data."}
    </EmptyState>
  );
}

/** What the schema asks for and what the data is; undefined as long as there is no data, or for who may not see it. */
function useKinds(project: Schemas["ProjectView"], manages: boolean) {
  const attached = useQuery({ ...attachedQuery(project.id), enabled: manages }).data;
  const datasets = useQuery({ ...datasetsQuery(project.workspace_id), enabled: manages }).data;
  const wanted = useQuery(schemaVersionQuery(project.schema_version_id)).data?.document.modality;
  const own = datasets?.filter((one) => attached?.some((other) => other.id === one.id)) ?? [];
  const found = [...new Set(own.flatMap((one) => one.modalities))];
  return wanted === undefined || found.length === 0 ? undefined : { wanted, found };
}
