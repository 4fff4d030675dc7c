// One registry of keys: it runs commands and feeds the tooltips, the mode line and the `?` sheet. Layers lie over each
// other: a key that a higher layer takes (the hotkeys of a schema) is not offered by a lower one.
import { Listeners } from "./listeners";

export interface KeyEntry {
  /** The command that runs. */
  id: string;
  /** Like `Ctrl+Enter`, `Shift+A`, `a`, `?`: letters small, modifiers in the order Ctrl, Alt, Shift. */
  keys: string[];
  what: string;
  group: string;
  /** The word for the mode line; without one it is not shown there. */
  short?: string;
  /** Also while writing in a text input. */
  inText?: boolean;
  /** Its key is said by the schema, and no person's own. */
  ofSchema?: boolean;
}

/** A person's own keys: what a command has instead of the keys that it comes with. */
export type OwnKeys = ReadonlyMap<string, readonly string[]>;

/** Runs a command; false when it does not apply now, so that the next layer may have the key. */
export type Runner = (command: string, key: string) => boolean | undefined;

interface Layer {
  name: string;
  level: number;
  entries: readonly KeyEntry[];
  /** The entries with the person's own keys. */
  own: readonly KeyEntry[];
  run: Runner;
}

export interface KeyLike {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** The names that a key press may go by, most specific first. */
export function namesOf(event: KeyLike): string[] {
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey ? "Shift+" : "";
  const front = control + alt;
  const letter = event.key.length === 1;
  if (!letter) return [`${front}${shift}${event.key}`];
  const low = event.key.toLowerCase();
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const names: string[] = [];
  if (/^\p{L}$/u.test(low)) names.push(`${front}${shift}${low}`);
  else {
    // Where digits need Shift (French keyboards) they arrive as digits; elsewhere Shift+1 arrives as a sign.
    names.push(`${front}${low === " " ? "Space" : low}`);
    if (digit && digit !== low) names.push(`${front}${shift}${digit}`);
  }
  return names;
}

/** A key as it is shown to people. */
export function shown(key: string): string {
  const named: Record<string, string> = {
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Escape: "Esc",
    Delete: "Del",
  };
  return key
    .split(/\+(?=.)/)
    .map((part) => named[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(" + ");
}

/** Keys that stand for more than one command of the tables, which would never be reached. */
export function duplicates(...tables: (readonly KeyEntry[])[]): string[] {
  const seen = new Map<string, string>();
  const found: string[] = [];
  for (const entry of tables.flat()) {
    for (const key of entry.keys) {
      const other = seen.get(key);
      if (other !== undefined) found.push(`${key}: ${other} and ${entry.id}`);
      seen.set(key, entry.id);
    }
  }
  return found;
}

/** On what kind of element a key was pressed. */
export type Place = "page" | "text" | "choice" | "button";

export class Hotkeys extends Listeners {
  private layers: Layer[] = [];

  constructor(private ownKeys: OwnKeys = new Map()) {
    super();
  }

  private withOwn(entries: readonly KeyEntry[]): readonly KeyEntry[] {
    if (this.ownKeys.size === 0) return entries;
    return entries.map((entry) => {
      const keys = entry.ofSchema ? undefined : this.ownKeys.get(entry.id);
      return keys ? { ...entry, keys: [...keys] } : entry;
    });
  }

  get own(): OwnKeys {
    return this.ownKeys;
  }

  setOwn(own: OwnKeys): void {
    this.ownKeys = own;
    for (const layer of this.layers) layer.own = this.withOwn(layer.entries);
    this.changed();
  }

  /** Gives a command this key alone. A command that has it now gets the key that this one had, so that none is left
   * without. The answer is the other command. */
  assign(command: string, key: string): KeyEntry | undefined {
    const entries = this.list();
    const entry = entries.find((one) => one.id === command);
    const other = entries.find((one) => one.id !== command && one.keys.includes(key));
    if (!entry || other?.ofSchema) return other;
    const own = new Map(this.ownKeys);
    own.set(command, [key]);
    if (other) {
      const rest = other.keys.filter((one) => one !== key);
      own.set(other.id, rest.length > 0 ? rest : entry.keys.slice(0, 1));
    }
    this.setOwn(own);
    return other;
  }

  /** Lays a table of keys over those of lower levels; the answer takes it away again. */
  add(name: string, level: number, entries: readonly KeyEntry[], run: Runner): () => void {
    const layer: Layer = { name, level, entries, own: this.withOwn(entries), run };
    this.layers = [...this.layers, layer].sort((one, two) => two.level - one.level);
    this.changed();
    return () => {
      this.layers = this.layers.filter((other) => other !== layer);
      this.changed();
    };
  }

  /** What can be pressed now: keys that a higher layer has taken are left out. */
  list(): KeyEntry[] {
    const taken = new Set<string>();
    const entries: KeyEntry[] = [];
    for (const layer of this.layers) {
      const own: string[] = [];
      for (const entry of layer.own) {
        const keys = entry.keys.filter((key) => !taken.has(key));
        own.push(...keys);
        if (keys.length > 0) entries.push({ ...entry, keys });
      }
      for (const key of own) taken.add(key);
    }
    return entries;
  }

  /** The first key of a command, as it is shown. */
  keyOf(command: string): string | undefined {
    const key = this.list().find((entry) => entry.id === command)?.keys[0];
    return key === undefined ? undefined : shown(key);
  }

  /** Runs a command as if its key had been pressed; true when something took it. */
  run(command: string): boolean {
    for (const layer of this.layers) {
      const entry = layer.own.find((one) => one.id === command);
      if (entry && layer.run(command, entry.keys[0] ?? "") !== false) return true;
    }
    return false;
  }

  /** Runs what the press stands for; true when something took it. */
  press(event: KeyLike, place: Place): boolean {
    for (const name of namesOf(event)) {
      // Arrows and Space on a radio button or a box change it; Space and Enter on a button press it.
      if (place === "choice" && (name === "Space" || name.startsWith("Arrow"))) return false;
      if (place === "button" && (name === "Enter" || name === "Space")) return false;
      for (const layer of this.layers) {
        const entry = layer.own.find((one) => one.keys.includes(name));
        if (!entry || (place === "text" && !entry.inText)) continue;
        if (layer.run(entry.id, name) !== false) return true;
      }
    }
    return false;
  }
}

/** The keys of the page that is open, for who offers their commands elsewhere. */
export const listening: { hotkeys: Hotkeys | undefined } = { hotkeys: undefined };
