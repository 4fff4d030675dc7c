// The few pictograms of the app's frame: 20 px lines that take the colour of their text.
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const icons = {
  home: (
    <Icon>
      <path d="M3 9.5 10 3.5l7 6M5 8.5V16.5h10V8.5" />
    </Icon>
  ),
  data: (
    <Icon>
      <ellipse cx="10" cy="5" rx="6.5" ry="2.5" />
      <path d="M3.5 5v10c0 1.4 2.9 2.5 6.5 2.5s6.5-1.1 6.5-2.5V5M3.5 10c0 1.4 2.9 2.5 6.5 2.5s6.5-1.1 6.5-2.5" />
    </Icon>
  ),
  schemas: (
    <Icon>
      <rect x="3" y="3" width="6" height="5" rx="1" />
      <rect x="11" y="12" width="6" height="5" rx="1" />
      <path d="M6 8v6.5h5" />
    </Icon>
  ),
  members: (
    <Icon>
      <circle cx="7.5" cy="7" r="3" />
      <path d="M2 16.5c.5-3 2.7-4.5 5.5-4.5s5 1.5 5.5 4.5M13.5 4.3a3 3 0 0 1 0 5.4M15 12.3c1.7.7 2.7 2.1 3 4.2" />
    </Icon>
  ),
  jobs: (
    <Icon>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 6v4l2.5 2" />
    </Icon>
  ),
  webhooks: (
    <Icon>
      <circle cx="6" cy="14" r="2.5" />
      <circle cx="14" cy="14" r="2.5" />
      <circle cx="10" cy="6" r="2.5" />
      <path d="m8.8 8.2-2 3.5M8.5 14h3M13 11.7l-1.9-3.4" />
    </Icon>
  ),
  audit: (
    <Icon>
      <path d="M5 2.5h7l3.5 3.5v11.5H5zM8 8h5M8 11h5M8 14h3" />
    </Icon>
  ),
  light: (
    <Icon>
      <circle cx="10" cy="10" r="3.5" />
      <path d="M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1" />
    </Icon>
  ),
  dark: (
    <Icon>
      <path d="M16.5 11.7A7 7 0 0 1 8.3 3.5a7 7 0 1 0 8.2 8.2z" />
    </Icon>
  ),
  system: (
    <Icon>
      <rect x="2.5" y="4" width="15" height="10" rx="1.5" />
      <path d="M7 17h6" />
    </Icon>
  ),
  upload: (
    <Icon>
      <path d="M10 13V4M6.5 7.5 10 4l3.5 3.5M4 16h12" />
    </Icon>
  ),
};
