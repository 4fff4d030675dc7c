import { Select } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useWorkspaces } from "./workspace";

export default function WorkspaceSelect() {
  const { workspace, all, choose } = useWorkspaces();
  const navigate = useNavigate();
  return (
    <Select
      aria-label="Workspace"
      size="xs"
      w={200}
      allowDeselect={false}
      value={workspace ? String(workspace.id) : null}
      data={all.map((one) => ({ value: String(one.id), label: one.name }))}
      onChange={(id) => {
        if (id === null) return;
        choose(Number(id));
        void navigate({ to: "/" });
      }}
    />
  );
}
