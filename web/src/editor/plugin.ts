// The contract between the shell and an editor. A plugin is one folder, loaded when its modality is first seen; its
// engine draws imperatively, outside React, and follows the document through its changes.
import type { ComponentType } from "react";
import type { Levels } from "../core/audio/levels";
import type { Conversation } from "../core/dialogue/conversation";
import type { Origin } from "../core/dialogue/distance";
import type { Layer } from "../core/document/layer";
import type { KeyEntry } from "../core/hotkeys";
import type { Series } from "../core/series/levels";
import type { Table } from "../core/table/table";
import type { TokenRange } from "../core/tokens";
import type { GeometryKind, LabelSchema, Region, Value, Values } from "../core/types";
import type { FrameTable } from "../core/video/table";
import type { Volume } from "../core/volume/volume";
import type { EditorSession } from "./session";

/** Pixels that can be drawn. Those of a canvas may change. */
export type Picture = ImageBitmap | HTMLCanvasElement;

/** What is labeled, decoded and ready to draw. */
export type Media =
  | { kind: "image"; bitmap: Picture; width: number; height: number }
  | { kind: "text"; text: string; tokens?: readonly TokenRange[] }
  | { kind: "audio"; url: string; levels: Levels }
  | { kind: "time_series"; series: Series }
  | { kind: "volume"; volume: Volume; width: number; height: number }
  | { kind: "video"; url: string; table: FrameTable }
  | { kind: "dialogue"; conversation: Conversation }
  | { kind: "table"; table: Table }
  | { kind: "document"; url: string; layer: Layer };

/** An answer that is only shown: somebody else's, for comparing. */
export interface LayerView {
  id: string;
  name: string;
  /** 0, 1, 2, ...: picks the dash style. */
  style: number;
  regions: readonly Region[];
  /** Regions that others do not have: drawn strong. */
  different: ReadonlySet<string>;
}

export interface EditorContext {
  session: EditorSession;
  readOnly: boolean;
  layers: readonly LayerView[];
}

export interface Engine {
  /** Runs a command of the plugin's key table; false when it does not apply now. */
  run(command: string): boolean;
  /** Brings regions into view. */
  focus(ids: readonly string[]): void;
  setLayers(layers: readonly LayerView[]): void;
  /** The values of a region where one looks now, if they may change within it. */
  valuesOf?(region: Region): Values;
  /** Takes a value that is to change from where one looks on; false for one that holds for the whole region. */
  setValue?(ids: readonly string[], id: string, value: Value | undefined): boolean;
  destroy(): void;
}

export interface ToolView {
  id: string;
  title: string;
  /** The command that picks it. */
  command: string;
  /** What it draws, where its id does not say so. */
  makes?: GeometryKind;
  /** What the pointer does with it. */
  hint?: string;
}

/** What the pointer does, in words: for the sheet of keys. */
export interface Gesture {
  how: string;
  what: string;
}

export interface EditorPlugin {
  kind: Media["kind"];
  /** The geometries that can be made here. */
  geometries: readonly GeometryKind[];
  /** The keys for what the schema's classes can be; those that only look, where nothing may be changed. */
  keys(schema: LabelSchema, readOnly: boolean): readonly KeyEntry[];
  tools(schema: LabelSchema): readonly ToolView[];
  gestures(schema: LabelSchema, readOnly: boolean): readonly Gesture[];
  mount(host: HTMLElement, context: EditorContext): Engine;
  /** What it shows beside the canvas, for schemas to which it has something to say. */
  panel?: {
    title: string;
    fits(schema: LabelSchema): boolean;
    View: ComponentType<{ session: EditorSession; readOnly: boolean }>;
  };
  /** The schema as it is asked about this item, where that is another one; ids stay as they are. */
  schemaFor?(schema: LabelSchema, media: Media): LabelSchema;
  /** The texts from which one that is to be written may start. */
  origins?(media: Media): readonly Origin[];
  /** A region in words: for the list and for screen readers. */
  describe(region: Region, media: Media): string;
}
