// Where people label and review: the whole window, no sidebar.
import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { useLiveUpdates } from "./events";
import { Palette } from "./Palette";
import { projectQuery } from "./queries";
import { useMe } from "./session";

export function Frame() {
  const { projectId } = useParams({ strict: false });
  const project = useQuery({ ...projectQuery(projectId ?? 0), enabled: projectId !== undefined });
  useLiveUpdates(project.data?.workspace_id);
  const workspace = useMe().workspaces.find((one) => one.id === project.data?.workspace_id);
  return (
    <div style={{ height: "100dvh", display: "flex", flexDirection: "column", overflow: "hidden" }}>
      <Outlet />
      <Palette workspace={workspace} />
    </div>
  );
}
