import type { Schemas } from "../../../api/client";
import { atLeast } from "../../../app/roles";
import { ButtonLink } from "../../../ui/links";

/** Where the overlap is raised, for those who may. */
export function OverlapLink({ project }: { project: Schemas["ProjectView"] }) {
  if (!atLeast(project.role, "manager")) return null;
  return (
    <ButtonLink to="/projects/$projectId/settings" params={{ projectId: project.id }} variant="default">
      Overlap in the settings
    </ButtonLink>
  );
}
