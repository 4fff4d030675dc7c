// What the server will refuse of the tree of tiers when an answer is submitted, told before it is sent.
import type { Complaint } from "../fields";
import type { LabelClass, Region } from "../types";
import { Hierarchy } from "./hierarchy";
import { isNested, stretchOf } from "./tiers";

/** Each region that does not keep the constraint of its tier, with its place in the answer. */
export function checkTiers(classes: readonly LabelClass[], regions: readonly Region[]): Complaint[] {
  if (!isNested(classes)) return [];
  const tree = new Hierarchy(classes, regions);
  const places = new Map(regions.map((region, index) => [region.id, `/regions/${index}/geometry`]));
  const known = new Map(classes.map((one) => [one.id, one]));
  const found: Complaint[] = [];
  const told = (region: Region, message: string) =>
    found.push({ pointer: places.get(region.id) ?? "", message });
  const divided = new Set<string>();
  for (const region of regions) {
    const one = known.get(region.class);
    if (!one?.parent || !stretchOf(region)) continue;
    const { constraint } = one.parent;
    const above = known.get(one.parent.class)?.title ?? one.parent.class;
    const parent = tree.parentOf(region.id);
    if (!parent) {
      told(
        region,
        constraint === "symbolic_association"
          ? `${one.title} has not the times of one ${above}`
          : `${one.title} lies within no ${above}`,
      );
      continue;
    }
    const group = `${region.class} ${parent.id}`;
    if (constraint !== "time_subdivision" || divided.has(group)) continue;
    divided.add(group);
    const around = stretchOf(parent);
    let next = around?.start;
    const parts = tree.childrenOf(parent.id, region.class);
    for (const part of parts) {
      const here = stretchOf(part);
      if (here && here.start !== next) told(part, `${one.title} does not begin where the one before it ends`);
      next = here?.end;
    }
    const last = parts.at(-1);
    if (last && next !== around?.end) told(last, `${one.title} does not end where its ${above} ends`);
  }
  return found;
}
