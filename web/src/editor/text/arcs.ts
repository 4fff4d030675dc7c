// Relations as arcs over the text: only those with an end on the screen.
import type { EditorSession } from "../session";
import classes from "./text.module.css";

const NAMESPACE = "http://www.w3.org/2000/svg";
const AHEAD_PIXELS = 400;

function make(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

export class Arcs {
  private readonly svg: SVGElement;
  private readonly host: HTMLElement;
  private readonly content: HTMLElement;
  private readonly session: EditorSession;

  constructor(host: HTMLElement, content: HTMLElement, session: EditorSession) {
    this.host = host;
    this.content = content;
    this.session = session;
    this.svg = make("svg", { class: classes.arcs ?? "", "aria-hidden": "true" });
    content.append(this.svg);
  }

  /** Where the first line of a region lies in the content. */
  private place(id: string): { x: number; y: number } | undefined {
    const element = this.content.querySelector(`[data-marks~="${CSS.escape(id)}"]`);
    const box = element?.getClientRects()[0];
    if (!box) return undefined;
    const origin = this.content.getBoundingClientRect();
    return { x: box.left + box.width / 2 - origin.left, y: box.top - origin.top };
  }

  paint(): void {
    const top = this.host.scrollTop - AHEAD_PIXELS;
    const bottom = this.host.scrollTop + this.host.clientHeight + AHEAD_PIXELS;
    const parts: SVGElement[] = [];
    for (const relation of this.session.doc.relations) {
      const [from, to] = [this.place(relation.from), this.place(relation.to)];
      if (!from || !to || Math.max(from.y, to.y) < top || Math.min(from.y, to.y) > bottom) continue;
      const type = this.session.schema.relations?.find((one) => one.id === relation.relation);
      parts.push(...arc(from, to, type?.title ?? relation.relation, type?.directed === true));
    }
    this.svg.replaceChildren(...parts);
  }
}

function arc(
  from: { x: number; y: number },
  to: { x: number; y: number },
  title: string,
  directed: boolean,
): SVGElement[] {
  const height = Math.min(34, 16 + Math.abs(to.x - from.x) / 16);
  const top = Math.min(from.y, to.y) - height;
  const path = `M ${from.x} ${from.y} C ${from.x} ${top}, ${to.x} ${top}, ${to.x} ${to.y - (directed ? 5 : 0)}`;
  const parts = [make("path", { d: path, class: classes.arc ?? "" })];
  if (directed) {
    const [x, y] = [to.x, to.y];
    parts.push(
      make("path", {
        d: `M ${x - 4} ${y - 8} L ${x + 4} ${y - 8} L ${x} ${y} Z`,
        class: classes.arrow ?? "",
      }),
    );
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
