// A list of the schema's entries: each with its title to write over, its details to open, to be moved by dragging or by
// arrow keys, and to be deleted; a deleted one comes back by undo.
import { ActionIcon, Button, Text, TextInput } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { move, removeAt, retitle } from "../../core/schema/edit";
import type { LabelSchema } from "../../core/types";
import { useBuilder } from "./builder";
import styles from "./builder.module.css";

interface Entry {
  id: string;
  title: string;
}

interface Props<One extends Entry> {
  at: string;
  noun: string;
  entries: readonly One[];
  add: (schema: LabelSchema) => LabelSchema;
  /** So many there may be. */
  most?: number;
  /** Shown before and after the title. */
  mark?: (entry: One) => ReactNode;
  about?: (entry: One) => ReactNode;
  children: (entry: One, at: string) => ReactNode;
}

type Part = "handle" | "title";

export function EntryList<One extends Entry>(props: Props<One>) {
  const { at, noun, entries, add, most = Number.POSITIVE_INFINITY, mark, about, children } = props;
  const { edit, fixed, wrong, under, wrongUnder } = useBuilder();
  const [open, setOpen] = useState<number>();
  // Not a state: the next event may come before the next render.
  const dragged = useRef<number>(undefined);
  const [over, setOver] = useState<number>();
  const [focus, setFocus] = useState<{ index: number; part: Part }>();
  const root = useRef<HTMLDivElement>(null);
  const adder = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!focus) return;
    const place = root.current?.querySelector<HTMLElement>(
      `[data-at="${at}/${focus.index}"] [data-part="${focus.part}"]`,
    );
    (place ?? adder.current)?.focus();
    if (place instanceof HTMLInputElement) place.select();
    setFocus(undefined);
  }, [focus, at]);

  const named = (entry: Entry) => entry.title.trim() || `this ${noun}`;
  const moveTo = (from: number, to: number) => {
    const entry = entries[from];
    if (!entry || to < 0 || to >= entries.length || to === from) return;
    edit(
      (old) => move(old, at, from, to),
      undefined,
      `${named(entry)} is number ${to + 1} of ${entries.length} now`,
    );
    if (open === from) setOpen(to);
    else if (open !== undefined) setOpen(undefined);
    setFocus({ index: to, part: "handle" });
  };
  return (
    <div ref={root}>
      {entries.length > 0 ? (
        <ul className={styles.entries}>
          {entries.map((entry, index) => {
            const place = `${at}/${index}`;
            const opened = open === index;
            const hidden = opened ? undefined : wrongUnder(place);
            const beside = wrong(`${place}/title`);
            return (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: ids change while titles are typed.
                key={index}
                className={styles.entry}
                data-at={place}
                data-over={over === index || undefined}
                data-wrong={under(place).length > 0 || undefined}
                onDragOver={(event) => {
                  if (dragged.current === undefined) return;
                  event.preventDefault();
                  event.stopPropagation();
                  setOver(dragged.current === index ? undefined : index);
                }}
                onDrop={(event) => {
                  if (dragged.current === undefined) return;
                  event.preventDefault();
                  event.stopPropagation();
                  moveTo(dragged.current, index);
                  dragged.current = undefined;
                  setOver(undefined);
                }}
              >
                <div className={styles.head}>
                  <button
                    type="button"
                    className={styles.handle}
                    data-part="handle"
                    draggable
                    aria-label={`Move ${named(entry)}`}
                    title="Drag it, or press the arrow keys"
                    onDragStart={(event) => {
                      event.stopPropagation();
                      event.dataTransfer.effectAllowed = "move";
                      event.dataTransfer.setData("text/plain", entry.title);
                      dragged.current = index;
                    }}
                    onDragEnd={() => {
                      dragged.current = undefined;
                      setOver(undefined);
                    }}
                    onKeyDown={(event) => {
                      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
                      if (by === undefined) return;
                      event.preventDefault();
                      moveTo(index, index + by);
                    }}
                  >
                    <Dots />
                  </button>
                  {mark?.(entry)}
                  <TextInput
                    className={styles.title}
                    data-part="title"
                    aria-label={`Title of ${noun} ${index + 1}`}
                    size="sm"
                    value={entry.title}
                    error={beside}
                    onChange={(event) => {
                      const title = event.currentTarget.value;
                      edit((old) => retitle(old, place, title, fixed), `${place}/title`);
                    }}
                  />
                  {about ? <span className={styles.about}>{about(entry)}</span> : null}
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-expanded={opened}
                    aria-label={`Details of ${named(entry)}`}
                    onClick={() => setOpen(opened ? undefined : index)}
                  >
                    {opened ? "Close" : "Details"}
                  </Button>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Delete ${named(entry)}`}
                    title="Delete; undo brings it back"
                    onClick={() => {
                      edit((old) => removeAt(old, place), undefined, `${named(entry)} is deleted`);
                      setOpen(
                        open === undefined || open === index ? undefined : open > index ? open - 1 : open,
                      );
                      setFocus({ index: Math.min(index, entries.length - 2), part: "handle" });
                    }}
                  >
                    <Cross />
                  </ActionIcon>
                </div>
                {hidden && hidden !== beside ? (
                  <Text size="sm" c="var(--mantine-color-error)" className={styles.hidden}>
                    {hidden}
                  </Text>
                ) : null}
                {opened ? <div className={styles.body}>{children(entry, place)}</div> : null}
              </li>
            );
          })}
        </ul>
      ) : null}
      <Button
        ref={adder}
        size="compact-sm"
        variant="light"
        disabled={entries.length >= most}
        title={entries.length >= most ? `There may be ${most} at most` : undefined}
        onClick={() => {
          edit(add, undefined, `A ${noun} is added`);
          setFocus({ index: entries.length, part: "title" });
        }}
      >
        Add {/^[aeiou]/.test(noun) ? "an" : "a"} {noun}
      </Button>
    </div>
  );
}

function Dots() {
  return (
    <svg width="10" height="16" viewBox="0 0 10 16" fill="currentColor" aria-hidden="true">
      {[3, 8, 13].map((y) => (
        <g key={y}>
          <circle cx="2.5" cy={y} r="1.3" />
          <circle cx="7.5" cy={y} r="1.3" />
        </g>
      ))}
    </svg>
  );
}

function Cross() {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      stroke="currentColor"
      strokeWidth="1.6"
      aria-hidden="true"
    >
      <path d="M3 3l8 8M11 3l-8 8" />
    </svg>
  );
}
