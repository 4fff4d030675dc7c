// The palette: pages, projects, tasks by their number, and the commands of the page that is open, by a few words.
import { Kbd, Modal, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { listening, shown } from "../core/hotkeys";
import { type Named, rank } from "../core/rank";
import type { PaletteProps, Typed } from "./Palette";
import { PLACES, TABS } from "./places";
import { projectQuery, projectsQuery } from "./queries";
import { atLeast } from "./roles";

interface Entry extends Named {
  id: string;
  kind: "Command" | "Page" | "Project" | "Task";
  key?: string;
  go: () => void;
}

export interface DialogProps extends PaletteProps {
  opened: boolean;
  /** The words have a place now: gives what was written before. */
  onReady: () => Typed;
  onClose: () => void;
}

const MOST = 50;

export default function PaletteDialog({ opened, workspace, onReady, onClose }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      size="lg"
      yOffset="12vh"
      padding={0}
      attributes={{ content: { "aria-label": "Go to a page, a project or a task, or run a command" } }}
      transitionProps={{ duration: 0 }}
    >
      {opened ? <Chooser workspace={workspace} onReady={onReady} onClose={onClose} /> : null}
    </Modal>
  );
}

function Chooser({ workspace, onReady, onClose }: Omit<DialogProps, "opened">) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [done, setDone] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const found = useEntries(workspace, query);
  const chosen = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    input.current?.focus();
    const { letters, done } = onReady();
    setQuery(letters);
    setDone(done);
  }, [onReady]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen one is looked for after each change.
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // The dialogue gives the focus back first: commands are for what had it.
    setTimeout(entry.go);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: Enter was pressed once.
  useEffect(() => {
    if (done) run(chosen);
  }, [done]);
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(found.length - 1, Math.min(at, found.length - 1) + step)));
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(chosen);
    }
  };

  return (
    <>
      <TextInput
        ref={input}
        data-autofocus
        size="md"
        variant="unstyled"
        px="md"
        value={query}
        placeholder="Page, project, task number or command"
        role="combobox"
        aria-label="Page, project, task number or command"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Found" className="palette-list">
        {found.map((entry) => (
          // The keyboard goes through the combobox.
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
          // biome-ignore lint/a11y/useFocusableInteractive: see above.
          <div
            key={entry.id}
            id={`${id}-${entry.id}`}
            role="option"
            aria-selected={entry === chosen}
            className="palette-option"
            onClick={() => run(entry)}
          >
            <span className="palette-title">{entry.title}</span>
            {entry.key ? <Kbd>{shown(entry.key)}</Kbd> : null}
            <span className="palette-kind">{entry.kind}</span>
          </div>
        ))}
      </div>
      {found.length === 0 ? (
        <p className="palette-none" role="status">
          Nothing is called so. A task is found by its number within a project.
        </p>
      ) : null}
    </>
  );
}

function useEntries(workspace: PaletteProps["workspace"], query: string): Entry[] {
  const navigate = useNavigate();
  const { projectId } = useParams({ strict: false });
  const project = useQuery({ ...projectQuery(projectId ?? 0), enabled: projectId !== undefined }).data;
  const projects = useQuery({ ...projectsQuery(workspace?.id ?? 0), enabled: workspace !== undefined }).data;

  const all = useMemo(() => {
    const entries: Entry[] = [];
    for (const { id, what, group, keys } of listening.hotkeys?.list() ?? []) {
      const go = () => void listening.hotkeys?.run(id);
      entries.push({ id: `command-${id}`, kind: "Command", title: what, words: group, key: keys[0], go });
    }
    if (project) {
      const params = { projectId: project.id };
      const own = (to: string, title: string, go: () => void) =>
        entries.push({ id: `own-${to}`, kind: "Page", title, words: project.name, go });
      own("label", "Label", () => void navigate({ to: "/projects/$projectId/label", params }));
      if (atLeast(project.role, "reviewer"))
        own("review", "Review", () => void navigate({ to: "/projects/$projectId/review", params }));
      for (const tab of TABS.filter((tab) => atLeast(project.role, tab.least)))
        own(tab.to, `${project.name}: ${tab.label}`, () => void navigate({ to: tab.to, params }));
    }
    for (const place of PLACES.filter((one) => one.to === "/" || atLeast(workspace?.role, one.least)))
      entries.push({
        id: `place-${place.to}`,
        kind: "Page",
        title: place.label,
        go: () => void navigate({ to: place.to }),
      });
    if (atLeast(workspace?.role, "manager"))
      entries.push({
        id: "place-new",
        kind: "Page",
        title: "New project",
        go: () => void navigate({ to: "/new" }),
      });
    entries.push({
      id: "place-account",
      kind: "Page",
      title: "Account",
      go: () => void navigate({ to: "/account" }),
    });
    for (const one of projects ?? [])
      entries.push({
        id: `project-${one.id}`,
        kind: "Project",
        title: one.name,
        words: one.description,
        go: () => void navigate({ to: "/projects/$projectId", params: { projectId: one.id } }),
      });
    return entries;
  }, [navigate, project, projects, workspace]);

  return useMemo(() => {
    const task = /^#?(\d{1,15})$/.exec(query.trim())?.[1];
    const found = rank(query, all).slice(0, MOST);
    if (task === undefined || !project) return found;
    const params = { projectId: project.id, taskId: Number(task) };
    const to = atLeast(project.role, "reviewer")
      ? "/projects/$projectId/review/$taskId"
      : "/projects/$projectId/label/$taskId";
    const entry: Entry = {
      id: "task",
      kind: "Task",
      title: `Task ${task} of ${project.name}`,
      go: () => void navigate({ to, params }),
    };
    return [entry, ...found];
  }, [query, all, project, navigate]);
}
