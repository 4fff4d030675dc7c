// The regions as a list box: what the canvas shows, for the keyboard and for screen readers. Only the rows in sight are
// made when there are many.
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Region } from "../../core/types";
import type { EditorSession } from "../session";
import { useDocVersion, useUi } from "./hooks";
import classes from "./shell.module.css";

const ROW_PIXELS = 30;
const MANY = 200;
const AHEAD_ROWS = 12;

interface Props {
  session: EditorSession;
  /** Where there are several lists, which one it is. */
  title?: string;
}

export function RegionList({ session, title = "Regions" }: Props) {
  const version = useDocVersion(session);
  const { selection, hidden, locked, suggestions, different } = useUi(session);
  const box = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the document.
  const regions = useMemo(() => [...session.doc.regions, ...suggestions], [session, version, suggestions]);
  const suggested = useMemo(() => new Set(suggestions.map((one) => one.id)), [suggestions]);
  const active = regions.findIndex((region) => region.id === selection[0]);

  useEffect(() => {
    const element = box.current;
    if (!element || active < 0) return;
    const top = active * ROW_PIXELS;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PIXELS > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + ROW_PIXELS - element.clientHeight;
    }
  }, [active]);

  const pick = (index: number) => {
    const region = regions[Math.max(0, Math.min(regions.length - 1, index))];
    if (!region) return;
    session.ui.select(region.id);
    session.engine?.focus([region.id]);
  };

  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: Infinity,
    };
    const to = steps[event.key];
    if (to === undefined || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    pick(to);
  };

  const all = regions.length <= MANY;
  const height = box.current?.clientHeight ?? 400;
  const first = all ? 0 : Math.max(0, Math.floor(scrolled / ROW_PIXELS) - AHEAD_ROWS);
  const last = all ? regions.length : Math.ceil((scrolled + height) / ROW_PIXELS) + AHEAD_ROWS;
  return (
    <div
      ref={box}
      className={classes.regions}
      role="listbox"
      tabIndex={0}
      aria-label={`${title}, ${regions.length}`}
      aria-multiselectable="true"
      aria-activedescendant={active >= 0 ? `region-${selection[0]}` : undefined}
      onKeyDown={press}
      onScroll={all ? undefined : (event) => setScrolled(event.currentTarget.scrollTop)}
    >
      {/* An empty list box needs a child that says so. */}
      {regions.length === 0 ? (
        <div role="option" aria-selected="false" aria-disabled="true" tabIndex={-1} className={classes.none}>
          No regions yet
        </div>
      ) : null}
      <div role="presentation" style={{ height: regions.length * ROW_PIXELS, position: "relative" }}>
        {regions.slice(first, last).map((region, offset) => (
          <Row
            key={region.id}
            session={session}
            region={region}
            index={first + offset}
            count={regions.length}
            selected={selection.includes(region.id)}
            hidden={hidden.has(region.id)}
            locked={locked.has(region.id)}
            suggested={suggested.has(region.id)}
            differs={different?.has(region.id) === true}
            onPick={(more) => {
              if (more) {
                session.ui.select(
                  ...(selection.includes(region.id)
                    ? selection.filter((id) => id !== region.id)
                    : [...selection, region.id]),
                );
              } else pick(first + offset);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  session: EditorSession;
  region: Region;
  index: number;
  count: number;
  selected: boolean;
  hidden: boolean;
  locked: boolean;
  suggested: boolean;
  differs: boolean;
  onPick: (more: boolean) => void;
}

function Row(props: RowProps) {
  const { session, region, index, count, selected, hidden, locked, suggested, differs, onPick } = props;
  const found = session.classOf(region.class);
  const state = suggested ? "suggested" : hidden ? "hidden" : locked ? "locked" : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box takes the keys for all its options.
    <div
      id={`region-${region.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={count}
      className={classes.region}
      style={{ top: index * ROW_PIXELS }}
      data-state={state || undefined}
      data-differs={differs || undefined}
      onClick={(event) => onPick(event.ctrlKey || event.metaKey || event.shiftKey)}
    >
      <span className={classes.swatch} style={{ background: found?.color ?? "#808080" }} />
      <span className={classes.regionClass}>{found?.title ?? region.class}</span>
      <span className={classes.regionText}>
        <bdi>{session.plugin.describe(region, session.media)}</bdi>
      </span>
      {region.score === undefined ? null : (
        <span className={classes.score}>{Math.round(region.score * 100)} %</span>
      )}
      {differs ? <span className={classes.state}>differs</span> : null}
      {state ? <span className={classes.state}>{state}</span> : null}
    </div>
  );
}
