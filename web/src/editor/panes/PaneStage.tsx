// The panes side by side, the item's own data first. A click or the focus in a pane gives it the keys.
import { useMemo, useSyncExternalStore } from "react";
import { regionsIn } from "../../core/panes";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { EditorCanvas } from "../shell/EditorCanvas";
import { useDocVersion } from "../shell/hooks";
import { canvasWords } from "../shell/words";
import type { PaneSlot, Panes, StageProps } from "./panes";
import classes from "./panes.module.css";

export function PaneStage({ panes, readOnly, layers }: StageProps) {
  const active = useSyncExternalStore(panes.subscribe, () => panes.active);
  return (
    <div className={classes.panes}>
      {panes.slots.map((slot, index) => (
        <section
          key={slot.id ?? ""}
          className={classes.pane}
          aria-label={slot.title}
          data-pane={slot.id ?? ""}
          data-active={(slot.session && index === active) || undefined}
          // Before the editor hears of it: what it then does is done with the keys in hand.
          onPointerDownCapture={() => panes.activate(index)}
          onFocusCapture={() => panes.activate(index)}
        >
          <header className={classes.head}>
            <h2>{slot.title}</h2>
            {slot.key === undefined ? null : <span title={slot.key}>{slot.key}</span>}
          </header>
          {slot.session ? (
            <Shown panes={panes} slot={slot} session={slot.session} readOnly={readOnly} layers={layers} />
          ) : (
            <p className={classes.nothing}>{slot.why}</p>
          )}
        </section>
      ))}
    </div>
  );
}

interface ShownProps extends StageProps {
  slot: PaneSlot;
  session: EditorSession;
}

function Shown({ panes, slot, session, readOnly, layers }: ShownProps) {
  useDocVersion(session);
  const own = useLayersOf(panes, slot.id, layers);
  const words = canvasWords(session);
  return (
    // biome-ignore lint/a11y: the canvas has the keys and the role; this only hears of clicks when it has taken them.
    <div className={classes.body} onClick={() => (readOnly ? false : panes.endRelation(session))}>
      <EditorCanvas
        session={session}
        readOnly={readOnly}
        layers={own}
        label={slot.id === undefined ? words : `${slot.title}: ${words}`}
      />
    </div>
  );
}

/** Others' answers as far as they lie in a pane. */
function useLayersOf(
  panes: Panes,
  pane: string | undefined,
  layers: readonly LayerView[] | undefined,
): readonly LayerView[] | undefined {
  return useMemo(
    () => layers?.map((layer) => ({ ...layer, regions: regionsIn(layer.regions, panes.paneOf, pane) })),
    [panes, pane, layers],
  );
}
