// Where people label and review: the whole window, no sidebar.
import { Outlet } from "@tanstack/react-router";
import { useLiveUpdates } from "./events";
import { useMe } from "./session";

export function Frame() {
  const me = useMe();
  useLiveUpdates(me.workspaces[0]?.id);
  return (
    <div style={{ height: "100dvh", display: "flex", flexDirection: "column", overflow: "hidden" }}>
      <Outlet />
    </div>
  );
}
