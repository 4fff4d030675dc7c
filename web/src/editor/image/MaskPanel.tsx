// How masks may lie over each other, and how much of the image has no label yet.
import { useEffect, useState, useSyncExternalStore } from "react";
import { type Coverage, coverage, MASK_RULES, type MaskRule, tilesOfShape } from "../../core/maskrules";
import type { MaskTiles } from "../../core/tiles";
import type { EditorSession } from "../session";
import classes from "./image.module.css";
import { keepRule } from "./rule";

/** Long enough that a stroke of many steps is counted once. */
const PAUSE_MS = 200;

const WORDS: Record<MaskRule, string> = {
  instance: "Instances: masks may overlap",
  panoptic: "Panoptic: no two masks overlap",
  semantic: "Semantic: one mask a class, no overlap",
};

export function MaskPanel({ session, readOnly }: { session: EditorSession; readOnly: boolean }) {
  const chosen = useSyncExternalStore(session.ui.subscribe, () => session.ui.state.maskRule);
  const found = useCoverage(session);
  return (
    <>
      {readOnly ? null : (
        <select
          className={classes.rule}
          aria-label="How masks may overlap"
          value={chosen}
          onChange={(event) => {
            const rule = MASK_RULES.find((one) => one === event.currentTarget.value) ?? "instance";
            session.ui.set({ maskRule: rule });
            keepRule(session.schema.name, rule);
          }}
        >
          {MASK_RULES.map((rule) => (
            <option key={rule} value={rule}>
              {WORDS[rule]}
            </option>
          ))}
        </select>
      )}
      <p className={classes.share} data-testid="coverage">
        {percent(found.unlabeled)} unlabeled
        {found.overlapping > 0 ? `, ${percent(found.overlapping)} in more than one region` : ""}
      </p>
    </>
  );
}

/** Never 0 or 100 % while there is something left. */
function percent(share: number): string {
  const tenths = share * 1000;
  const shown = share > 0 && share < 1 ? Math.min(999, Math.max(1, Math.round(tenths))) : Math.round(tenths);
  return `${(shown / 10).toFixed(1)} %`;
}

function useCoverage(session: EditorSession): Coverage {
  const version = useSyncExternalStore(session.doc.subscribe, () => session.doc.version);
  const [found, setFound] = useState<Coverage>({ unlabeled: 1, overlapping: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the document.
  useEffect(() => {
    const { media } = session;
    if (media.kind !== "image") return undefined;
    const timer = setTimeout(() => {
      const tiles = session.doc.regions
        .filter(({ geometry }) => geometry.type === "mask" || geometry.type === "polygon")
        .map(({ geometry }) => tilesOfShape(geometry, media.width, media.height))
        .filter((one): one is MaskTiles => one !== undefined);
      setFound(coverage(tiles, media.width, media.height));
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [session, version]);
  return found;
}
