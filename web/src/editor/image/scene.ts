// Paints the shapes and the overlay of a stage. Only what is on the screen is painted, and words only while there are
// few enough to be read.
import { type Bounds, boundsOf, boundsOfPoints } from "../../core/geometry";
import type { Region } from "../../core/types";
import type { LayerView } from "../plugin";
import { gripsOf } from "./handles";
import { paintMask } from "./maskpaint";
import { dashOf, type Look, paintCross, paintHandles, paintPin, paintShape, SUGGESTED_DASH } from "./paint";
import type { Stage } from "./stage";
import { toolOf } from "./tools/registry";
import { drawingTool } from "./unfinished";

const MANY_FOR_HALOS = 1500;
const MANY_FOR_TAGS = 250;
const MANY_FOR_HANDLES = 400;
const SMALL_FOR_TAGS = 18;
const SMALL_FOR_FILL = 12;
const NOTED_DASH: readonly number[] = [10, 3];
const FAINT_DASH: readonly number[] = [2, 4];

function colourOf(stage: Stage, region: Region): string {
  return stage.session.classOf(region.class)?.color ?? "#808080";
}

function titleOf(stage: Stage, region: Region, strong = false): string {
  const note = stage.notes.get(region.id);
  const title = `${stage.session.classOf(region.class)?.title ?? region.class}${note ? `, ${note.words}` : ""}`;
  return strong ? `${title} (differs)` : title;
}

/** The edges of the class's skeleton. */
const edgesOf = (stage: Stage, region: Region) => stage.session.classOf(region.class)?.skeleton?.edges;

function large(stage: Stage, region: Region): boolean {
  const bounds = boundsOf(region.geometry);
  return bounds !== undefined && (bounds.right - bounds.left) * stage.view.scale >= SMALL_FOR_TAGS;
}

/** Of thousands of shapes only those that are large enough to be filled are: the others are hardly more than their line. */
function broad(stage: Stage, { geometry }: Region): boolean {
  if (geometry.type === "box") return geometry.width * stage.view.scale >= SMALL_FOR_FILL;
  const bounds = boundsOf(geometry);
  return bounds !== undefined && (bounds.right - bounds.left) * stage.view.scale >= SMALL_FOR_FILL;
}

export function paintShapes(
  context: CanvasRenderingContext2D,
  stage: Stage,
  layers: readonly LayerView[],
): void {
  for (const layer of layers) paintLayer(context, stage, layer);
  const { selection, different, hidden, pins } = stage.session.ui.state;
  const regions = stage.index.ordered(stage.view.visible(), stage.session.doc.regions);
  const [halo, tags] = [regions.length <= MANY_FOR_HALOS, regions.length <= MANY_FOR_TAGS];
  for (const region of regions) {
    const { id } = region;
    // What is selected or dragged is painted on the overlay.
    if (hidden.has(id) || selection.includes(id) || stage.previews.has(id)) continue;
    const strong = different?.has(id) === true;
    paintShape(context, stage.view, region.geometry, {
      colour: colourOf(stage, region),
      fill: region.geometry.type === "mask" ? 0.4 : strong ? 0.22 : halo || broad(stage, region) ? 0.12 : 0,
      edges: edgesOf(stage, region),
      width: strong ? 3 : 1.5,
      dash: stage.notes.has(id) ? NOTED_DASH : [],
      halo,
      tag: tags && (strong || large(stage, region)) ? titleOf(stage, region, strong) : undefined,
    });
    const comments = pins.get(id);
    if (comments !== undefined) paintPin(context, stage.view, region.geometry, comments);
  }
  for (const one of stage.suggestions) {
    if (selection.includes(one.id)) continue;
    paintShape(context, stage.view, one.geometry, suggestedLook(stage, one, 1.5));
  }
}

function suggestedLook(stage: Stage, region: Region, width: number): Look {
  const score = region.score === undefined ? "" : ` ${Math.round(region.score * 100)} %`;
  return {
    colour: colourOf(stage, region),
    fill: region.geometry.type === "mask" ? 0.25 : 0.05,
    width,
    edges: edgesOf(stage, region),
    dash: SUGGESTED_DASH,
    halo: true,
    tag: `${titleOf(stage, region)}?${score}`,
  };
}

