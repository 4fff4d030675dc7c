// The text engine: paints spans, turns selections into spans, moves their edges, draws relations.
import { ScalarText } from "../../core/offsets";
import type { Geometry, Region } from "../../core/types";
import { snapToWords, trimmed } from "../../core/words";
import type { EditorContext, Engine, LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { Arcs } from "./arcs";
import { Caret } from "./caret";
import { ParagraphPainter } from "./paint";
import { type Mark, marksOf, type Paragraph, paragraphAt, paragraphsOf } from "./paragraphs";
import classes from "./text.module.css";

export class TextEngine implements Engine {
  private readonly session: EditorSession;
  private readonly readOnly: boolean;
  private readonly text: ScalarText;
  private readonly paragraphs: readonly Paragraph[];
  private readonly painter: ParagraphPainter;
  private readonly arcs: Arcs;
  private readonly caret: Caret;
  private readonly host: HTMLElement;
  private readonly scroller: HTMLElement;
  private layers: readonly LayerView[];
  private frame = 0;
  private arcFrame = 0;
  private lastStack = "";
  private readonly ends: (() => void)[] = [];

  constructor(host: HTMLElement, context: EditorContext) {
    const { session } = context;
    this.session = session;
    this.readOnly = context.readOnly;
    this.layers = context.layers;
    this.host = host;
    this.text = new ScalarText(session.media.kind === "text" ? session.media.text : "");
    this.paragraphs = paragraphsOf(this.text.text);
    this.scroller = document.createElement("div");
    this.scroller.className = classes.host ?? "";
    const content = document.createElement("div");
    content.className = classes.content ?? "";
    // Lines further apart, so that arcs run between them and not through them.
    if ((session.schema.relations ?? []).length > 0) content.dataset.arcs = "true";
    this.scroller.append(content);
    host.append(this.scroller);
    this.painter = new ParagraphPainter(content, this.paragraphs);
    this.arcs = new Arcs(this.scroller, content, session);
    this.caret = new Caret(content, this.text, this.paragraphs);
    this.listen(content);
    this.paint();
  }

  private listen(content: HTMLElement): void {
    const later = () => {
      if (this.frame === 0) this.frame = requestAnimationFrame(this.paint);
    };
    const resized = new ResizeObserver(later);
    resized.observe(content);
    // Scrolling changes no mark, only which relations are in sight.
    const scrolled = () => {
      if (this.arcFrame === 0) this.arcFrame = requestAnimationFrame(this.paintArcs);
    };
    this.scroller.addEventListener("scroll", scrolled, { passive: true });
    content.addEventListener("pointerdown", () => this.caret.hide());
    // On the window: a drag may end outside of the text.
    const up = (event: PointerEvent) => this.released(event);
    window.addEventListener("pointerup", up);
    this.ends.push(
      () => window.removeEventListener("pointerup", up),
      () => resized.disconnect(),
      this.session.doc.watch(later),
      this.session.ui.subscribe(later),
    );
  }

  private readonly paint = () => {
    this.frame = 0;
    const byParagraph = new Map<number, Mark[]>();
    for (const mark of this.marks()) {
      const first = paragraphAt(this.paragraphs, mark.start).index;
      for (let index = first; (this.paragraphs[index]?.start ?? Infinity) < mark.end; index += 1) {
        const list = byParagraph.get(index);
        if (list) list.push(mark);
        else byParagraph.set(index, [mark]);
      }
    }
    this.painter.paint(byParagraph);
    this.arcs.paint();
  };

  private readonly paintArcs = () => {
    this.arcFrame = 0;
    this.arcs.paint();
  };

  private marks(): Mark[] {
    const { selection, hidden, suggestions, different } = this.session.ui.state;
    const look = (region: Region) => {
      const found = this.session.classOf(region.class);
      return { colour: found?.color ?? "#808080", title: found?.title ?? region.class };
    };
    const marks: Mark[] = [];
    for (const layer of this.layers) {
      for (const region of layer.regions) {
        const { colour, title } = look(region);
        const strong = layer.different.has(region.id);
        const tag = strong ? `${layer.name}: ${title}` : "";
        const mark = { colour, tag, style: layer.style, strong, selected: false };
        marks.push(...marksOf(this.text, region, mark, `${layer.id}:`));
      }
    }
    for (const region of this.session.doc.regions) {
      if (hidden.has(region.id)) continue;
      const { colour, title } = look(region);
      const selected = selection.includes(region.id);
      const strong = different?.has(region.id) ?? true;
      const tag = different && strong ? `${title} (differs)` : title;
      marks.push(...marksOf(this.text, region, { colour, tag, style: 0, strong, selected }));
    }
    for (const region of suggestions) {
      const { colour, title } = look(region);
      const score = region.score === undefined ? "" : ` ${Math.round(region.score * 100)} %`;
      const selected = selection.includes(region.id);
      const mark = { colour, tag: `${title}?${score}`, style: 1, strong: false, selected };
      marks.push(...marksOf(this.text, region, mark));
    }
    return marks;
  }

  private released(event: PointerEvent): void {
    if (event.button !== 0 || !(event.target instanceof Element)) return;
    const inside = this.scroller.contains(event.target);
    const selected = this.caret.selected();
    if (selected) {
      [this.caret.anchor, this.caret.focus] = selected;
      if (!this.readOnly && this.session.ui.state.tool === "span") this.mark(undefined);
      return;
    }
    if (!inside) return;
    this.host.focus({ preventScroll: true });
    const ids = event.target.closest<HTMLElement>("[data-marks]")?.dataset.marks?.split(" ") ?? [];
    const place = getSelection();
    if (place?.focusNode && this.scroller.contains(place.focusNode)) {
      this.caret.anchor = this.caret.unitOf(place.focusNode, place.focusOffset);
      this.caret.focus = this.caret.anchor;
    }
    this.click(ids, event.altKey, event.shiftKey);
  }

  /** Selects the shortest span at the place, with Alt the next longer one. */
  private click(ids: readonly string[], alt: boolean, more: boolean): void {
    const { ui } = this.session;
    const key = ids.join();
    let picked = ids[0];
    if (alt && key === this.lastStack) {
      picked = ids[(ids.findIndex((id) => ui.state.selection.includes(id)) + 1) % ids.length];
    }
    this.lastStack = key;
    if (picked === undefined) {
      ui.set({ selection: [], relationFrom: undefined });
      return;
    }
    if (ui.state.relationFrom !== undefined && !this.readOnly) {
      this.session.relateTo(picked);
      return;
    }
    ui.select(...(more ? [...ui.state.selection.filter((id) => id !== picked), picked] : [picked]));
  }

  /** Makes a span of what is selected; false when nothing is. */
  private mark(className: string | undefined): boolean {
    const selected = this.caret.selected();
    if (!selected) return false;
    const found = className === undefined ? this.session.classFor("span") : this.session.classOf(className);
    if (!found?.geometry.includes("span")) return false;
    const geometry = this.spanOf(selected[0], selected[1], this.session.ui.state.snapToWords);
    getSelection()?.removeAllRanges();
    this.caret.hide();
    this.host.focus({ preventScroll: true });
    if (!geometry) return true;
    const same = this.session.doc.regions.find(
      (region) => region.class === found.id && JSON.stringify(region.geometry) === JSON.stringify(geometry),
    );
    if (same) this.session.ui.select(same.id);
    else this.session.create(geometry, found.id);
    this.session.ui.set({ activeClass: found.id });
    return true;
  }

  private spanOf(start: number, end: number, words: boolean): Geometry | undefined {
    let range = trimmed(this.text, start, end);
    if (range && words) {
      const [first, last] = [this.caret.wordsAt(range[0]), this.caret.wordsAt(range[1] - 1)];
      const [a, b] = [first.paragraph.start, last.paragraph.start];
      const from = snapToWords(first.words, range[0] - a, Math.min(range[1], first.paragraph.end) - a)[0] + a;
      const to = snapToWords(last.words, Math.max(range[0], b) - b, range[1] - b)[1] + b;
      range = trimmed(this.text, Math.min(from, range[0]), Math.max(to, range[1]));
    }
    if (!range) return undefined;
    return { type: "span", ranges: [[this.text.toScalar(range[0]), this.text.toScalar(range[1])]] };
  }

  run(command: string): boolean {
    const { ui } = this.session;
    const focused = this.host.contains(document.activeElement) || document.activeElement === document.body;
    if (command.startsWith("class ")) return !this.readOnly && this.mark(command.slice("class ".length));
    switch (command) {
      case "cancel":
        return this.cancel();
      case "next-region":
        return document.activeElement === this.host && this.stepRegion(1);
      case "previous-region":
        return document.activeElement === this.host && this.stepRegion(-1);
      case "hide":
        this.session.hideSelected();
        return true;
      case "line-up":
      case "line-down":
        if (!focused || ui.state.selection.length > 0) return false;
        this.caret.paragraphStep(command === "line-up" ? -1 : 1);
        return true;
      default:
        break;
    }
    if (this.readOnly) return false;
    if (command === "tool-select" || command === "tool-span") {
      ui.set({ tool: command.slice("tool-".length) });
      return true;
    }
    if (command === "relation") return this.session.startRelation();
    if (command === "finish") return this.finish();
    if (command === "snap-words") {
      ui.set({ snapToWords: !ui.state.snapToWords });
      this.session.announce(ui.state.snapToWords ? "Whole words" : "Single characters");
      return true;
    }
    if (command === "remove") return this.session.removeSelected();
    return focused && this.arrow(command);
  }

  /** Enter ends a relation at the selected region. */
  private finish(): boolean {
    const { relationFrom, selection } = this.session.ui.state;
    const [target] = selection;
    if (relationFrom === undefined || target === undefined || target === relationFrom) return false;
    this.session.relateTo(target);
    return true;
  }

  private arrow(command: string): boolean {
    const match = /^(start-)?(backward|forward)(-wide)?$/.exec(command);
    if (!match) return false;
    const [start, wide] = [match[1] !== undefined, match[3] !== undefined];
    const region = this.session.doc.region(this.session.ui.state.selection[0] ?? "");
    const range = region?.geometry.type === "span" ? region.geometry.ranges[0] : undefined;
    const here = range ? this.text.toUnit(range[start ? 0 : 1] ?? 0) : this.caret.focus;
    let direction: -1 | 1 = match[2] === "forward" ? 1 : -1;
    // The arrows go where they point, also in a script that runs to the left.
    if (this.caret.rightToLeft(here)) direction = direction === 1 ? -1 : 1;
    if (!region || !range) {
      this.caret.move(this.caret.step(here, direction, !start), wide);
      return true;
    }
    this.moveEdge(region, range, start, this.caret.step(here, direction, wide));
    return true;
  }

  private moveEdge(region: Region, range: readonly number[], start: boolean, to: number): void {
    const [from = 0, end = 0] = range;
    const scalar = this.text.toScalar(to);
    const next = start ? [scalar, end] : [from, scalar];
    if ((next[0] ?? 0) >= (next[1] ?? 0) || region.geometry.type !== "span") return;
    const geometry: Geometry = { type: "span", ranges: [next, ...region.geometry.ranges.slice(1)] };
    this.session.doc.changeRegion("move an edge", region.id, { geometry }, `edge ${region.id} ${start}`);
  }

  private stepRegion(direction: 1 | -1): boolean {
    const first = (region: Region) =>
      region.geometry.type === "span" ? (region.geometry.ranges[0]?.[0] ?? 0) : 0;
    const regions = [...this.session.doc.regions, ...this.session.ui.state.suggestions];
    regions.sort((one, two) => first(one) - first(two));
    const at = regions.findIndex((region) => this.session.ui.state.selection.includes(region.id));
    const next = regions[at < 0 ? (direction === 1 ? 0 : regions.length - 1) : at + direction];
    if (!next) return false;
    this.session.ui.select(next.id);
    this.session.announcePlace(next.id, regions.indexOf(next), regions.length);
    this.focus([next.id]);
    return true;
  }

  private cancel(): boolean {
    const { ui } = this.session;
    if (ui.state.relationFrom !== undefined) {
      ui.set({ relationFrom: undefined });
      return true;
    }
    if (this.caret.selected() || this.caret.shown) {
      getSelection()?.removeAllRanges();
      this.caret.hide();
      return true;
    }
    if (ui.state.selection.length > 0) {
      ui.select();
      return true;
    }
    if (document.activeElement !== this.host) return false;
    this.host.blur();
    return true;
  }

  focus(ids: readonly string[]): void {
    const id = ids[0];
    if (id === undefined) return;
    const element = this.scroller.querySelector(`[data-marks~="${CSS.escape(id)}"]`);
    element?.scrollIntoView({ block: "nearest" });
  }

  setLayers(layers: readonly LayerView[]): void {
    this.layers = layers;
    this.paint();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.arcFrame);
    for (const end of this.ends) end();
    this.scroller.remove();
  }
}
