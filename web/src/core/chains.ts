// Chains of mentions: regions that a transitive relation joins, directly or over others. A chain is stored as links
// between neighbours in the order of the text, whatever was joined to what by hand.
import type { Change } from "./doc";
import type { Region, Relation, RelationType } from "./types";

export interface Chain {
  /** From 1, in the order of first mentions. */
  number: number;
  relation: string;
  /** Region ids in the order of the text. */
  mentions: readonly string[];
}

/** Where a region begins; what has no place in a text comes last. */
export function beginning(region: Region | undefined): number {
  const { geometry } = region ?? {};
  return geometry?.type === "span" ? (geometry.ranges[0]?.[0] ?? Infinity) : Infinity;
}

const pairOf = (one: string, two: string): string => (one < two ? `${one} ${two}` : `${two} ${one}`);

export const chainTypes = (types: readonly RelationType[] | undefined): RelationType[] =>
  (types ?? []).filter((type) => type.transitive === true && type.directed !== true);

export function chainsOf(
  region: (id: string) => Region | undefined,
  relations: readonly Relation[],
  types: readonly RelationType[] | undefined,
): Chain[] {
  const chains: Omit<Chain, "number">[] = [];
  for (const type of chainTypes(types)) {
    const above = new Map<string, string>();
    const top = (id: string): string => {
      let found = id;
      for (let next = above.get(found); next !== undefined && next !== found; next = above.get(found))
        found = next;
      above.set(id, found);
      return found;
    };
    for (const { relation, from, to } of relations) {
      if (relation === type.id) above.set(top(from), top(to));
    }
    const groups = new Map<string, string[]>();
    for (const id of above.keys()) {
      const list = groups.get(top(id));
      if (list) list.push(id);
      else groups.set(top(id), [id]);
    }
    for (const mentions of groups.values()) {
      chains.push({ relation: type.id, mentions: inOrder(mentions, region) });
    }
  }
  chains.sort(
    (one, two) => beginning(region(one.mentions[0] ?? "")) - beginning(region(two.mentions[0] ?? "")),
  );
  return chains.map((chain, index) => ({ ...chain, number: index + 1 }));
}

export function inOrder(ids: readonly string[], region: (id: string) => Region | undefined): string[] {
  return [...ids].sort((one, two) => beginning(region(one)) - beginning(region(two)) || (one < two ? -1 : 1));
}

/** What makes these groups of mentions, each in its order, out of the links that are there between any of them. */
export function relinked(
  relations: readonly Relation[],
  relation: string,
  groups: readonly (readonly string[])[],
  newId: () => string,
): Change[] {
  const members = new Set(groups.flat());
  const wanted = new Map<string, [string, string]>();
  for (const group of groups) {
    for (let index = 1; index < group.length; index += 1) {
      const [from, to] = [group[index - 1] ?? "", group[index] ?? ""];
      wanted.set(pairOf(from, to), [from, to]);
    }
  }
  const removed: Change[] = [];
  relations.forEach((one, at) => {
    if (one.relation !== relation || !(members.has(one.from) && members.has(one.to))) return;
    if (!wanted.delete(pairOf(one.from, one.to))) {
      removed.push({ kind: "relation", id: one.id, at, before: one });
    }
  });
  removed.reverse();
  const left = relations.length - removed.length;
  const added = [...wanted.values()].map(([from, to], index): Change => {
    const id = newId();
    return { kind: "relation", id, at: left + index, after: { id, relation, from, to, attributes: {} } };
  });
  return [...removed, ...added];
}
