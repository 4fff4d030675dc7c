// One turn: who speaks, its labels, its text, its tool calls.
import { lazy, type ReactNode, Suspense } from "react";
import { withAlpha } from "../../core/colour";
import type { Call, Turn } from "../../core/dialogue/conversation";
import { LabelChip } from "../LabelChip";
import type { Shown } from "../shown";
import classes from "./dialogue.module.css";
import type { DialogueEngine } from "./engine";
import { isLong, isWhole, labelsOf, piecesOf } from "./labels";

// It comes with a reader and a cleaner that are larger than this editor.
const Markdown = lazy(() => import("../../ui/Markdown").then((found) => ({ default: found.Markdown })));

export function TurnView({ engine, turn }: { engine: DialogueEngine; turn: Turn }) {
  const { active, formatted, layers, open } = engine.state;
  const labels = labelsOf(engine.session, layers, turn.index);
  const isOpen = open.has(turn.index);
  const name = turn.name ? `${turn.role}, ${turn.name}` : turn.role;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys go from turn to turn.
    <article
      className={classes.turn}
      data-turn={turn.index}
      data-role={turn.role}
      aria-label={`Turn ${turn.index + 1}, ${name}`}
      aria-current={active === turn.index || undefined}
      onClick={() => {
        if (getSelection()?.isCollapsed !== false) engine.set({ active: turn.index });
      }}
    >
      <div className={classes.who}>
        <span className={classes.role}>{name}</span>
        {labels.map((label) => (
          <LabelChip
            key={`${label.by ?? ""} ${label.region.id}`}
            label={label}
            part={partOf(label, turn)}
            onPick={() => {
              engine.session.ui.select(label.region.id);
              engine.set({ active: turn.index });
            }}
          />
        ))}
      </div>
      {turn.silent ? null : (
        <div className={classes.body} data-folded={(isLong(turn) && !isOpen) || undefined}>
          {formatted && turn.role !== "tool" ? (
            <div className={classes.text} dir="auto">
              <Suspense fallback={<div className={classes.written}>{turn.text}</div>}>
                <Markdown text={turn.text} />
              </Suspense>
            </div>
          ) : (
            <Written engine={engine} turn={turn} labels={labels} />
          )}
        </div>
      )}
      {isLong(turn) ? (
        <Fold isOpen={isOpen} onFold={() => engine.fold(turn.index)}>
          {isOpen ? "Less" : "All of the result"}
        </Fold>
      ) : null}
      {turn.calls.length > 0 ? (
        <Calls calls={turn.calls} isOpen={isOpen} onFold={() => engine.fold(turn.index)} />
      ) : null}
    </article>
  );
}

/** What a label marks of the turn; empty where it is all of it. */
function partOf(label: Shown, turn: Turn): string {
  const { geometry } = label.region;
  const [start = 0, end = 0] = (geometry.type === "span" ? geometry.ranges[0] : undefined) ?? [];
  if (isWhole(label.region, turn)) return "";
  return ` “${[...turn.text].slice(start, Math.min(end, start + 24)).join("")}”`;
}

/** The text as it was written, with what is marked in it. Its text is exactly the turn's. */
function Written({ engine, turn, labels }: { engine: DialogueEngine; turn: Turn; labels: readonly Shown[] }) {
  return (
    <div className={`${classes.text} ${classes.written}`} dir="auto" data-text={turn.index}>
      {piecesOf(turn, labels).map((piece) => {
        const [top] = piece.over;
        if (!top) return <span key={piece.start}>{piece.text}</span>;
        const line = top.by !== undefined || top.suggested ? "dashed" : "solid";
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: Tab goes from label to label.
          <mark
            key={piece.start}
            className={classes.mark}
            style={{
              background: withAlpha(top.colour, top.selected ? 0.42 : 0.2),
              borderBottom: `2px ${line} ${top.colour}`,
            }}
            onClick={(event) => {
              if (top.by !== undefined || getSelection()?.isCollapsed === false) return;
              event.stopPropagation();
              engine.session.ui.select(top.region.id);
              engine.set({ active: turn.index });
            }}
          >
            {piece.text}
          </mark>
        );
      })}
    </div>
  );
}

interface CallsProps {
  calls: readonly Call[];
  isOpen: boolean;
  onFold: () => void;
}

function Calls({ calls, isOpen, onFold }: CallsProps) {
  return (
    <div className={classes.calls}>
      <Fold isOpen={isOpen} onFold={onFold}>
        {isOpen ? "▾" : "▸"} Calls {calls.map((call) => call.name).join(", ")}
      </Fold>
      {isOpen
        ? calls.map((call, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: calls have no other name that is certain.
            <div key={at} className={classes.call}>
              <code>{call.name}</code>
              <pre className={classes.arguments}>{pretty(call.arguments)}</pre>
            </div>
          ))
        : null}
    </div>
  );
}

function Fold({ isOpen, onFold, children }: { isOpen: boolean; onFold: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className={classes.fold}
      aria-expanded={isOpen}
      // The focus stays on the conversation, where the keys are.
      onMouseDown={(event) => event.preventDefault()}
      onClick={(event) => {
        event.stopPropagation();
        onFold();
      }}
    >
      {children}
    </button>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
