// Loads what comes with an item, each companion by the editor of its kind. What cannot be loaded fails its pane alone.
import type { Schemas } from "../../api/client";
import { absentWords } from "../../core/panes";
import type { LabelSchema } from "../../core/types";
import { loadMedia } from "../media";
import { loadPlugin } from "../registry";
import type { EditorSession, SessionStart } from "../session";
import { KIND_WORDS } from "../shell/words";
import { PaneLists } from "./PaneLists";
import { PaneStage } from "./PaneStage";
import { type LoadedPane, Panes } from "./panes";

export type Companion = Schemas["CompanionView"];

/** Everything that the panes of an item show, and the sessions over it. */
export interface LoadedPanes {
  open(start: SessionStart): EditorSession;
}

export async function loadPanes(
  schema: LabelSchema,
  key: string,
  companions: readonly Companion[],
): Promise<LoadedPanes> {
  const loaded = await Promise.all(
    (schema.panes ?? []).map((pane) =>
      loadPane(
        pane,
        companions.find((one) => one.pane === pane.id),
      ),
    ),
  );
  return {
    open(start) {
      const own = { title: KIND_WORDS[start.plugin.kind], key };
      return new Panes(start, own, loaded, { Stage: PaneStage, Lists: PaneLists }).current;
    },
  };
}

async function loadPane(pane: Schemas["Pane"], found: Companion | undefined): Promise<LoadedPane> {
  const { id, title, modality } = pane;
  const nothing = { id, title, key: found?.item.key, media: undefined };
  let plugin: LoadedPane["plugin"];
  try {
    plugin = await loadPlugin(modality);
    if (!found) return { ...nothing, plugin, why: absentWords(title) };
    if (!plugin) return { ...nothing, plugin, why: `There is no editor for ${modality} yet.` };
    const media = await loadMedia(found);
    return { ...nothing, plugin, media, why: undefined };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...nothing, plugin, why: `${message}. Open the task again to try once more.` };
  }
}
