// Which editor is for which modality. Each is loaded when it is first needed: one more modality is one more line.
import type { LabelSchema } from "../core/types";
import type { EditorPlugin } from "./plugin";

const PLUGINS: Partial<Record<LabelSchema["modality"], () => Promise<{ default: EditorPlugin }>>> = {
  image: () => import("./image/index"),
  audio: () => import("./audio/index"),
  text: () => import("./text/index"),
  dialogue: () => import("./dialogue/index"),
  table: () => import("./table/index"),
  document: () => import("./document/index"),
  volume: () => import("./volume/index"),
  time_series: () => import("./series/index"),
  video: () => import("./video/index"),
};

/** The editor, or undefined where there is none yet. */
export async function loadPlugin(modality: LabelSchema["modality"]): Promise<EditorPlugin | undefined> {
  return (await PLUGINS[modality]?.())?.default;
}
