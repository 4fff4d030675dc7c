// The marks on a page: regions, suggestions, other people's answers, relations, the caret. Drawn as SVG in the units of the
// page, so that they grow with it.
import { boxesOf, union } from "../../core/document/places";
import { type Bounds, boundsOfPoints } from "../../core/geometry";
import type { Point, Region } from "../../core/types";
import { gripsOf } from "./grips";
import { pagesOf, type Shape, shapeOn } from "./regions";
import { before, type DocumentStage } from "./stage";

const SVG = "http://www.w3.org/2000/svg";
/** Pixels. */
const TAG = 11;
const LINE = 1.5;

export type Attributes = Record<string, string | number>;

export function element(name: string, attributes: Attributes, text?: string): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

interface Look {
  id: string;
  colour: string;
  tag: string;
  dash: string;
  strong: boolean;
  selected: boolean;
}

/** Everything that is to be seen on a page. */
export function marksOn(stage: DocumentStage, page: number): SVGElement[] {
  const { session, layer } = stage;
  const { selection, hidden, suggestions, different } = session.ui.state;
  const marks: SVGElement[] = [];
  const add = (region: Region, look: Omit<Look, "colour">) => {
    const pages = pagesOf(layer, region);
    if (!pages || page < pages[0] || page > pages[1]) return;
    const shape = shapeOn(layer, region, page);
    if (!shape) return;
    const found = session.classOf(region.class);
    marks.push(drawn(stage, shape, { ...look, colour: found?.color ?? "#808080" }, page === pages[0]));
  };
  const title = (region: Region) => session.classOf(region.class)?.title ?? region.class;
  for (const view of stage.layers) {
    for (const region of view.regions) {
      const strong = view.different.has(region.id);
      const tag = strong ? `${view.name}: ${title(region)}` : "";
      add(region, {
        id: `${view.id}:${region.id}`,
        tag,
        dash: view.style % 2 === 0 ? "7 3" : "2 2",
        strong,
        selected: false,
      });
    }
  }
  for (const region of suggestions) {
    const score = region.score === undefined ? "" : ` ${Math.round(region.score * 100)} %`;
    const { id } = region;
    add(region, {
      id,
      tag: `${title(region)}?${score}`,
      dash: "4 3",
      strong: false,
      selected: selection.includes(id),
    });
  }
  for (const region of session.doc.regions) {
    if (hidden.has(region.id)) continue;
    const { id } = region;
    const strong = different?.has(id) ?? true;
    const tag = different && strong ? `${title(region)} (differs)` : title(region);
    add(region, { id, tag, dash: "", strong, selected: selection.includes(id) });
  }
  marks.push(
    ...relationsOn(stage, page),
    ...caretOn(stage, page),
    ...draftOn(stage, page),
    ...gripsOn(stage, page),
  );
  return marks;
}

const rect = ({ left, top, right, bottom }: Bounds, attributes: Attributes): SVGElement =>
  element("rect", { x: left, y: top, width: right - left, height: bottom - top, ...attributes });

function drawn(stage: DocumentStage, shape: Shape, look: Look, tagged: boolean): SVGElement {
  const pixel = 1 / stage.stack.scale;
  const group = element("g", { "data-mark": look.id });
  const lines = {
    fill: look.colour,
    "fill-opacity": look.selected ? 0.32 : look.strong ? 0.18 : 0.06,
    stroke: look.colour,
    "stroke-width": (look.selected ? 2.5 : LINE) * pixel,
    ...(look.dash === "" ? {} : { "stroke-dasharray": scaled(look.dash, pixel) }),
  };
  for (const box of shape.boxes) group.append(rect(box, lines));
  for (const ring of shape.rings)
    group.append(element("polygon", { points: ring.map((one) => one.join()).join(" "), ...lines }));
  const first = shape.boxes[0] ?? (shape.rings[0] && boundsOfPoints(shape.rings[0]));
  if (tagged && first && look.tag !== "") group.append(...tagOf(look.tag, look.colour, first, pixel));
  return group;
}

const scaled = (dash: string, pixel: number): string =>
  dash
    .split(" ")
    .map((part) => Number(part) * pixel)
    .join(" ");

