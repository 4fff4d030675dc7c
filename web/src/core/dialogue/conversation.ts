// A conversation as the server shows it to people who judge it: turns in a row, those of the responses last, without
// the names of models. Labels name a turn by its number, options of comparisons a response by theirs: both as stored,
// in whatever order somebody sees them.
import type { Choice, Field, LabelSchema } from "../types";

export interface Call {
  id?: string | null;
  name: string;
  arguments: string;
}

export interface Turn {
  index: number;
  role: string;
  /** The text on which spans lie. */
  text: string;
  name?: string;
  calls: readonly Call[];
  /** Nothing is said: the text is that of its calls. */
  silent: boolean;
  /** The call of which this is the result. */
  call?: string;
  response?: number;
}

export interface Conversation {
  turns: readonly Turn[];
  responses: number;
  /** Which response stands at each place. */
  order: readonly number[];
}

export function readConversation(text: string): Conversation {
  const from = JSON.parse(text) as Partial<Conversation>;
  const turns = (from.turns ?? []).map((turn, index) => ({
    ...turn,
    index,
    calls: turn.calls ?? [],
    silent: turn.silent === true,
  }));
  const responses = from.responses ?? 0;
  return { turns, responses, order: from.order ?? Array.from({ length: responses }, (_, at) => at) };
}

/** A text alone, as what somebody said. */
export function conversationOf(text: string): Conversation {
  return { turns: [{ index: 0, role: "user", text, calls: [], silent: false }], responses: 0, order: [] };
}

/** What people call the response at a place. */
export function letterOf(place: number): string {
  return place < 26 ? String.fromCharCode(65 + place) : String(place + 1);
}

export function turnsOf(conversation: Conversation, response: number | undefined): Turn[] {
  return conversation.turns.filter((turn) => turn.response === response);
}

/** The turns in the order in which they stand on the screen. */
export function walkOrder(conversation: Conversation): number[] {
  const parts = [undefined, ...conversation.order].flatMap((one) => turnsOf(conversation, one));
  return parts.map((turn) => turn.index);
}

/** What a response says in the end. */
export function finalText(conversation: Conversation, response: number): string {
  const said = turnsOf(conversation, response).filter((turn) => turn.role === "assistant" && !turn.silent);
  return said.at(-1)?.text ?? "";
}

/** The same words as in the server: options that say that none of the others is better. */
const TIES = new Set(["tie", "equal", "same", "both", "both_good", "both_bad", "neither", "none"]);

/** The options that stand for what is compared, the first for the first response. */
export function comparedOf({ kind }: Field): readonly Choice[] {
  if (kind.type === "ranking") return kind.options;
  return kind.type === "pairwise" ? kind.options.filter((one) => !TIES.has(one.id)) : [];
}

const fitted = new WeakSet<LabelSchema>();

/**
 * The schema as it is asked about this conversation: options of comparisons go by the letters and in the order of the
 * responses on the screen, with the keys of their places; those for which there is no response are not offered.
 */
export function schemaFor(schema: LabelSchema, conversation: Conversation): LabelSchema {
  if (conversation.responses === 0 || fitted.has(schema)) return schema;
  const fields = (schema.fields ?? []).map((field): Field => {
    const compared = comparedOf(field);
    const { kind } = field;
    if (compared.length === 0 || (kind.type !== "ranking" && kind.type !== "pairwise")) return field;
    const keys = compared.map((one) => one.hotkey);
    const shown = conversation.order.flatMap((response, place) => {
      const option = compared[response];
      return option ? [{ ...option, title: letterOf(place), place }] : [];
    });
    const lettered = shown.map(({ place: _, ...option }, at) => ({ ...option, hotkey: keys[at] ?? null }));
    const rest = kind.options.filter((one) => !compared.includes(one));
    return { ...field, kind: { ...kind, options: [...lettered, ...rest] } };
  });
  const made = { ...schema, fields };
  fitted.add(made);
  return made;
}
