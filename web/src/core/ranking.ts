// Rankings as answers hold them: places, best first; options that share a place are one word, their ids sorted and
// joined by `=`, which no id contains.
import type { Value } from "./types";

export type Places = string[][];

export function placesOf(value: Value | undefined): Places {
  return Array.isArray(value) ? value.map((word) => word.split("=")) : [];
}

export function wordsOf(places: Places): string[] | undefined {
  const full = places.filter((place) => place.length > 0);
  return full.length === 0 ? undefined : full.map((place) => [...place].sort().join("="));
}

/** Takes an option out of the ranking, or puts it at the end. */
export function toggleRanked(value: Value | undefined, option: string): string[] | undefined {
  const places = placesOf(value);
  const there = places.some((place) => place.includes(option));
  if (there) return wordsOf(places.map((place) => place.filter((one) => one !== option)));
  return wordsOf([...places, [option]]);
}

/** Joins a place with the one before it. */
export function joined(value: Value | undefined, place: number): string[] | undefined {
  const places = placesOf(value);
  const [before, own] = [places[place - 1], places[place]];
  if (!before || !own) return wordsOf(places);
  return wordsOf([...places.slice(0, place - 1), [...before, ...own], ...places.slice(place + 1)]);
}

/** Parts a place before its member number `at`, as the members stand. */
export function parted(places: Places, place: number, at: number): string[] | undefined {
  const own = places[place];
  if (!own || at < 1 || at >= own.length) return wordsOf(places);
  return wordsOf([...places.slice(0, place), own.slice(0, at), own.slice(at), ...places.slice(place + 1)]);
}

/** The last option joins the place before it; where it shares one already, it gets its own again. */
export function toggleTie(value: Value | undefined): string[] | undefined {
  const places = placesOf(value);
  const last = places.length - 1;
  const own = places[last];
  if (own && own.length > 1) return parted(places, last, own.length - 1);
  return joined(value, last);
}

/** `A, B = C` */
export function rankingWords(value: Value | undefined, titleOf: (id: string) => string): string {
  return placesOf(value)
    .map((place) => place.map(titleOf).sort().join(" = "))
    .join(", ");
}