/** The name of the class above a mark, on a ground of its own: the page may be of any colour. */
function tagOf(words: string, colour: string, { left, top }: Bounds, pixel: number): SVGElement[] {
  const size = TAG * pixel;
  const width = (words.length * 0.58 + 0.8) * size;
  const y = Math.max(0, top - size * 1.25);
  return [
    rect(
      { left, top: y, right: left + width, bottom: y + size * 1.25 },
      { fill: "#ffffff", stroke: colour, "stroke-width": pixel },
    ),
    element("text", { x: left + size * 0.35, y: y + size * 0.97, "font-size": size, fill: "#1a1a1a" }, words),
  ];
}

/** What lies around a region on a page. */
export function boundsOn(stage: DocumentStage, region: Region | undefined, page: number): Bounds | undefined {
  const shape = region && shapeOn(stage.layer, region, page);
  if (!shape) return undefined;
  const all = [...shape.boxes, ...shape.rings.map((ring) => boundsOfPoints(ring))];
  return all.length === 0 ? undefined : all.reduce(union);
}

const middle = ({ left, top, right, bottom }: Bounds): Point => [(left + right) / 2, (top + bottom) / 2];

/** Lines between two regions of one page, with the name of the relation in the middle. */
function relationsOn(stage: DocumentStage, page: number): SVGElement[] {
  const { doc, schema } = stage.session;
  const pixel = 1 / stage.stack.scale;
  return doc.relations.flatMap((relation) => {
    const ends = [relation.from, relation.to].map((id) => boundsOn(stage, doc.region(id), page));
    const [from, to] = ends;
    if (!from || !to) return [];
    const type = schema.relations?.find((one) => one.id === relation.relation);
    const [[x, y], [toX, toY]] = [middle(from), middle(to)];
    const size = TAG * pixel;
    const words = type?.title ?? relation.relation;
    const [tagX, tagY] = [(x + toX) / 2, (y + toY) / 2];
    const line = { x1: x, y1: y, x2: toX, y2: toY, stroke: "#1c3d5a", "stroke-width": LINE * pixel };
    const tip = element("circle", { cx: toX, cy: toY, r: 4 * pixel, fill: "#1c3d5a" });
    return [
      element("line", line),
      ...(type?.directed ? [tip] : []),
      ...tagOf(words, "#1c3d5a", { left: tagX, top: tagY + size, right: tagX, bottom: tagY }, pixel),
    ];
  });
}

function caretOn(stage: DocumentStage, page: number): SVGElement[] {
  const { caret } = stage;
  const words = caret && stage.layer.words(page);
  if (!caret || !words) return [];
  const [first, last] = before(caret.focus, caret.anchor)
    ? [caret.focus, caret.anchor]
    : [caret.anchor, caret.focus];
  if (page < first.page || page > last.page) return [];
  const from = page === first.page ? first.index : 0;
  const to = page === last.page ? last.index + 1 : words.length;
  const pixel = 1 / stage.stack.scale;
  const look = { fill: "#0b5fff", "fill-opacity": 0.25, stroke: "#0b3d99", "stroke-width": pixel };
  return boxesOf(words.slice(from, to)).map((box) => rect(box, { ...look, "data-caret": "" }));
}

function draftOn(stage: DocumentStage, page: number): SVGElement[] {
  const { draft } = stage;
  if (draft?.page !== page) return [];
  const pixel = 1 / stage.stack.scale;
  const bounds = boundsOfPoints([draft.from, draft.to]);
  return [rect(bounds, { fill: "none", stroke: "#0b3d99", "stroke-width": 2 * pixel })];
}

function gripsOn(stage: DocumentStage, page: number): SVGElement[] {
  const pixel = 1 / stage.stack.scale;
  return gripsOf(stage, page).map(({ at: [x, y] }) => {
    const half = 4 * pixel;
    const look = { fill: "#ffffff", stroke: "#1a1a1a", "stroke-width": pixel };
    return rect({ left: x - half, top: y - half, right: x + half, bottom: y + half }, look);
  });
}
