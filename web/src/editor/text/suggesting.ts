// Suggestions out of the person's own list: dashed spans that keys accept or drop, like those of a model.
import { uuid } from "../../core/ids";
import { ScalarText } from "../../core/offsets";
import { type Found, readTerms, type TermList, type TermProblem } from "../../core/terms";
import type { Region } from "../../core/types";
import type { EditorSession } from "../session";
import type { TermQuestion } from "./terms.worker";

/** What one list may take; a pattern that needs longer is one that never ends. */
const PATIENCE_MS = 3000;
/** As many as an answer may hold regions. */
const MOST = 20_000;

const placeOf = ({ person, schema }: EditorSession): string =>
  `labelwright.terms.${person ?? "anybody"}.${schema.name}`;

export function keptTerms(session: EditorSession): string {
  try {
    return localStorage.getItem(placeOf(session)) ?? "";
  } catch {
    return "";
  }
}

/** False where the browser does not keep it. */
export function keepTerms(session: EditorSession, text: string): boolean {
  try {
    if (text.trim() === "") localStorage.removeItem(placeOf(session));
    else localStorage.setItem(placeOf(session), text);
    return true;
  } catch {
    return false;
  }
}

export function read(session: EditorSession, text: string): { list: TermList; problems: TermProblem[] } {
  const usable = session.usable.filter((one) => one.geometry.includes("span"));
  const ids = new Map(usable.map((one) => [one.id, one.id]));
  const titles = new Map(usable.map((one) => [one.title.toLowerCase(), one.id]));
  return readTerms(text, (word) => ids.get(word) ?? titles.get(word.toLowerCase()));
}

function asked(question: TermQuestion): Promise<{ found: Found[]; cut: boolean }> {
  const worker = new Worker(new URL("./terms.worker.ts", import.meta.url), { type: "module" });
  return new Promise<{ found: Found[]; cut: boolean }>((resolve, reject) => {
    const late = () =>
      reject(new Error("a pattern takes too long: look for one that repeats within a repetition"));
    const timer = setTimeout(late, PATIENCE_MS);
    worker.onmessage = ({ data }: MessageEvent<{ found: Found[]; cut: boolean }>) => {
      clearTimeout(timer);
      resolve(data);
    };
    worker.onerror = (event) => {
      clearTimeout(timer);
      reject(new Error(event.message || "the list could not be used"));
    };
    worker.postMessage(question);
  }).finally(() => worker.terminate());
}

/** Suggests what the list finds and what is neither labeled nor suggested; how many those are. */
export async function suggest(
  session: EditorSession,
  list: TermList,
): Promise<{ count: number; cut: boolean }> {
  if (session.media.kind !== "text") return { count: 0, cut: false };
  const { found, cut } = await asked({ text: session.media.text, list, most: MOST });
  const text = new ScalarText(session.media.text);
  const key = (name: string, start: number, end: number) => `${name} ${start} ${end}`;
  const known = new Set(
    [...session.doc.regions, ...session.ui.state.suggestions].flatMap((region) =>
      region.geometry.type === "span"
        ? region.geometry.ranges.map(([start = 0, end = 0]) => key(region.class, start, end))
        : [],
    ),
  );
  const suggestions: Region[] = [];
  for (const one of found) {
    if (!text.isGrapheme(one.start) || !text.isGrapheme(one.end)) continue;
    const [start, end] = [text.toScalar(one.start), text.toScalar(one.end)];
    if (known.has(key(one.class, start, end))) continue;
    known.add(key(one.class, start, end));
    const geometry = { type: "span" as const, ranges: [[start, end]] };
    suggestions.push({ id: uuid(), class: one.class, geometry, attributes: {} });
  }
  if (suggestions.length > 0) {
    session.ui.set({ suggestions: [...session.ui.state.suggestions, ...suggestions] });
  }
  return { count: suggestions.length, cut };
}
