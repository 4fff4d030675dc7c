// Coreference chains: the commands over mentions of the same thing. Each rewrites the links of the chains that it
// touches, as one step of undo.
import { type Chain, chainTypes, inOrder, relinked } from "../../core/chains";
import { uuid } from "../../core/ids";
import { joins } from "../../core/relations";
import type { RelationType } from "../../core/types";
import type { EditorSession } from "../session";
import type { TextWork } from "./work";

export interface Chaining {
  session: EditorSession;
  work: TextWork;
  chain: (region: string) => Chain | undefined;
  focus: (region: string) => void;
}

const selectedOf = ({ session }: Chaining): string | undefined => {
  const [id] = session.ui.state.selection;
  return id !== undefined && session.doc.region(id) ? id : undefined;
};

function apply(hands: Chaining, name: string, type: string, groups: readonly (readonly string[])[]): void {
  const { session } = hands;
  const ordered = groups.map((group) => inOrder(group, (id) => session.doc.region(id)));
  session.doc.run({ name, changes: relinked(session.doc.relations, type, ordered, uuid) });
}

/** A type that may join both mentions. */
function typeFor({ session }: Chaining, one: string, two: string): RelationType | undefined {
  const [first, second] = [session.doc.region(one)?.class ?? "", session.doc.region(two)?.class ?? ""];
  return chainTypes(session.schema.relations).find(
    (type) => joins(type, first, second) && joins(type, second, first),
  );
}

/** `k`: the selected mention begins a chain, or comes to the chain in hand; two chains become one. */
export function addToChain(hands: Chaining): boolean {
  const { session, work } = hands;
  const id = selectedOf(hands);
  if (id === undefined) {
    session.announce("Select a mention first");
    return true;
  }
  const held = work.state.chainOf;
  if (held === undefined || held === id || !session.doc.region(held)) {
    work.set({ chainOf: id });
    session.announce("Chain in hand: select another mention of the same and press K");
    return true;
  }
  const type = typeFor(hands, held, id);
  if (!type) {
    session.announce("No chain of this schema joins these two classes");
    return true;
  }
  const [mine, other] = [hands.chain(held), hands.chain(id)];
  if (mine && mine === other) {
    session.announce(`Both are in chain ${mine.number} already`);
    return true;
  }
  const members = [...(mine?.mentions ?? [held]), ...(other?.mentions ?? [id])];
  apply(hands, other ? "join two chains" : "add to the chain", type.id, [members]);
  const now = hands.chain(id);
  session.announce(`Chain ${now?.number ?? ""}: ${members.length} mentions`);
  return true;
}

/** `Shift+k`: the next K begins another chain. */
export function endChain({ work, session }: Chaining): boolean {
  const had = work.state.chainOf !== undefined;
  work.set({ chainOf: undefined });
  if (had) session.announce("Chain put down: K begins another one");
  return had;
}

/** Takes the selected mention out of its chain; those around it stay joined. */
export function leaveChain(hands: Chaining): boolean {
  const id = selectedOf(hands);
  const chain = id === undefined ? undefined : hands.chain(id);
  if (!chain || id === undefined) {
    hands.session.announce("The selected region is in no chain");
    return true;
  }
  apply(hands, "take out of the chain", chain.relation, [chain.mentions.filter((one) => one !== id), [id]]);
  if (hands.work.state.chainOf === id) hands.work.set({ chainOf: undefined });
  hands.session.announce(`Taken out of chain ${chain.number}`);
  return true;
}

/** The selected mention and those behind it become a chain of their own. */
export function splitChain(hands: Chaining): boolean {
  const id = selectedOf(hands);
  const chain = id === undefined ? undefined : hands.chain(id);
  const at = chain?.mentions.indexOf(id ?? "") ?? -1;
  if (!chain || at <= 0) {
    hands.session.announce(
      "Select the mention with which the second chain begins: not the first one of a chain",
    );
    return true;
  }
  apply(hands, "split the chain", chain.relation, [chain.mentions.slice(0, at), chain.mentions.slice(at)]);
  hands.session.announce(`Chain split: ${at} and ${chain.mentions.length - at} mentions`);
  return true;
}

/** To the next or the former mention of the chain; round again behind the last one. */
export function stepChain(hands: Chaining, direction: 1 | -1): boolean {
  const id = selectedOf(hands);
  const chain = id === undefined ? undefined : hands.chain(id);
  if (!chain || id === undefined) return false;
  const count = chain.mentions.length;
  const at = (chain.mentions.indexOf(id) + direction + count) % count;
  const next = chain.mentions[at];
  if (next === undefined) return false;
  hands.session.ui.select(next);
  hands.focus(next);
  hands.session.announce(`Chain ${chain.number}, mention ${at + 1} of ${count}`);
  return true;
}
