// Tools and classes. A press on a class is the class of what is selected and of what comes next.
import { Kbd } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { commandOf } from "../../core/schemakeys";
import type { LabelClass } from "../../core/types";
import type { EditorSession } from "../session";
import { useHotkeys, useKeys, useUi } from "./hooks";
import { FILTER_KEYS, NO_KEYS } from "./keys";
import classes from "./shell.module.css";

const MANY_CLASSES = 20;

export function LabelPalette({ session }: { session: EditorSession }) {
  const ui = useUi(session);
  const hotkeys = useHotkeys();
  useSyncExternalStore(hotkeys.subscribe, () => hotkeys.list().length);
  const [filter, setFilter] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const tools = session.plugin.tools(session.schema);
  const many = session.classes.length > MANY_CLASSES;
  const shown = useMemo(() => {
    const words = filter.trim().toLowerCase();
    return session.classes.filter((one) => one.title.toLowerCase().includes(words));
  }, [filter, session]);

  useKeys("class filter", 12, many ? FILTER_KEYS : NO_KEYS, () => {
    if (!input.current) return false;
    input.current.focus();
    return true;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task begins with all classes.
  useEffect(() => setFilter(""), [session]);

  return (
    <nav className={classes.palette} aria-label="Tools and classes">
      <div className={classes.tools} role="toolbar" aria-label="Tools">
        {tools.map((tool) => {
          const pressed = tool.id === "relation" ? ui.relationFrom !== undefined : ui.tool === tool.id;
          return (
            <button
              key={tool.id}
              type="button"
              className={classes.tool}
              aria-pressed={pressed}
              title={tool.hint}
              onClick={() => session.engine?.run(tool.command)}
            >
              <span>{tool.title}</span>
              <Key of={tool.command} />
            </button>
          );
        })}
      </div>
      {many ? (
        <input
          ref={input}
          className={classes.input}
          value={filter}
          placeholder="Find a class"
          aria-label="Find a class"
          onChange={(event) => setFilter(event.currentTarget.value)}
          onKeyDown={(event) => {
            const first = shown.find((one) => session.kindsOf(one).length > 0);
            if (event.key !== "Enter" || !first) return;
            event.preventDefault();
            event.stopPropagation();
            session.pickClass(first.id);
            setFilter("");
            event.currentTarget.blur();
          }}
        />
      ) : null}
      <h2 className={classes.heading}>Classes</h2>
      <div className={classes.classes}>
        {shown.map((one) => (
          <ClassButton key={one.id} session={session} found={one} active={ui.activeClass === one.id} />
        ))}
      </div>
      <OtherPanes session={session} />
      {ui.suggestions.length > 0 ? <Suggestions session={session} count={ui.suggestions.length} /> : null}
    </nav>
  );
}

/** The classes of other panes: picking one goes there. */
function OtherPanes({ session }: { session: EditorSession }) {
  return session.panes?.slots.map(({ id, title, session: other }) =>
    other && other !== session && other.usable.length > 0 ? (
      <section key={id ?? ""} className={classes.suggestions} aria-label={`Classes of ${title}`}>
        <h2 className={classes.heading}>{title}</h2>
        <div className={classes.classes}>
          {other.usable.slice(0, MANY_CLASSES).map((one) => (
            <ClassButton key={one.id} session={other} found={one} active={false} />
          ))}
        </div>
      </section>
    ) : null,
  );
}

function ClassButton({
  session,
  found,
  active,
}: {
  session: EditorSession;
  found: LabelClass;
  active: boolean;
}) {
  const usable = session.kindsOf(found).length > 0;
  const examples = [
    ...(found.examples?.positive ?? []).map((one) => `✓ ${one}`),
    ...(found.examples?.negative ?? []).map((one) => `✗ ${one}`),
  ];
  const reason = `Made as ${found.geometry.join(" or ")}, for which this editor has no tool yet`;
  return (
    <button
      type="button"
      className={classes.classButton}
      aria-pressed={active}
      disabled={!usable}
      title={usable ? [found.description, ...examples].filter(Boolean).join("\n") || undefined : reason}
      // The text selection, which is about to become a span, must stay.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => (session.panes ?? session).pickClass(found.id)}
    >
      <span className={classes.swatch} style={{ background: found.color }} />
      <span className={classes.className}>
        {found.title}
        {usable ? null : <small>{reason}</small>}
      </span>
      <Key of={commandOf({ kind: "class", id: found.id })} />
    </button>
  );
}

function Key({ of }: { of: string }) {
  const hotkeys = useHotkeys();
  const key = useSyncExternalStore(hotkeys.subscribe, () => hotkeys.keyOf(of));
  return key ? <Kbd className={classes.kbd}>{key}</Kbd> : null;
}

function Suggestions({ session, count }: { session: EditorSession; count: number }) {
  return (
    <section className={classes.suggestions} aria-label="Suggestions">
      <h2 className={classes.heading}>{count} suggested</h2>
      <button type="button" className={classes.tool} onClick={() => session.acceptSuggestion()}>
        <span>Accept</span>
        <Key of="accept-suggestion" />
      </button>
      <button type="button" className={classes.tool} onClick={() => session.acceptAll()}>
        <span>Accept all</span>
        <Key of="accept-all" />
      </button>
      <button type="button" className={classes.tool} onClick={() => session.dropSuggestion()}>
        <span>Drop</span>
        <Key of="drop-suggestion" />
      </button>
    </section>
  );
}
