// What a person has in hand in the text editor, beside what all editors share: how selections snap, how the text is laid
// out, what is about to be labeled at once. Neither part of the answer nor undone.
import { Listeners } from "../../core/listeners";
import type { EditorSession } from "../session";
import type { TextView } from "./blocks";

export const SNAPS = ["word", "token", "grapheme"] as const;
export type Snap = (typeof SNAPS)[number];

export const SNAP_WORDS: Record<Snap, string> = {
  word: "Whole words",
  token: "Tokens of the item",
  grapheme: "Single characters",
};

/** Places with the same words as a span, shown before they become spans. */
export interface Preview {
  region: string;
  words: string;
  /** UTF-16. */
  places: readonly (readonly [number, number])[];
  /** Places that have such a span already. */
  there: number;
}

export interface Work {
  snap: Snap;
  view: TextView;
  caseSensitive: boolean;
  wholeWords: boolean;
  preview: Preview | undefined;
  /** The range of the selected span that keys move. */
  fragment: number;
  /** The span to which the next selection is added. */
  growing: string | undefined;
  /** A mention of the chain to which others are added. */
  chainOf: string | undefined;
}

const KEPT = ["snap", "view", "caseSensitive", "wholeWords"] as const;

const placeOf = (person: number | undefined): string => `labelwright.text.${person ?? "anybody"}`;

/** What was kept of earlier sittings; what somebody has spoilt counts as nothing. */
export function readKept(text: string | null): Partial<Pick<Work, (typeof KEPT)[number]>> {
  let read: Record<string, unknown>;
  try {
    read = Object(JSON.parse(text ?? "{}")) as Record<string, unknown>;
  } catch {
    return {};
  }
  const snap = SNAPS.find((one) => one === read.snap);
  const view = (["paragraphs", "sentences"] as const).find((one) => one === read.view);
  return {
    ...(snap ? { snap } : {}),
    ...(view ? { view } : {}),
    ...(typeof read.caseSensitive === "boolean" ? { caseSensitive: read.caseSensitive } : {}),
    ...(typeof read.wholeWords === "boolean" ? { wholeWords: read.wholeWords } : {}),
  };
}

export class TextWork extends Listeners {
  state: Work = {
    snap: "word",
    view: "paragraphs",
    caseSensitive: true,
    wholeWords: true,
    preview: undefined,
    fragment: 0,
    growing: undefined,
    chainOf: undefined,
  };
  private readonly person: number | undefined;

  constructor(person: number | undefined) {
    super();
    this.person = person;
    try {
      this.state = { ...this.state, ...readKept(localStorage.getItem(placeOf(person))) };
    } catch {
      // A browser that stores nothing.
    }
  }

  set(change: Partial<Work>): void {
    this.state = { ...this.state, ...change };
    if (KEPT.some((name) => name in change)) {
      const kept = Object.fromEntries(KEPT.map((name) => [name, this.state[name]]));
      try {
        localStorage.setItem(placeOf(this.person), JSON.stringify(kept));
      } catch {
        // It holds until the page is left.
      }
    }
    this.changed();
  }
}

const works = new WeakMap<EditorSession, TextWork>();

/** One for each task: engine and panel share it. */
export function workOf(session: EditorSession): TextWork {
  const known = works.get(session);
  if (known) return known;
  const made = new TextWork(session.person);
  works.set(session, made);
  return made;
}
