// The records: few of them beside each other with a line a column, many as a table with a line a record.
import { useMemo, useSyncExternalStore } from "react";
import { isSideBySide, keyOf, type Likeness, likenessOf, type Place, titleOf } from "../../core/table/table";
import { CellView } from "./CellView";
import type { TableEngine } from "./engine";
import { labelsByCell } from "./labels";
import classes from "./table.module.css";

/** Signs, so that colour is not all that says it. */
const SIGNS: Record<Likeness, string> = { same: "=", alike: "≈", different: "≠", missing: "∅" };
const WORDS: Record<Likeness, string> = {
  same: "the same",
  alike: "the same but for case, spaces, punctuation and the order of words",
  different: "different",
  missing: "missing in some",
};

export function Sheet({ engine }: { engine: TableEngine }) {
  const { table, session } = engine;
  const state = useSyncExternalStore(engine.subscribe, () => engine.state);
  const version = useSyncExternalStore(session.doc.subscribe, () => session.doc.version);
  const ui = useSyncExternalStore(session.ui.subscribe, () => session.ui.state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn follows the document and what is in hand.
  const labels = useMemo(() => labelsByCell(session, state.layers), [session, state.layers, version, ui]);
  const selected = new Set(engine.selected.map(keyOf));
  const cell = (place: Place) => (
    <CellView
      key={keyOf(place)}
      engine={engine}
      place={place}
      labels={labels.get(keyOf(place)) ?? []}
      isActive={keyOf(state.active) === keyOf(place)}
      isSelected={selected.has(keyOf(place))}
    />
  );
  const rows = table.rows.map((_, row) => row);
  const columns = table.columns.map((_, column) => column);
  const compared = rows.length > 1;
  if (!isSideBySide(table))
    return (
      <div className={classes.sheet}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col" aria-label="Record" />
              {table.columns.map((name) => (
                <th key={name} scope="col" dir="auto">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row}>
                <th scope="row">{titleOf(table, row)}</th>
                {columns.map((column) => cell([row, column]))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    );
  return (
    <div className={classes.sheet}>
      <table className={classes.table} data-beside>
        {compared ? (
          <thead>
            <tr>
              <th scope="col" aria-label="Column" />
              {rows.map((row) => (
                <th key={row} scope="col" dir="auto">
                  {titleOf(table, row)}
                </th>
              ))}
            </tr>
          </thead>
        ) : null}
        <tbody>
          {columns.map((column) => {
            const likeness = compared ? likenessOf(table, column) : undefined;
            return (
              <tr key={column} data-likeness={likeness}>
                <th scope="row" dir="auto">
                  {table.columns[column]}
                  {likeness ? (
                    <span className={classes.sign} title={WORDS[likeness]}>
                      <span aria-hidden>{SIGNS[likeness]}</span>
                      <span className={classes.unseen}>, {WORDS[likeness]}</span>
                    </span>
                  ) : null}
                </th>
                {rows.map((row) => cell([row, column]))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
