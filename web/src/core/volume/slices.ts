// On which slices of a volume a region lies.
import type { Region } from "../types";

/** The first and the last; undefined for a region that lies on no slice. */
export function slicesOf({ target }: Region): [number, number] | undefined {
  if (typeof target !== "object" || !("frames" in target)) return undefined;
  const [first, last] = target.frames as number[];
  return first === undefined || last === undefined ? undefined : [first, last];
}

export function liesOn(region: Region, slice: number): boolean {
  const found = slicesOf(region);
  return found !== undefined && found[0] <= slice && slice <= found[1];
}

/** The slices as people count them. */
export function slicesInWords(region: Region): string {
  const found = slicesOf(region);
  if (!found) return "no slice";
  return found[0] === found[1] ? `slice ${found[0] + 1}` : `slices ${found[0] + 1} to ${found[1] + 1}`;
}
