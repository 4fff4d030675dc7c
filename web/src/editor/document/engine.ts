// The engine of documents: pages in a list of which only those near the screen are there, kept in step with the answer.
import type { Layer } from "../../core/document/layer";
import { GAP } from "../../core/document/stack";
import type { EditorContext, Engine, LayerView } from "../plugin";
import { focusField } from "../shell/FieldForm";
import { walk } from "../shell/walk";
import { cycleRelationType } from "../text/relating";
import { runChange } from "./commands";
import classes from "./document.module.css";
import { boundsOn } from "./marks";
import { PageView, type Source } from "./pageview";
import { PdfPages } from "./pdf";
import { DocumentPointer } from "./pointer";
import { pagesOf } from "./regions";
import { DocumentStage } from "./stage";

/** Pages so many screens above and below are drawn too. */
const AROUND = 1;
/** Milliseconds after which pages are drawn sharp at a new scale. */
const SHARP_MS = 150;
const ZOOM = 1.25;

export class DocumentEngine implements Engine {
  readonly stage: DocumentStage;
  private readonly host: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly stack: HTMLElement;
  private readonly source: Source;
  private readonly views = new Map<number, PageView>();
  private readonly pointer: DocumentPointer;
  private readonly resized: ResizeObserver;
  private readonly ends: (() => void)[] = [];
  private frame = 0;
  private sharpen = 0;
  private fits = true;

  constructor(host: HTMLElement, context: EditorContext, layer: Layer, url: string) {
    const { session } = context;
    this.host = host;
    this.stage = new DocumentStage(session, layer, context.readOnly, context.layers);
    this.source = layer.head.media_type === "application/pdf" ? new PdfPages(url) : url;
    this.scroller = document.createElement("div");
    this.scroller.className = classes.scroller ?? "";
    // What scrolls must be reachable by keyboard.
    this.scroller.tabIndex = 0;
    this.stack = document.createElement("div");
    this.stack.className = classes.stack ?? "";
    this.scroller.append(this.stack);
    host.append(this.scroller);
    this.pointer = new DocumentPointer(this.stage, this.scroller);
    this.resized = new ResizeObserver(() => this.lay());
    this.resized.observe(this.scroller);
    this.ends = [
      session.doc.watch(() => this.later()),
      session.ui.subscribe(() => this.later()),
      layer.subscribe(() => this.later()),
      this.stage.subscribe(() => this.later()),
    ];
    this.scroller.addEventListener("scroll", () => this.later(), { passive: true });
    this.scroller.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.lay();
  }

