// Numbers, sizes, spans and times as people read them.
const whole = new Intl.NumberFormat("en");

export function count(value: number): string {
  return whole.format(value);
}

/** `1 task`, `2 tasks`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A share of 0 to 1 in percent; a dash where there is none. */
export function percent(share: number | null | undefined, digits = 0): string {
  return share == null ? "–" : `${(share * 100).toFixed(digits)} %`;
}

export function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** A span with one unit that fits: `40 s`, `12 min`, `3.5 h`, `4 days`. */
export function duration(seconds: number): string {
  if (seconds < 1) return "under 1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Number((seconds / 3600).toFixed(1))} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

export function dateTime(iso: string): string {
  return moment.format(new Date(iso));
}

export function date(iso: string): string {
  return day.format(new Date(iso));
}

/** `in_review` as `in review`. */
export function words(code: string): string {
  return code.replaceAll("_", " ");
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
