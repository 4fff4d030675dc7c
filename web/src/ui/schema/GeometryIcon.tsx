// What a geometry looks like, at the size of a letter.
import type { ReactNode } from "react";
import type { GeometryKind } from "../../core/types";

const DRAWINGS: Record<GeometryKind, ReactNode> = {
  box: <rect x="2" y="4" width="12" height="8" />,
  rotated_box: <path d="M5 2.5 14 7l-3 6.5L2 9z" />,
  ellipse: <ellipse cx="8" cy="8" rx="6" ry="4" />,
  polygon: <path d="M8 2 14 6.5 12 13.5H4L2 6.5z" />,
  polyline: <path d="M2 12 6 5l4 5 4-7" />,
  points: (
    <g fill="currentColor" stroke="none">
      <circle cx="4" cy="11" r="1.8" />
      <circle cx="8" cy="4.5" r="1.8" />
      <circle cx="12.5" cy="10" r="1.8" />
    </g>
  ),
  keypoints: (
    <>
      <path d="M8 4v5M8 9l-3 5M8 9l3 5M3.5 7h9" />
      <circle cx="8" cy="3" r="1.2" fill="currentColor" />
    </>
  ),
  mask: <path d="M4 4c2-3 4 0 6-.5s4 2 3.5 5-4 5.5-7 5S1 8 4 4z" fill="currentColor" fillOpacity="0.35" />,
  cuboid: <path d="M2 6h8v8H2zM2 6l4-4h8v8l-4 4M10 6l4-4" />,
  span: <path d="M2 6h12M2 11h12M4.5 4v4M11.5 4v4" />,
  interval: <path d="M3 3v10M13 3v10M3 8h10M5 6 3 8l2 2M11 6l2 2-2 2" />,
  track: (
    <>
      <rect x="2" y="7" width="5" height="5" />
      <path d="M9 9.5h5M12 7.5l2 2-2 2" />
    </>
  ),
  cells: <path d="M2 3h12v10H2zM2 6.5h12M2 10h12M6 3v10M10 3v10" />,
};

export function GeometryIcon({ kind }: { kind: GeometryKind }) {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden="true"
    >
      {DRAWINGS[kind]}
    </svg>
  );
}
