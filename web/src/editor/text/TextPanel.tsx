// What keys do in the text, by mouse and in sight: snapping, layout, places to be labeled, types of relations, chains,
// the person's own list of terms.
import { useMemo, useSyncExternalStore } from "react";
import { chainsOf, chainTypes } from "../../core/chains";
import type { EditorSession } from "../session";
import { offered } from "./relating";
import { TermPanel } from "./TermPanel";
import classes from "./text.module.css";
import { SNAP_WORDS, SNAPS, workOf } from "./work";

interface Props {
  session: EditorSession;
  readOnly: boolean;
}

export function TextPanel({ session, readOnly }: Props) {
  const work = workOf(session);
  const state = useSyncExternalStore(work.subscribe, () => work.state);
  const tokens = session.media.kind === "text" && session.media.tokens !== undefined;
  const hasRelations = (session.schema.relations ?? []).length > 0;
  return (
    <div className={classes.panel}>
      <div className={classes.panelRow}>
        {readOnly ? null : (
          <label>
            Snap to
            <select
              className={classes.select}
              value={state.snap}
              onChange={(event) =>
                work.set({ snap: SNAPS.find((one) => one === event.currentTarget.value) ?? "word" })
              }
            >
              {SNAPS.filter((one) => one !== "token" || tokens).map((one) => (
                <option key={one} value={one}>
                  {SNAP_WORDS[one]}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          <input
            type="checkbox"
            checked={state.view === "sentences"}
            onChange={(event) => work.set({ view: event.currentTarget.checked ? "sentences" : "paragraphs" })}
          />
          One sentence a line
        </label>
      </div>
      {readOnly ? null : <AlikePanel session={session} />}
      {hasRelations && !readOnly ? <RelationTypes session={session} /> : null}
      {chainTypes(session.schema.relations).length > 0 ? <Chains session={session} /> : null}
      {readOnly ? null : <TermPanel session={session} />}
    </div>
  );
}

function AlikePanel({ session }: { session: EditorSession }) {
  const work = workOf(session);
  const { preview, caseSensitive, wholeWords } = useSyncExternalStore(work.subscribe, () => work.state);
  const selected = useSyncExternalStore(session.ui.subscribe, () => session.ui.state.selection[0]);
  const run = (command: string) => () => session.engine?.run(command);
  const found = preview
    ? `${preview.places.length} more of “${preview.words}”${preview.there > 0 ? `, ${preview.there} labeled` : ""}`
    : undefined;
  return (
    <>
      <div className={classes.panelRow}>
        <button
          type="button"
          className={classes.button}
          disabled={selected === undefined || preview?.places.length === 0}
          onClick={run("alike")}
        >
          {preview ? `Label ${preview.places.length} more` : "Find everywhere"}
        </button>
        {preview ? (
          <button type="button" className={classes.button} onClick={() => work.set({ preview: undefined })}>
            Leave them
          </button>
        ) : null}
        <label>
          <input
            type="checkbox"
            checked={caseSensitive}
            onChange={(event) => work.set({ caseSensitive: event.currentTarget.checked })}
          />
          Same case
        </label>
        <label>
          <input
            type="checkbox"
            checked={wholeWords}
            onChange={(event) => work.set({ wholeWords: event.currentTarget.checked })}
          />
          Whole words
        </label>
      </div>
      {found ? (
        <p className={classes.note} role="status">
          <bdi>{found}</bdi>
        </p>
      ) : null}
    </>
  );
}

function RelationTypes({ session }: { session: EditorSession }) {
  const { relationType, relationFrom } = useSyncExternalStore(session.ui.subscribe, () => session.ui.state);
  const types = offered(session);
  const from = session.doc.region(relationFrom ?? "");
  const refused = types.filter((one) => one.refused !== undefined);
  return (
    <>
      <div className={classes.panelRow}>
        <label>
          Relation
          <select
            className={classes.select}
            value={relationType ?? ""}
            onChange={(event) => session.ui.set({ relationType: event.currentTarget.value || undefined })}
          >
            <option value="">The first that fits</option>
            {types.map(({ type, refused }) => (
              <option key={type.id} value={type.id} disabled={refused !== undefined}>
                {type.title} {type.directed ? "→" : "↔"}
              </option>
            ))}
          </select>
        </label>
      </div>
      {from ? (
        <p className={classes.note} role="status">
          From <bdi>{session.plugin.describe(from, session.media)}</bdi>: click the other span, or select it
          and press Enter. Esc leaves.
        </p>
      ) : null}
      {from && refused.length > 0 ? (
        <p className={classes.note}>Not from here: {refused.map((one) => one.refused).join("; ")}.</p>
      ) : null}
    </>
  );
}

function Chains({ session }: { session: EditorSession }) {
  const version = useSyncExternalStore(session.doc.subscribe, () => session.doc.version);
  const { selection } = useSyncExternalStore(session.ui.subscribe, () => session.ui.state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for the document.
  const chains = useMemo(
    () => chainsOf((id) => session.doc.region(id), session.doc.relations, session.schema.relations),
    [session, version],
  );
  const name = (id: string | undefined) => {
    const region = session.doc.region(id ?? "");
    return region ? session.plugin.describe(region, session.media) : "";
  };
  if (chains.length === 0) {
    return (
      <p className={classes.note}>No chains yet: select a mention and press K, then another one and K.</p>
    );
  }
  return (
    <ul className={classes.chains} aria-label={`Chains, ${chains.length}`}>
      {chains.map((chain) => (
        <li key={chain.mentions[0]}>
          <button
            type="button"
            aria-current={chain.mentions.includes(selection[0] ?? "") || undefined}
            onClick={() => {
              const [first] = chain.mentions;
              if (first === undefined) return;
              session.ui.select(first);
              session.engine?.focus([first]);
            }}
          >
            #{chain.number} <bdi>{name(chain.mentions[0])}</bdi> · {chain.mentions.length} mentions
          </button>
        </li>
      ))}
    </ul>
  );
}
