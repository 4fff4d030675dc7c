// One look for light and dark. Colours of states are Okabe-Ito's, told apart by colour-blind people; text colours are
// a step darker than the library's, so that small grey text can still be read.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const blue: MantineColorsTuple = [
  "#e8f3fb",
  "#d2e5f5",
  "#a5cbea",
  "#76b0df",
  "#5199d3",
  "#3789c8",
  "#2380c1",
  "#0f6dab",
  "#005f9e",
  "#004f87",
];

export const theme = createTheme({
  colors: { brand: blue },
  primaryColor: "brand",
  primaryShade: 8,
  defaultRadius: "sm",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", monospace',
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.4rem" }, h2: { fontSize: "1.1rem" }, h3: { fontSize: "1rem" } },
  },
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 200, multiline: true } },
    // A coloured title on a tint of its own colour is too faint to read.
    Alert: { styles: { title: { color: "var(--mantine-color-text)" } } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.45 },
        closeButtonProps: { "aria-label": "Close" },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {
    "--state-done": "#009e73",
    "--state-in-review": "#e69f00",
    "--state-labeled": "#56b4e9",
  },
  light: {
    "--mantine-color-dimmed": "#4b535b",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-placeholder": "#6a7178",
    "--state-open": "#c3c9cf",
    "--page-background": "#f7f8fa",
  },
  dark: {
    "--mantine-color-dimmed": "#b4bac1",
    "--mantine-color-error": "#ff9d96",
    "--mantine-color-placeholder": "#9aa1a9",
    "--mantine-color-anchor": "#8cc4f0",
    "--state-open": "#4d545c",
    "--page-background": "#1b1d20",
  },
});
