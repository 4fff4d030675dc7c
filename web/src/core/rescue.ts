// What a page has no time to write into the browser's database when it goes away. It lies in the storage that writes at
// once and has little room: the time, a space, and the thing. Whoever opens the database looks here too.

export type Shelf = "drafts" | "outbox";

const placeOf = (shelf: Shelf, key: string): string => `labelwright.${shelf}.${key}`;

const read = <T>(text: string): T => JSON.parse(text.slice(text.indexOf(" ")));

export function rescue(shelf: Shelf, key: string, at: number, thing: unknown): void {
  try {
    localStorage.setItem(placeOf(shelf, key), `${at} ${JSON.stringify(thing)}`);
  } catch {
    // Too large, or not allowed: what is on its way to the database may still arrive.
  }
}

export function rescued<T>(shelf: Shelf, key: string): T | undefined {
  try {
    const text = localStorage.getItem(placeOf(shelf, key));
    return text === null ? undefined : read<T>(text);
  } catch {
    return undefined;
  }
}

export function allRescued<T>(shelf: Shelf): T[] {
  try {
    const places = Object.keys(localStorage).filter((place) => place.startsWith(placeOf(shelf, "")));
    return places.flatMap((place) => rescued<T>(shelf, place.slice(placeOf(shelf, "").length)) ?? []);
  } catch {
    return [];
  }
}

/** It is written, as of this time: what is newer stays. */
export function forget(shelf: Shelf, key: string, written = Number.POSITIVE_INFINITY): void {
  try {
    const text = localStorage.getItem(placeOf(shelf, key));
    if (text !== null && Number.parseInt(text, 10) <= written) localStorage.removeItem(placeOf(shelf, key));
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}
