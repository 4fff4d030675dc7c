// Labels as an editor of words shows them: one's own, suggestions, and those of others in a comparison.
import type { Region } from "../core/types";
import type { LayerView } from "./plugin";
import type { EditorSession } from "./session";

export interface Shown {
  region: Region;
  title: string;
  colour: string;
  /** The values of its attributes. */
  said: string;
  selected: boolean;
  suggested: boolean;
  /** Whose it is, in a comparison. */
  by?: string;
  differs: boolean;
}

/** Of those that are not hidden, the ones of which `here` holds. */
export function shownOf(
  session: EditorSession,
  layers: readonly LayerView[],
  here: (region: Region) => boolean = () => true,
): Shown[] {
  const { selection, suggestions, hidden, different } = session.ui.state;
  const look = (region: Region, more: Partial<Shown>): Shown => {
    const found = session.classOf(region.class);
    return {
      region,
      title: found?.title ?? region.class,
      colour: found?.color ?? "#808080",
      said: Object.values(region.attributes).flat().join(", "),
      selected: selection.includes(region.id),
      suggested: false,
      differs: false,
      ...more,
    };
  };
  const seen = (region: Region) => !hidden.has(region.id) && here(region);
  return [
    ...session.doc.regions.filter(seen).map((one) => look(one, { differs: different?.has(one.id) === true })),
    ...suggestions.filter(seen).map((one) => look(one, { suggested: true })),
    ...layers.flatMap((layer) =>
      layer.regions
        .filter(seen)
        .map((one) => look(one, { by: layer.name, selected: false, differs: layer.different.has(one.id) })),
    ),
  ];
}
