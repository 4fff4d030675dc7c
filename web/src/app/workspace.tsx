// The workspace that the pages show. Most people have one; who has several chooses, and the choice is remembered.
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { type Role, useMe } from "./session";

export interface Workspace {
  id: number;
  name: string;
  /** Null for somebody who is only in single projects. */
  role: Role | null;
}

interface Chosen {
  workspace: Workspace | undefined;
  all: Workspace[];
  choose: (id: number) => void;
}

const Context = createContext<Chosen | undefined>(undefined);
const REMEMBERED = "labelwright.workspace";

export function WorkspaceProvider({ children }: { children: ReactNode }) {
  const me = useMe();
  const [chosen, setChosen] = useState(() => Number(localStorage.getItem(REMEMBERED)));
  const value = useMemo(() => {
    const all = me.workspaces.map((one) => ({ id: one.id, name: one.name, role: one.role ?? null }));
    const choose = (id: number) => {
      localStorage.setItem(REMEMBERED, String(id));
      setChosen(id);
    };
    return { workspace: all.find((one) => one.id === chosen) ?? all[0], all, choose };
  }, [me, chosen]);
  return <Context value={value}>{children}</Context>;
}

export function useWorkspaces(): Chosen {
  const found = useContext(Context);
  if (!found) throw new Error("a page outside of the app asks for its workspace");
  return found;
}

/** The workspace of a page that cannot be shown without one. */
export function useWorkspace(): Workspace {
  const { workspace } = useWorkspaces();
  if (!workspace) throw new Error("you are in no workspace; ask its owner to invite you");
  return workspace;
}
