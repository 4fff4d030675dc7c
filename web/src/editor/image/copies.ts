// Regions that come from elsewhere: the clipboard, and the image that was labeled before. Both live as long as the tab.
import { boundsOf, moved } from "../../core/geometry";
import { uuid } from "../../core/ids";
import { reframedMask } from "../../core/runs";
import type { Geometry, Region } from "../../core/types";
import type { EditorSession } from "../session";
import type { Stage } from "./stage";

let clipboard: readonly Region[] = [];
let before: { session: EditorSession; regions: readonly Region[] } | undefined;

const PASTE_PIXELS = 12;

/** Keeps what an image was left with, for the next one to repeat. */
export function rememberLast({ session, readOnly }: Stage): void {
  if (!readOnly && session.doc.regions.length > 0) before = { session, regions: session.doc.regions };
}

export function copy(stage: Stage): boolean {
  const chosen = stage.selected();
  if (chosen.length === 0) return false;
  clipboard = chosen;
  stage.session.announce(chosen.length === 1 ? "Copied" : `${chosen.length} regions copied`);
  return true;
}

/** A little aside, so that it does not hide what it was copied from. */
export function paste(stage: Stage): boolean {
  const fresh = brought(stage, clipboard, PASTE_PIXELS);
  if (fresh.length === 0) return false;
  stage.session.doc.addRegions("paste", fresh);
  stage.session.ui.select(...fresh.map((region) => region.id));
  clipboard = fresh;
  return true;
}

/** The regions of the image before, in the same places: what moved little is quicker to push than to draw. */
export function repeatLast(stage: Stage): boolean {
  const last = before && before.session !== stage.session ? before.regions : [];
  const fresh = brought(stage, last, 0);
  if (fresh.length === 0) {
    stage.session.announce("There is nothing to repeat from the last image");
    return true;
  }
  stage.session.doc.addRegions("repeat the last image", fresh);
  stage.session.ui.select(...fresh.map((region) => region.id));
  return true;
}

/** As new regions of this image: those whose class is here, and that lie inside it. */
function brought(stage: Stage, regions: readonly Region[], aside: number): Region[] {
  const { imageWidth: width, imageHeight: height } = stage.view;
  return regions.flatMap(({ score: _, target: __, ...region }) => {
    const found = stage.session.classes.find((one) => one.id === region.class);
    if (!found?.geometry.includes(region.geometry.type)) return [];
    const geometry = framed(region.geometry, width, height);
    const bounds = geometry && boundsOf(geometry);
    if (!bounds || bounds.right > width || bounds.bottom > height) return [];
    return [{ ...region, id: uuid(), geometry: moved(geometry, aside, aside, width, height) }];
  });
}

/** A mask says how large its image is; what lies outside this one is left out. */
function framed(geometry: Geometry, width: number, height: number): Geometry | undefined {
  if (geometry.type !== "mask" || (geometry.width === width && geometry.height === height)) return geometry;
  const mask = reframedMask(geometry, width, height);
  return mask.counts.length > 1 ? mask : undefined;
}
