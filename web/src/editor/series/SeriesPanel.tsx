// The channels of a series: which of them are drawn, and what they reach from and to.
import { useSyncExternalStore } from "react";
import { numberWords } from "../../core/series/lanes";
import type { EditorSession } from "../session";
import classes from "../timeline/timeline.module.css";
import { viewOf } from "./view";

export function SeriesPanel({ session }: { session: EditorSession; readOnly: boolean }) {
  const view = viewOf(session);
  const { hidden, fits } = useSyncExternalStore(view.subscribe, () => view.state);
  const { media } = session;
  if (media.kind !== "time_series") return null;
  const { channels, left_out: leftOut } = media.series.head;
  return (
    <div className={classes.panel}>
      {channels.map((channel, at) => {
        const range = channel.high - channel.low;
        const missing = channel.missing > 0 ? `, ${channel.missing} missing` : "";
        return (
          <label className={classes.check} key={channel.name}>
            <input type="checkbox" checked={!hidden.has(at)} onChange={() => view.toggle(at)} />
            <span>
              {channel.name}{" "}
              <span className={classes.note}>
                {numberWords(channel.low, range)} to {numberWords(channel.high, range)}
                {missing}
              </span>
            </span>
          </label>
        );
      })}
      <label className={classes.check}>
        <input type="checkbox" checked={fits} onChange={() => view.set({ fits: !fits })} />
        Lanes fit what is seen
      </label>
      {leftOut.length > 0 ? (
        <p className={classes.problem}>Not drawn, because it holds words: {leftOut.join(", ")}</p>
      ) : null}
    </div>
  );
}
