// What can be done with the sound by the mouse: the same commands as the keys.
import { useSyncExternalStore } from "react";
import type { EditorSession } from "../session";
import classes from "../timeline/timeline.module.css";
import { playerOf, RATES_SHOWN } from "./player";

export function SoundPanel({ session, readOnly }: { session: EditorSession; readOnly: boolean }) {
  const player = playerOf(session);
  const state = useSyncExternalStore(player.subscribe, () => player.state);
  const snaps = useSyncExternalStore(session.ui.subscribe, () => session.ui.state.snapToSilence);
  const run = (command: string) => () => session.engine?.run(command);
  const draws = !readOnly && session.usable.length > 0;
  return (
    <div className={classes.panel}>
      <div className={classes.row}>
        <button type="button" className={classes.button} onClick={run("play")}>
          {state.playing ? "Pause" : "Play"}
        </button>
        <button type="button" className={classes.button} onClick={run("play-region")}>
          Play region
        </button>
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={state.loop}
            onChange={(event) => player.set({ loop: event.currentTarget.checked })}
          />
          Loop
        </label>
        <label className={classes.check}>
          Speed
          <select
            className={classes.select}
            value={state.rate}
            onChange={(event) => player.setRate(Number(event.currentTarget.value))}
          >
            {RATES_SHOWN.map((rate) => (
              <option key={rate} value={rate}>
                {rate}×
              </option>
            ))}
          </select>
        </label>
      </div>
      {draws ? (
        <div className={classes.row}>
          <button type="button" className={classes.button} onClick={run("suggest")}>
            Suggest regions
          </button>
          <label className={classes.check}>
            <input type="checkbox" checked={snaps} onChange={run("snap")} />
            Snap to silence
          </label>
        </div>
      ) : null}
      {state.problem ? (
        <p className={classes.problem} role="alert">
          {state.problem}
        </p>
      ) : null}
    </div>
  );
}
