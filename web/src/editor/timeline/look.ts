// Colours of a timeline: taken from the theme when it changes, so that both themes can be read.

export interface Look {
  isDark: boolean;
  text: string;
  dimmed: string;
  line: string;
  ground: string;
  wave: string;
  playhead: string;
}

export function lookOf(host: HTMLElement): Look {
  const style = getComputedStyle(host);
  const isDark = document.documentElement.dataset.mantineColorScheme === "dark";
  return {
    isDark,
    text: style.getPropertyValue("--mantine-color-text").trim() || (isDark ? "#e0e0e0" : "#000"),
    dimmed: isDark ? "#b0b4ba" : "#495057",
    line: isDark ? "#3b3f45" : "#ced4da",
    ground: isDark ? "#141517" : "#ffffff",
    wave: isDark ? "#74a9e0" : "#2b6cb0",
    playhead: isDark ? "#ff8787" : "#c92a2a",
  };
}
