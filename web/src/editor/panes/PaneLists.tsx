// The regions of all panes, one list a pane. Who goes into a list gives its pane the keys.
import { useSyncExternalStore } from "react";
import { regionsIn } from "../../core/panes";
import type { EditorSession } from "../session";
import { useDocVersion } from "../shell/hooks";
import { RegionList } from "../shell/RegionList";
import type { PaneSlot, Panes } from "./panes";
import classes from "./panes.module.css";

export function PaneLists({ panes }: { panes: Panes }) {
  const active = useSyncExternalStore(panes.subscribe, () => panes.active);
  return panes.slots.map((slot, index) => (
    <div
      key={slot.id ?? ""}
      className={classes.list}
      data-active={index === active || undefined}
      // Not at the press: what is selected in the pane shows above, and would push the row away under the pointer.
      onClickCapture={() => panes.activate(index)}
      onKeyDownCapture={() => panes.activate(index)}
    >
      {slot.session ? (
        <Listed slot={slot} session={slot.session} />
      ) : (
        <Unseen panes={panes} slot={slot} session={panes.current} />
      )}
    </div>
  ));
}

function Listed({ slot, session }: { slot: PaneSlot; session: EditorSession }) {
  useDocVersion(session);
  return (
    <>
      <h3>
        {slot.title} <span>{session.doc.regions.length}</span>
      </h3>
      <RegionList session={session} title={`Regions of ${slot.title}`} />
    </>
  );
}

/** Regions that lie on what is not shown stay in the answer: they are counted. */
function Unseen({ panes, slot, session }: { panes: Panes; slot: PaneSlot; session: EditorSession }) {
  const count = regionsIn(session.whole.regions, panes.paneOf, slot.id).length;
  return (
    <>
      <h3>
        {slot.title} <span>{count}</span>
      </h3>
      <p>
        {slot.why}
        {count > 0 ? ` ${count} ${count === 1 ? "region is" : "regions are"} kept as they are.` : ""}
      </p>
    </>
  );
}
