// The slice and the window of a scan, what its files say, and what one should know of it.
import { useSyncExternalStore } from "react";
import type { EditorSession } from "../session";
import { viewOf } from "./view";
import classes from "./volume.module.css";

export function VolumePanel({ session }: { session: EditorSession; readOnly: boolean }) {
  const view = viewOf(session);
  const { slice, center, width } = useSyncExternalStore(view.subscribe, () => view.state);
  const { media } = session;
  if (media.kind !== "volume") return null;
  const { grid, windows, tags, notes, samples, slices } = media.volume.head;
  const chosen = windows.findIndex((one) => one.center === center && one.width === width);
  const [across, down, along] = grid.spacing.map((one) => Number(one.toFixed(3)));
  const rows: [string, string][] = [
    ["Voxels", grid.size.join(" × ")],
    ...(grid.measured ? [["Spacing", `${across} × ${down} × ${along} mm`] as [string, string]] : []),
    ...tags,
  ];
  return (
    <>
      {slices.length > 1 ? (
        <label className={classes.row}>
          Slice {slice + 1} of {slices.length}
          <input
            type="range"
            min={1}
            max={slices.length}
            value={slice + 1}
            onChange={(event) => view.set({ slice: Number(event.currentTarget.value) - 1 })}
          />
        </label>
      ) : null}
      {samples === "rgb" ? null : (
        <label className={classes.row}>
          Window
          <select
            className={classes.choice}
            value={chosen}
            onChange={(event) => {
              const next = windows[Number(event.currentTarget.value)];
              if (next) view.set({ center: next.center, width: next.width });
            }}
          >
            {chosen < 0 ? <option value={-1}>Set by hand</option> : null}
            {windows.map((one, at) => (
              <option key={one.name} value={at}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      )}
      {notes.length > 0 ? (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      <dl className={classes.tags}>
        {rows.map(([name, value]) => (
          <div key={name} className={classes.pair}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
