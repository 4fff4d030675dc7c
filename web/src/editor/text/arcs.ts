// Relations as arcs over the text: only those with an end on the screen. Arcs over the same line run at different
// heights; while something is selected its arcs stand out and the others step back.
import type { Relation } from "../../core/types";
import type { EditorSession } from "../session";
import { type Place, planned } from "./arcplan";
import classes from "./text.module.css";

const NAMESPACE = "http://www.w3.org/2000/svg";
/** One a type of relation: its title says the same. */
const COLOURS = 6;

function make(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

export class Arcs {
  private readonly svg: SVGElement;
  private readonly drawing: SVGElement;
  private readonly content: HTMLElement;
  private readonly session: EditorSession;
  /** Where a region begins that is not in the page: pixels from the top of the content. */
  private readonly far: (region: string) => number | undefined;

  constructor(content: HTMLElement, session: EditorSession, far: (region: string) => number | undefined) {
    this.content = content;
    this.session = session;
    this.far = far;
    this.svg = make("svg", { class: classes.arcs ?? "", "aria-hidden": "true" });
    this.drawing = make("g", {});
    content.append(this.svg);
  }

  /** The first element of each region in the page. */
  private elements(): Map<string, Element> {
    const found = new Map<string, Element>();
    for (const element of this.content.querySelectorAll<HTMLElement>("[data-paragraph] > [data-marks]")) {
      for (const id of element.dataset.marks?.split(" ") ?? []) if (!found.has(id)) found.set(id, element);
    }
    return found;
  }

  paint(): void {
    const { doc, schema, ui } = this.session;
    if (doc.relations.length === 0) {
      if (this.svg.childElementCount > 0) this.svg.replaceChildren(this.drawing);
      return;
    }
    const elements = this.elements();
    const origin = this.content.getBoundingClientRect();
    const places = new Map<string, Place | undefined>();
    const placeOf = (id: string): Place | undefined => {
      if (!places.has(id)) {
        const box = elements.get(id)?.getClientRects()[0];
        const top = box ? undefined : this.far(id);
        if (box) places.set(id, { x: box.left + box.width / 2 - origin.left, y: box.top - origin.top });
        else places.set(id, top === undefined ? undefined : { x: origin.width / 2, y: top });
      }
      return places.get(id);
    };
    const chosen = new Set(ui.state.selection);
    const types = new Map((schema.relations ?? []).map((type, index) => [type.id, { type, index }]));
    const shown: { relation: Relation; from: Place; to: Place }[] = [];
    for (const relation of doc.relations) {
      if (!elements.has(relation.from) && !elements.has(relation.to)) continue;
      // Chains are numbers on their mentions; their links are drawn where one of them is looked at.
      const chain = types.get(relation.relation)?.type.transitive === true;
      if (chain && !chosen.has(relation.from) && !chosen.has(relation.to)) continue;
      const [from, to] = [placeOf(relation.from), placeOf(relation.to)];
      if (from && to) shown.push({ relation, from, to });
    }
    const parts = planned(shown).flatMap(({ relation, from, to, height }) => {
      const found = types.get(relation.relation);
      const calm = chosen.size > 0 && !chosen.has(relation.from) && !chosen.has(relation.to);
      const group = make("g", { class: classes.arcGroup ?? "", "data-arc": relation.id });
      if (calm) group.setAttribute("data-calm", "true");
      group.setAttribute("data-colour", String((found?.index ?? 0) % COLOURS));
      group.append(
        ...arc(from, to, height, found?.type.title ?? relation.relation, found?.type.directed === true),
      );
      return [group];
    });
    this.svg.replaceChildren(...parts, this.drawing);
  }

  /** The line of a relation that is being drawn, to the pointer; undefined ends it. Client coordinates. */
  draw(from: string, to: { x: number; y: number; allowed: boolean } | undefined): void {
    this.drawing.replaceChildren();
    const box = to && this.elements().get(from)?.getClientRects()[0];
    if (!box || !to) return;
    if (!this.drawing.isConnected) this.svg.append(this.drawing);
    const origin = this.content.getBoundingClientRect();
    this.drawing.append(
      make("line", {
        x1: box.left + box.width / 2 - origin.left,
        y1: box.top - origin.top,
        x2: to.x - origin.left,
        y2: to.y - origin.top,
        class: classes.arcDrawn ?? "",
        ...(to.allowed ? {} : { "data-refused": "true" }),
      }),
    );
  }
}

function arc(from: Place, to: Place, height: number, title: string, directed: boolean): SVGElement[] {
  const top = Math.min(from.y, to.y) - height;
  const path = `M ${from.x} ${from.y} C ${from.x} ${top}, ${to.x} ${top}, ${to.x} ${to.y - (directed ? 5 : 0)}`;
  const parts = [make("path", { d: path, class: classes.arc ?? "" })];
  if (directed) {
    const { x, y } = to;
    const d = `M ${x - 4} ${y - 8} L ${x + 4} ${y - 8} L ${x} ${y} Z`;
    parts.push(make("path", { d, class: classes.arrow ?? "" }));
  }
  // The middle of the curve: an eighth from each end, three from each control point.
  const label = make("text", {
    x: (from.x + to.x) / 2,
    y: (from.y + to.y) / 8 + (top * 6) / 8 + 3,
    class: classes.arcLabel ?? "",
  });
  label.textContent = title;
  parts.push(label);
  return parts;
}
