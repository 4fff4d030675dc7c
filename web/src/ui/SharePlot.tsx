// The frame of a picture of shares: 0 to 100 % upwards, two ends of what goes along, and what the colours mean.
import type { ReactNode } from "react";
import classes from "./SharePlot.module.css";

interface Props {
  /** What the picture shows, for those who do not see it. */
  label: string;
  /** How wide the picture is in its own units; it is 100 high, and 0 is at the top. */
  width: number;
  /** Where the axis begins and ends. */
  ends: readonly [string, string];
  children: ReactNode;
}

export function SharePlot({ label, width, ends, children }: Props) {
  return (
    <div className={classes.plot}>
      <div className={classes.scale} aria-hidden="true">
        <span>100 %</span>
        <span>50 %</span>
        <span>0 %</span>
      </div>
      <svg
        className={classes.area}
        viewBox={`0 0 ${width} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {children}
      </svg>
      <div className={classes.ends} aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </div>
    </div>
  );
}

/** List items, each a key and its words. */
export function Legend({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.legend} aria-label={label}>
      {children}
    </ul>
  );
}
