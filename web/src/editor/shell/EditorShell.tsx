// The frame around every editor: palette, canvas, questions, regions, mode line, and the keys that all of them share.
// Pages put their own bar, panels and keys around it.
import { type ReactNode, useMemo, useState } from "react";
import type { Complaint } from "../../core/fields";
import { checkFields, placeOf } from "../../core/fields";
import { schemaKeys, targetOf } from "../../core/schemakeys";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { EditorStage } from "./EditorStage";
import { FieldForm, focusField } from "./FieldForm";
import { toggled } from "./FieldInput";
import { HotkeySheet } from "./HotkeySheet";
import { useCurrent, useDocVersion, useKeys, useUi } from "./hooks";
import { Inspector } from "./Inspector";
import { EDITOR_KEYS, LOOK_KEYS, NO_KEYS, SUGGESTION_KEYS, WALK_KEYS } from "./keys";
import { LabelPalette } from "./LabelPalette";
import { ModeLine } from "./ModeLine";
import { RegionList } from "./RegionList";
import { RelationList } from "./RelationList";
import classes from "./shell.module.css";
import { walk } from "./walk";
import { valueWords } from "./words";
import "./styles";

interface Props {
  /** Of the item's own data, where it has panes. */
  session: EditorSession;
  topBar: ReactNode;
  /** Above the canvas: what the person must know first. */
  notices?: ReactNode;
  sideTop?: ReactNode;
  sideBottom?: ReactNode;
  complaints?: readonly Complaint[];
  said: string;
  readOnly?: boolean;
  /** The page shows the values in its own way. */
  hideFields?: boolean;
  layers?: readonly LayerView[];
  onComment?: (region: string) => void;
}

export function EditorShell({
  session: main,
  topBar,
  notices,
  sideTop,
  sideBottom,
  complaints = [],
  said,
  readOnly = false,
  hideFields = false,
  layers,
  onComment,
}: Props) {
  const [sheet, setSheet] = useState(false);
  const session = useCurrent(main);
  const { panes } = main;
  useDocVersion(main);
  useDocVersion(session);
  const ui = useUi(session);
  const fields = main.schema.fields ?? [];
  const named = useNamed(main, complaints);
  const keys = useMemo(
    () => (readOnly ? [] : schemaKeys(main.wholeSchema, panes?.geometries ?? main.plugin.geometries)),
    [main, panes, readOnly],
  );
  const keyOf = (field: string, option: string) =>
    keys.find((entry) => entry.id === `option ${JSON.stringify([field, option])}`)?.keys[0];

  useKeys("schema", 30, keys, (command) => {
    const target = targetOf(command);
    if (!target) return false;
    if (target.kind === "class") (panes ?? session).pickClass(target.id);
    else return pickOption(main, target.field, target.option);
    return true;
  });
  const paneKeys = useMemo(() => panes?.keys(readOnly) ?? NO_KEYS, [panes, readOnly]);
  useKeys("panes", 25, paneKeys, (command) => panes?.run(command) ?? false);
  const pluginKeys = useMemo(() => {
    const own = session.plugin.keys(session.schema, readOnly);
    return panes?.beside(own, readOnly) ?? own;
  }, [session, panes, readOnly]);
  useKeys("plugin", 20, pluginKeys, (command) => session.engine?.run(command) ?? false);
  const suggests = !readOnly && main.editors.some((one) => one.hasSuggestions());
  useKeys("suggestions", 15, suggests ? SUGGESTION_KEYS : NO_KEYS, (command) => {
    if (command === "accept-all") return main.acceptAll();
    // What is suggested for questions is with the item's own data.
    const one = session.hasSuggestions() ? session : main;
    return command === "accept-suggestion" ? one.acceptSuggestion() : one.dropSuggestion();
  });
  useKeys("editor", 10, readOnly ? LOOK_KEYS : EDITOR_KEYS, (command) => {
    if (command === "sheet") setSheet(true);
    else if (command === "cancel") return cancel(session);
    else if (readOnly) return false;
    else return command === "undo" ? session.undo() : session.redo();
    return true;
  });

  const asksAttributes = session.classes.some((one) => (one.attributes ?? []).length > 0);
  useKeys("walk", 11, asksAttributes && !readOnly ? WALK_KEYS : NO_KEYS, (command) =>
    walk(session, command === "walk-next" ? 1 : -1),
  );

  // Also while it is closed a dialogue costs more than all the rest of the frame.
  const dialogue = useMemo(
    () => (
      <HotkeySheet
        opened={sheet}
        gestures={session.plugin.gestures(session.schema, readOnly)}
        onClose={() => setSheet(false)}
      />
    ),
    [sheet, session, readOnly],
  );
  const { panel } = session.plugin;
  const hasClasses = (main.wholeSchema.classes ?? []).length > 0;
  return (
    <div className={classes.shell}>
      {topBar}
      {notices}
      <div
        className={classes.work}
        data-palette={(hasClasses && !readOnly) || undefined}
        data-panes={panes ? true : undefined}
      >
        {hasClasses && !readOnly ? <LabelPalette session={session} /> : null}
        <main className={classes.stage}>
          <EditorStage session={main} readOnly={readOnly} layers={layers} />
        </main>
        <aside className={classes.side} aria-label="Answer">
          {sideTop}
          {fields.length > 0 && !hideFields ? (
            <section className={classes.section} aria-label="Questions">
              <FieldForm
                fields={fields}
                values={main.doc.fields}
                onChange={(id, value, merge) => main.setField(id, value, merge)}
                complaints={named.fields}
                suggestedFor={readOnly ? undefined : (id) => main.suggestedFor(id)}
                keyOf={keyOf}
                origins={main.plugin.origins?.(main.media)}
                scope="field"
                readOnly={readOnly}
              />
            </section>
          ) : null}
          {panel?.fits(session.schema) ? (
            <section className={classes.section} aria-label={panel.title}>
              <h2 className={classes.heading}>{panel.title}</h2>
              <panel.View session={session} readOnly={readOnly} />
            </section>
          ) : null}
          {hasClasses ? (
            <>
              <Inspector
                session={session}
                complaints={named.regions}
                onComment={onComment}
                readOnly={readOnly}
              />
              <section className={classes.section} aria-label="Regions">
                <h2 className={classes.heading}>
                  Regions <span>{main.whole.regions.length}</span>
                </h2>
                {panes ? <panes.views.Lists panes={panes} /> : <RegionList session={session} />}
                {ui.hidden.size > 0 ? <p className={classes.help}>{ui.hidden.size} hidden</p> : null}
                <RelationList session={session} readOnly={readOnly} />
              </section>
            </>
          ) : null}
          {sideBottom}
        </aside>
      </div>
      <ModeLine said={said} />
      {dialogue}
    </div>
  );
}

