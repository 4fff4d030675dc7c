// Where one is in the video, and what can be done there by the mouse: the same commands as the keys.
import { useSyncExternalStore } from "react";
import { timeWords } from "../../core/timeline/axis";
import { at, keyframeAt, trackOf } from "../../core/video/tracks";
import type { EditorSession } from "../session";
import { useDocVersion, useUi } from "../shell/hooks";
import timeline from "../timeline/timeline.module.css";
import { playerOf } from "./pictures";
import { RATES, type VideoPlayer } from "./player";
import classes from "./video.module.css";

interface Props {
  session: EditorSession;
  readOnly: boolean;
}

export function VideoPanel({ session, readOnly }: Props) {
  const player = playerOf(session);
  return player ? <Panel session={session} readOnly={readOnly} player={player} /> : null;
}

function Panel({ session, readOnly, player }: Props & { player: VideoPlayer }) {
  const state = useSyncExternalStore(player.subscribe, () => player.state);
  const { table } = player;
  const run = (command: string) => () => session.engine?.run(command);
  const { shown } = state;
  const { constant, unshown } = table.head;
  return (
    <div className={timeline.panel}>
      <p className={classes.place} data-testid="place">
        {shown === undefined
          ? "The first frame is on its way"
          : `Frame ${shown + 1} of ${table.frames}, ${timeWords(table.start(shown))}`}
      </p>
      <div className={timeline.row}>
        <Button words="‹ Frame" does={run("frame-back")} />
        <Button words={state.playing ? "Pause" : "Play"} does={run("play")} />
        <Button words="Frame ›" does={run("frame-on")} />
      </div>
      <div className={timeline.row}>
        <label className={timeline.check}>
          <input
            type="checkbox"
            checked={state.loop}
            onChange={(event) => player.set({ loop: event.currentTarget.checked })}
          />
          Loop
        </label>
        <label className={timeline.check}>
          Speed
          <select
            className={timeline.select}
            value={state.rate}
            onChange={(event) => player.setRate(Number(event.currentTarget.value))}
          >
            {RATES.map((rate) => (
              <option key={rate} value={rate}>
                {rate}×
              </option>
            ))}
          </select>
        </label>
      </div>
      {readOnly ? null : <TrackButtons session={session} frame={shown ?? 0} />}
      {constant ? null : <p className={timeline.problem}>Frames are not all shown equally long.</p>}
      {unshown > 0 ? (
        <p className={timeline.problem}>{unshown} frames of the file are never shown and have no number.</p>
      ) : null}
      {state.notice ? (
        <p className={timeline.problem} role="status">
          {state.notice}
        </p>
      ) : null}
      {state.problem ? (
        <p className={timeline.problem} role="alert">
          {state.problem}
        </p>
      ) : null}
    </div>
  );
}

function Button({ words, does, pressed }: { words: string; does: () => void; pressed?: boolean }) {
  return (
    <button type="button" className={timeline.button} aria-pressed={pressed} onClick={does}>
      {words}
    </button>
  );
}

/** What is done to the selected track at this frame. */
function TrackButtons({ session, frame }: { session: EditorSession; frame: number }) {
  useDocVersion(session);
  const { selection } = useUi(session);
  const tracks = selection
    .map((id) => trackOf(session.doc.region(id)))
    .filter((track) => track !== undefined);
  const [track] = tracks;
  if (!track) return null;
  const run = (command: string) => () => session.engine?.run(command);
  const own = keyframeAt(track, frame);
  const seen = at(track, frame);
  return (
    <>
      <div className={timeline.row}>
        <Button words="‹ Keyframe" does={run("keyframe-back")} />
        <Button words="Keyframe ›" does={run("keyframe-on")} />
      </div>
      <div className={timeline.row}>
        <Button words="Keyframe" does={run("keyframe")} pressed={own !== undefined} />
        <Button words="Outside" does={run("outside")} pressed={own?.outside === true} />
        <Button words="Occluded" does={run("occluded")} pressed={seen?.occluded === true} />
      </div>
      <div className={timeline.row}>
        <Button words="Extend to here" does={run("extend")} />
        <Button words="Cut here" does={run("split")} />
        {tracks.length > 1 ? <Button words="Merge" does={run("merge")} /> : null}
      </div>
    </>
  );
}
