// Records: one, two beside each other, or a table; labels of cells.
import { describeCells } from "../../core/table/table";
import type { EditorPlugin } from "../plugin";
import { TableEngine, tableIn } from "./engine";
import { tableGestures, tableKeys } from "./keys";

const plugin: EditorPlugin = {
  kind: "table",
  geometries: ["cells"],
  keys: tableKeys,
  tools: () => [],
  gestures: tableGestures,
  mount: (host, context) => new TableEngine(host, context),
  describe: (region, media) =>
    region.geometry.type === "cells" ? describeCells(tableIn(media), region.geometry) : region.geometry.type,
};

export default plugin;