/** What all agree on is calm, what only one says stands out and carries the name. */
function paintLayer(context: CanvasRenderingContext2D, stage: Stage, layer: LayerView): void {
  for (const region of layer.regions) {
    if (!stage.here(region)) continue;
    const strong = layer.different.has(region.id);
    context.globalAlpha = strong ? 1 : 0.7;
    paintShape(context, stage.view, region.geometry, {
      colour: colourOf(stage, region),
      fill: region.geometry.type === "mask" ? 0.3 : strong ? 0.18 : 0,
      edges: edgesOf(stage, region),
      width: strong ? 3 : 1.5,
      dash: dashOf(layer.style),
      halo: true,
      tag: strong ? `${layer.name}: ${titleOf(stage, region)}` : undefined,
      tagRow: layer.style,
    });
  }
  context.globalAlpha = 1;
}

/** So far grips, halos and words reach beyond a shape, in CSS pixels. */
const REACH_PIXELS = 48;
const TAG_PIXELS = 240;

/** The part of the screen that has something on the overlay: a canvas that nobody touches costs nothing. */
export function overlayPart(stage: Stage): Bounds | undefined {
  const { view } = stage;
  const all = { left: 0, top: 0, right: view.width, bottom: view.height };
  const { tool } = stage.session.ui.state;
  const painting = drawingTool(stage) !== undefined || toolOf(tool)?.paint !== undefined;
  if (stage.work || (!stage.readOnly && painting && stage.previews.size === 0)) return all;
  const bounds = stage.selected().map((region) => boundsOf(stage.geometryOf(region)));
  const corners = bounds.flatMap((one) =>
    one ? [view.toScreen([one.left, one.top]), view.toScreen([one.right, one.bottom])] : [],
  );
  if (corners.length === 0) return undefined;
  const { left, top, right, bottom } = boundsOfPoints(corners);
  return {
    left: left - REACH_PIXELS,
    top: top - REACH_PIXELS,
    right: Math.max(right, left + TAG_PIXELS) + REACH_PIXELS,
    bottom: bottom + REACH_PIXELS,
  };
}

export function paintOverlay(context: CanvasRenderingContext2D, stage: Stage): void {
  const { view, session } = stage;
  const selected = stage.selected();
  for (const region of selected) {
    if (stage.work?.region?.id === region.id) continue;
    const geometry = stage.geometryOf(region);
    const suggested = !session.doc.region(region.id);
    const look: Look = suggested
      ? suggestedLook(stage, region, 3)
      : {
          colour: colourOf(stage, region),
          fill: stage.notes.get(region.id)?.faint ? 0 : region.geometry.type === "mask" ? 0.55 : 0.22,
          edges: edgesOf(stage, region),
          width: 2.5,
          dash: stage.notes.get(region.id)?.faint ? FAINT_DASH : stage.notes.has(region.id) ? NOTED_DASH : [],
          halo: true,
          tag: titleOf(stage, region),
        };
    paintShape(context, view, geometry, look);
    const comments = session.ui.state.pins.get(region.id);
    if (comments !== undefined) paintPin(context, view, geometry, comments);
    if (selected.length > 1 || suggested || stage.readOnly) continue;
    const handles = gripsOf(geometry, view.scale);
    if (handles.length <= MANY_FOR_HANDLES) paintHandles(context, view, handles, colourOf(stage, region));
  }
  const { tool, activeClass } = session.ui.state;
  const colour = session.classOf(activeClass ?? "")?.color ?? "#808080";
  if (stage.work) {
    const own = stage.work.region ? colourOf(stage, stage.work.region) : colour;
    paintMask(context, view, stage.work.tiles, own, 0.55);
  }
  if (stage.readOnly) return;
  const found = drawingTool(stage) ?? toolOf(tool);
  found?.paint?.(context, stage, colour);
  const draws = found?.makes !== undefined && found.makes !== "mask" && !stage.spaceHeld;
  if (draws && stage.cursor && stage.previews.size === 0) paintCross(context, view, stage.cursor);
}