  private later(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.paint());
  }

  /** Lays the pages out in the room that there is. */
  private lay(scale = this.stage.stack.scale): void {
    const { stack } = this.stage;
    const room = this.scroller.clientWidth;
    stack.set(this.fits ? stack.fitting(room) : scale, room);
    Object.assign(this.stack.style, { width: `${stack.width}px`, height: `${stack.height}px` });
    for (const view of this.views.values()) view.lay(stack.place(view.page));
    this.paint();
  }

  private paint(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { stage, scroller } = this;
    const { stack } = stage;
    const { scrollTop, clientHeight } = scroller;
    const near = stack.within(scrollTop - AROUND * clientHeight, scrollTop + (1 + AROUND) * clientHeight);
    for (const [page, view] of this.views) {
      if (page >= near[0] && page <= near[1]) continue;
      view.remove();
      this.views.delete(page);
    }
    for (let page = near[0]; page <= near[1] && stack.pages[page]; page += 1) this.view(page).paint();
    stage.view.set(stack.at(scrollTop + clientHeight / 2));
    scroller.dataset.tool = stage.session.ui.state.tool;
    const { left, top } = stack.place(0);
    this.host.dataset.view = `${stack.scale} ${left - scroller.scrollLeft} ${top - scrollTop}`;
    window.clearTimeout(this.sharpen);
    this.sharpen = window.setTimeout(() => this.sharp(), this.views.size === 0 ? 0 : SHARP_MS);
  }

  private view(page: number): PageView {
    const known = this.views.get(page);
    if (known) return known;
    const made = new PageView(this.stage, page, this.source);
    made.lay(this.stage.stack.place(page));
    this.stack.append(made.root);
    this.views.set(page, made);
    return made;
  }

  /** Those that are seen come first. */
  private sharp(): void {
    const { stack } = this.stage;
    const { scrollTop, clientHeight } = this.scroller;
    const middle = stack.at(scrollTop + clientHeight / 2);
    const views = [...this.views.values()];
    views.sort((one, two) => Math.abs(one.page - middle) - Math.abs(two.page - middle));
    for (const view of views) view.draw(stack.scale);
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = this.scroller.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), event.clientX - frame.left, event.clientY - frame.top);
  }

  /** Zooms so that the place stays where it is. */
  private zoom(factor: number, x = this.scroller.clientWidth / 2, y = this.scroller.clientHeight / 2): void {
    const { stack } = this.stage;
    const page = stack.at(this.scroller.scrollTop + y);
    const before = stack.place(page);
    const across = (this.scroller.scrollLeft + x - before.left) / before.width;
    const down = (this.scroller.scrollTop + y - before.top) / before.height;
    this.fits = false;
    this.lay(stack.scale * factor);
    const after = stack.place(page);
    this.scroller.scrollLeft = after.left + across * after.width - x;
    this.scroller.scrollTop = after.top + down * after.height - y;
    this.later();
  }

  run(command: string): boolean {
    const { session, readOnly } = this.stage;
    switch (command) {
      case "fit":
        this.fits = true;
        this.lay();
        return true;
      case "zoom-in":
      case "zoom-out":
        this.zoom(command === "zoom-in" ? ZOOM : 1 / ZOOM);
        return true;
      case "fit-selection":
        return this.closely();
      case "page-next":
      case "page-previous":
        return this.goTo(this.stage.page + (command === "page-next" ? 1 : -1));
      case "page-first":
        return this.goTo(0);
      case "page-last":
        return this.goTo(this.stage.stack.pages.length - 1);
      case "next-region":
      case "previous-region":
        return document.activeElement === this.host && this.stepRegion(command === "next-region" ? 1 : -1);
      case "hide":
        session.hideSelected();
        return true;
      case "cancel":
        return this.cancel();
      case "relation-type":
        return !readOnly && cycleRelationType(session);
      case "write":
        return !readOnly && this.write();
      case "next-typing":
        return !readOnly && walk(session, 1);
      default: {
        const done = !readOnly && (runChange(this.stage, command) ?? false);
        if (done && this.stage.caret) this.followCaret();
        return done;
      }
    }
  }

  /** Brings a page to the top. */
  goTo(page: number): boolean {
    const { stack, session } = this.stage;
    if (!stack.pages[page]) return false;
    this.scroller.scrollTop = stack.place(page).top - GAP;
    session.announce(`Page ${page + 1} of ${stack.pages.length}`);
    this.later();
    return true;
  }

  /** The focus goes to the first question about the selected region. */
  private write(): boolean {
    const region = this.stage.selected;
    const [first] = (region && this.stage.session.classOf(region.class)?.attributes) ?? [];
    return first !== undefined && focusField("attribute", first.id);
  }

  private stepRegion(direction: 1 | -1): boolean {
    const { session, ordered } = this.stage;
    const at = ordered.findIndex((region) => session.ui.state.selection.includes(region.id));
    const next = ordered[at < 0 ? (direction === 1 ? 0 : ordered.length - 1) : at + direction];
    if (!next) return false;
    this.stage.setCaret(undefined);
    session.ui.select(next.id);
    session.announcePlace(next.id, ordered.indexOf(next), ordered.length);
    this.focus([next.id]);
    return true;
  }

  /** Leaves what is in hand, the last begun first. */
  private cancel(): boolean {
    const { ui } = this.stage.session;
    if (this.pointer.cancel()) return true;
    if (ui.state.relationFrom !== undefined) ui.set({ relationFrom: undefined });
    else if (this.stage.caret) this.stage.setCaret(undefined);
    else if (ui.state.selection.length > 0) ui.select();
    else if (document.activeElement === this.host) this.host.blur();
    else return false;
    return true;
  }

  private followCaret(): void {
    const { caret } = this.stage;
    const word = caret && this.stage.word(caret.focus);
    if (caret && word) this.reveal(caret.focus.page, word.top, word.bottom);
  }

  /** Scrolls so far that a stretch of a page is seen. */
  private reveal(page: number, top: number, bottom: number): void {
    const { stack } = this.stage;
    const place = stack.place(page);
    const [from, to] = [place.top + top * stack.scale, place.top + bottom * stack.scale];
    const { scrollTop, clientHeight } = this.scroller;
    const margin = Math.min(80, clientHeight / 4);
    if (from < scrollTop + margin) this.scroller.scrollTop = from - margin;
    else if (to > scrollTop + clientHeight - margin) this.scroller.scrollTop = to - clientHeight + margin;
    this.later();
  }

  focus(ids: readonly string[]): void {
    const { session, layer } = this.stage;
    const { doc, ui } = session;
    const region = doc.region(ids[0] ?? "") ?? ui.state.suggestions.find((one) => one.id === ids[0]);
    const page = region && pagesOf(layer, region)?.[0];
    if (page === undefined) return;
    const bounds = boundsOn(this.stage, region, page);
    this.reveal(page, bounds?.top ?? 0, bounds?.bottom ?? 0);
  }

  /** Shows the selected region so that it fills a part of the screen. */
  private closely(): boolean {
    const region = this.stage.selected;
    const page = region && pagesOf(this.stage.layer, region)?.[0];
    const bounds = page === undefined ? undefined : boundsOn(this.stage, region, page);
    if (!bounds || page === undefined) return false;
    const { scroller } = this;
    const wide = (scroller.clientWidth * 0.8) / (bounds.right - bounds.left);
    const high = (scroller.clientHeight * 0.6) / (bounds.bottom - bounds.top);
    this.fits = false;
    this.lay(Math.min(wide, high, 4));
    const { scale } = this.stage.stack;
    const place = this.stage.stack.place(page);
    scroller.scrollLeft = place.left + ((bounds.left + bounds.right) / 2) * scale - scroller.clientWidth / 2;
    scroller.scrollTop = place.top + ((bounds.top + bounds.bottom) / 2) * scale - scroller.clientHeight / 2;
    this.later();
    return true;
  }

  setLayers(layers: readonly LayerView[]): void {
    this.stage.layers = layers;
    this.later();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    window.clearTimeout(this.sharpen);
    this.resized.disconnect();
    this.pointer.destroy();
    for (const end of this.ends) end();
    for (const view of this.views.values()) view.remove();
    if (this.source instanceof PdfPages) this.source.destroy();
    this.scroller.remove();
  }
}
