// A person's own keys: kept in this browser, by the person, because people share machines.
import { useEffect, useMemo } from "react";
import { Hotkeys, type OwnKeys } from "../core/hotkeys";
import { useMe } from "./session";

const placeOf = (person: number): string => `labelwright.keys.${person}`;

/** What was kept; nothing of it when somebody has spoilt it. */
export function readOwnKeys(text: string | null): OwnKeys {
  try {
    const read: unknown = JSON.parse(text ?? "{}");
    if (typeof read !== "object" || read === null || Array.isArray(read)) return new Map();
    const good = Object.entries(read).filter(
      (entry): entry is [string, string[]] =>
        Array.isArray(entry[1]) && entry[1].length > 0 && entry[1].every((key) => typeof key === "string"),
    );
    return new Map(good);
  } catch {
    return new Map();
  }
}

/** The keys of a page, with the person's own. */
export function useOwnHotkeys(): Hotkeys {
  const person = useMe().user.id;
  const hotkeys = useMemo(() => new Hotkeys(readOwnKeys(localStorage.getItem(placeOf(person)))), [person]);
  useEffect(() => {
    let kept = hotkeys.own;
    return hotkeys.subscribe(() => {
      if (hotkeys.own === kept) return;
      kept = hotkeys.own;
      if (kept.size === 0) localStorage.removeItem(placeOf(person));
      else localStorage.setItem(placeOf(person), JSON.stringify(Object.fromEntries(kept)));
    });
  }, [hotkeys, person]);
  return hotkeys;
}