interface Named {
  fields: Record<string, string>;
  regions: Record<string, Record<string, string>>;
}

/** Complaints by what they are about, without those that have been mended meanwhile. */
function useNamed(session: EditorSession, complaints: readonly Complaint[]): Named {
  const named: Named = { fields: {}, regions: {} };
  if (complaints.length === 0) return named;
  const answer = session.doc.answer();
  for (const one of complaints) {
    const place = placeOf(one.pointer, answer);
    if (place.field !== undefined) {
      const field = session.schema.fields?.find((found) => found.id === place.field);
      const mended = field && checkFields([field], answer.fields, "").length === 0 && field.required;
      if (!mended || !one.message.includes("required")) named.fields[place.field] = one.message;
    }
    const attribute = /\/attributes\/([^/]+)/.exec(one.pointer)?.[1];
    if (place.region !== undefined && attribute !== undefined) {
      named.regions[place.region] = { ...named.regions[place.region], [attribute]: one.message };
    }
  }
  return named;
}

/** Esc in a text field goes back to the canvas; on the canvas it is the editor's. */
function cancel(session: EditorSession): boolean {
  if (session.ui.state.walking) session.ui.set({ walking: false });
  const active = document.activeElement;
  if (active instanceof HTMLElement && active.matches("input, textarea, button, [role=listbox]")) {
    active.blur();
    session.canvas?.focus();
    return true;
  }
  if (session.panes && session.ui.state.relationFrom !== undefined) {
    session.ui.set({ relationFrom: undefined });
    return true;
  }
  return session.engine?.run("cancel") ?? false;
}

/** A key of an option; then the next open question of those that have to be answered gets the focus. */
function pickOption(session: EditorSession, id: string, option: string): boolean {
  const fields = session.schema.fields ?? [];
  const field = fields.find((one) => one.id === id);
  if (!field || !document.querySelector(`[data-scope="field"][data-field="${CSS.escape(id)}"]`)) return false;
  const value = toggled(field, session.doc.fields[id], option);
  session.setField(id, value);
  session.announce(`${field.title}: ${value === undefined ? "nothing" : valueWords(field, value)}`);
  const open = checkFields(fields, session.doc.fields, "").find((one) => one.message.includes("required"));
  const single = field.kind.type === "choice" && !field.kind.multiple;
  if (open && single && value !== undefined) {
    requestAnimationFrame(() => focusField("field", open.pointer.slice(1)));
  }
  return true;
}
