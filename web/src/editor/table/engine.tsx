// Records: from cell to cell, blocks of them, and their labels.
import { uuid } from "../../core/ids";
import {
  block,
  cellsOf,
  isSideBySide,
  likenessOf,
  type Place,
  readTable,
  sameCells,
  type Table,
  tableOf,
  titleOf,
  wordsOf,
} from "../../core/table/table";
import type { Region } from "../../core/types";
import type { EditorContext, LayerView, Media } from "../plugin";
import { WordsEngine } from "../WordsEngine";
import { Sheet } from "./Sheet";

export interface ViewState {
  /** Where one is, and where the block began that is selected. */
  active: Place;
  anchor: Place;
  layers: readonly LayerView[];
}

export function tableIn(media: Media): Table {
  if (media.kind === "table") return media.table;
  return media.kind === "text" ? tableOf(media.text) : readTable("{}");
}

const STEPS: Record<string, readonly [number, number]> = {
  down: [1, 0],
  up: [-1, 0],
  right: [0, 1],
  left: [0, -1],
};

export class TableEngine extends WordsEngine<ViewState> {
  readonly table: Table;
  state: ViewState;

  constructor(host: HTMLElement, context: EditorContext) {
    super(host, context);
    this.table = tableIn(context.session.media);
    this.state = { active: [0, 0], anchor: [0, 0], layers: context.layers };
    this.show(<Sheet engine={this} />);
  }

  run(command: string): boolean {
    if (command.startsWith("class ")) return !this.readOnly && this.label(command.slice("class ".length));
    const { rows, columns } = this.table;
    switch (command) {
      case "down":
      case "up":
      case "right":
      case "left":
        return this.step(command, false);
      case "more-down":
      case "more-up":
      case "more-right":
      case "more-left":
        return this.step(command.slice("more-".length), true);
      case "first":
        return this.goTo([0, 0]);
      case "last":
        return this.goTo([rows.length - 1, columns.length - 1]);
      case "line":
        return this.selectLine();
      case "changes":
        return this.nextDifference();
      case "next-region":
        return this.stepRegion(1);
      case "previous-region":
        return this.stepRegion(-1);
      case "remove":
        return this.session.removeSelected();
      case "cancel":
        return this.cancel();
      default:
        return false;
    }
  }

  /** The cells that are selected. */
  get selected(): Place[] {
    return block(this.state.anchor, this.state.active);
  }

  goTo(cell: Place, extend = false): boolean {
    this.set({ active: cell, anchor: extend ? this.state.anchor : cell });
    this.reveal(cell);
    const [row, column] = cell;
    const words = wordsOf(this.table.rows[row]?.[column]) || "nothing";
    const where = this.table.rows.length === 1 ? "" : `, ${titleOf(this.table, row)}`;
    const count = this.selected.length;
    this.session.announce(
      count > 1 ? `${count} cells selected` : `${this.table.columns[column]}${where}: ${words}`,
    );
    return true;
  }

  /** On the screen lines are columns while records stand beside each other. */
  private step(way: string, extend: boolean): boolean {
    const [down, right] = STEPS[way] ?? [0, 0];
    const [byRow, byColumn] = isSideBySide(this.table) ? [right, down] : [down, right];
    const [row, column] = this.state.active;
    const within = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
    return this.goTo(
      [within(row + byRow, this.table.rows.length), within(column + byColumn, this.table.columns.length)],
      extend,
    );
  }

  private selectLine(): boolean {
    const [, column] = this.state.active;
    const { rows, columns } = this.table;
    const isWhole = this.selected.length === rows.length && this.selected.every((cell) => cell[1] === column);
    const [from, to] = isWhole || rows.length === 1 ? [0, columns.length - 1] : [column, column];
    this.set({ anchor: [0, from], active: [rows.length - 1, to] });
    this.session.announce(`${this.selected.length} cells selected`);
    return true;
  }

  private nextDifference(): boolean {
    const { columns, rows } = this.table;
    if (rows.length < 2) return false;
    const [row, column] = this.state.active;
    for (let by = 1; by <= columns.length; by += 1) {
      const next = (column + by) % columns.length;
      if (["different", "missing"].includes(likenessOf(this.table, next))) return this.goTo([row, next]);
    }
    this.session.announce("The records do not differ");
    return true;
  }

  private reveal([row, column]: Place): void {
    const element = this.place.querySelector(`[data-cell="${row} ${column}"]`);
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Labels the selected cells; the same label again takes it back. */
  private label(className: string): boolean {
    const { doc, ui } = this.session;
    const found = this.session.classOf(className);
    if (!found?.geometry.includes("cells")) return false;
    ui.set({ activeClass: className });
    const cells = this.selected.map((cell) => [...cell]);
    const here = doc.regions.filter((one) => sameCells(cellsOf(one.geometry), cells));
    const same = here.find((one) => one.class === className);
    if (same) {
      doc.removeRegions(`take ${found.title} back`, [same.id]);
      this.session.announce(`${found.title} is taken back`);
      return true;
    }
    const region: Region = {
      id: uuid(),
      geometry: { type: "cells", cells },
      class: className,
      attributes: {},
    };
    doc.addRegion(`label ${found.title}`, region);
    ui.select(region.id);
    this.session.announce(cells.length > 1 ? `${cells.length} cells are ${found.title}` : found.title);
    return true;
  }

  private cancel(): boolean {
    if (this.session.ui.state.selection.length === 0 && this.selected.length > 1)
      return this.goTo(this.state.active);
    return this.leave();
  }

  focus(ids: readonly string[]): void {
    const region = this.regionOf(ids[0]);
    const [row, column] = (region && cellsOf(region.geometry)[0]) ?? [];
    if (row === undefined || column === undefined) return;
    this.set({ active: [row, column], anchor: [row, column] });
    this.reveal([row, column]);
  }
}
