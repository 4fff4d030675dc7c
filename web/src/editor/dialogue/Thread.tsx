// The conversation: what was said, and below it the responses side by side.
import { useSyncExternalStore } from "react";
import { letterOf, turnsOf } from "../../core/dialogue/conversation";
import classes from "./dialogue.module.css";
import { type DialogueEngine, pickField } from "./engine";
import { TurnView } from "./TurnView";

export function Thread({ engine }: { engine: DialogueEngine }) {
  const { conversation, session } = engine;
  useSyncExternalStore(engine.subscribe, () => engine.state);
  useSyncExternalStore(session.doc.subscribe, () => session.doc.version);
  useSyncExternalStore(session.ui.subscribe, () => session.ui.state);
  return (
    <div className={classes.thread}>
      <div className={classes.said}>
        {turnsOf(conversation, undefined).map((turn) => (
          <TurnView key={turn.index} engine={engine} turn={turn} />
        ))}
      </div>
      {conversation.responses > 0 ? (
        <div className={classes.responses} data-count={conversation.responses}>
          {conversation.order.map((response, place) => (
            <section key={response} className={classes.response} aria-label={`Response ${letterOf(place)}`}>
              <div className={classes.head}>
                <h2 className={classes.letter}>{letterOf(place)}</h2>
                <Prefer engine={engine} place={place} />
              </div>
              {turnsOf(conversation, response).map((turn) => (
                <TurnView key={turn.index} engine={engine} turn={turn} />
              ))}
            </section>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function Prefer({ engine, place }: { engine: DialogueEngine; place: number }) {
  const field = pickField(engine.session);
  const option = field?.kind.type === "pairwise" ? field.kind.options[place] : undefined;
  if (!field || !option || option.title !== letterOf(place)) return null;
  const picked = engine.session.doc.fields[field.id] === option.id;
  if (engine.readOnly) return picked ? <strong className={classes.picked}>Preferred</strong> : null;
  return (
    <button
      type="button"
      className={classes.button}
      aria-pressed={picked}
      // The focus stays on the conversation, where the keys are.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => engine.prefer(place)}
    >
      {picked ? "Preferred" : `Prefer ${option.title}`}
    </button>
  );
}
