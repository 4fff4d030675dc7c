// One cell: what it says, with the words that other records do not have, and its labels.
import { withAlpha } from "../../core/colour";
import { isSideBySide, keyOf, likenessOf, type Place, piecesOf, wordsOf } from "../../core/table/table";
import { LabelChip } from "../LabelChip";
import type { Shown } from "../shown";
import type { TableEngine } from "./engine";

import classes from "./table.module.css";

interface Props {
  engine: TableEngine;
  place: Place;
  labels: readonly Shown[];
  isActive: boolean;
  isSelected: boolean;
}

export function CellView({ engine, place, labels, isActive, isSelected }: Props) {
  const { table } = engine;
  const [row, column] = place;
  const value = table.rows[row]?.[column];
  const words = wordsOf(value);
  const others =
    isSideBySide(table) && likenessOf(table, column) === "different"
      ? table.rows.filter((_, at) => at !== row).map((one) => wordsOf(one[column]))
      : [];
  const top = labels.find((one) => one.by === undefined && !one.suggested);
  return (
    <td
      className={classes.cell}
      data-cell={keyOf(place)}
      data-selected={isSelected || undefined}
      data-number={typeof value === "number" || undefined}
      aria-current={isActive || undefined}
      style={top ? { background: withAlpha(top.colour, top.selected ? 0.2 : 0.12) } : undefined}
      onMouseDown={(event) => {
        if (event.button === 0 && event.shiftKey) event.preventDefault();
      }}
      onPointerDown={(event) => {
        if (event.button === 0) engine.goTo(place, event.shiftKey);
      }}
      onPointerEnter={(event) => {
        if (event.buttons === 1) engine.goTo(place, true);
      }}
    >
      {words === "" ? (
        <span className={classes.nothing} title="Nothing">
          —
        </span>
      ) : (
        <span className={classes.words} dir="auto">
          {others.length === 0
            ? words
            : piecesOf(words, others).map((piece) =>
                piece.own ? (
                  <mark key={piece.at} className={classes.own}>
                    {piece.text}
                  </mark>
                ) : (
                  piece.text
                ),
              )}
        </span>
      )}
      {labels.length > 0 ? (
        <span className={classes.labels}>
          {labels.map((label) => (
            <LabelChip
              key={`${label.by ?? ""} ${label.region.id}`}
              label={label}
              onPick={() => {
                engine.session.ui.select(label.region.id);
                engine.focus([label.region.id]);
              }}
            />
          ))}
        </span>
      ) : null}
    </td>
  );
}
