// The text engine: keeps the page in step with the document, and runs the commands of the keys.

import type { Change } from "../../core/doc";
import type { ScalarText } from "../../core/offsets";
import { tokenStep } from "../../core/tokens";
import type { EditorContext, Engine, LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { paintPreview, refreshAlike, showAlike } from "./alike";
import { addToChain, type Chaining, endChain, leaveChain, splitChain, stepChain } from "./chaining";
import { Looks } from "./looks";
import { Pointer, type PointerHost } from "./pointer";
import { cycleRelationType } from "./relating";
import {
  addFragment,
  grow,
  type Hands,
  markRange,
  moveEdge,
  nextFragment,
  removeFragment,
  snapped,
  spanRanges,
} from "./spans";
import { Surface } from "./surface";
import { SNAP_WORDS, SNAPS, type TextWork, type Work, workOf } from "./work";

export class TextEngine implements Engine, PointerHost {
  readonly session: EditorSession;
  readonly host: HTMLElement;
  readonly readOnly: boolean;
  surface: Surface;
  private looks: Looks;
  private readonly text: ScalarText;
  private readonly work: TextWork;
  private seen: Work;
  private readonly pointer: Pointer;
  private layers: readonly LayerView[];
  private frame = 0;
  private ends: (() => void)[] = [];
  private resized: ResizeObserver;

  constructor(host: HTMLElement, context: EditorContext, text: ScalarText) {
    const { session } = context;
    this.session = session;
    this.readOnly = context.readOnly;
    this.layers = context.layers;
    this.host = host;
    this.text = text;
    this.work = workOf(session);
    if (this.work.state.snap === "token" && !this.tokens) this.work.set({ snap: "word" });
    this.seen = this.work.state;
    this.resized = new ResizeObserver(() => this.later());
    [this.surface, this.looks] = this.laidOut();
    this.pointer = new Pointer(this);
    this.ends = [
      session.doc.watch((changes) => this.docChanged(changes)),
      session.ui.subscribe(() => {
        this.looks.uiChanged();
        this.later();
      }),
      this.work.subscribe(() => this.workChanged()),
    ];
    this.paint();
  }

  private get tokens() {
    return this.session.media.kind === "text" ? this.session.media.tokens : undefined;
  }

  get hands(): Hands {
    const { session, text, work, tokens, surface } = this;
    return {
      session,
      text,
      work,
      tokens,
      caret: surface.caret,
      near: (unit) => surface.index.at(surface.blockAt(unit)).map((mark) => mark.region),
    };
  }

  private get chaining(): Chaining {
    const { session, work } = this;
    return { session, work, chain: (id) => this.looks.chain(id), focus: (id) => this.focus([id]) };
  }

  /** The page for the chosen layout. */
  private laidOut(): [Surface, Looks] {
    let looks: Looks | undefined;
    const surface = new Surface(this.host, this.session, this.text, this.work.state.view, (index) => {
      looks = new Looks(this.session, this.text, index, this.layers);
    });
    this.resized.disconnect();
    this.resized.observe(surface.content);
    surface.scroller.addEventListener("scroll", () => this.later(), { passive: true });
    return [surface, looks as Looks];
  }

  private later(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    this.frame = 0;
    const { flow, arcs, blocks } = this.surface;
    const moved = flow.update();
    flow.paint();
    arcs.paint();
    if (moved || this.work.state.preview) {
      paintPreview(this.hands, blocks, (index) => flow.element(index) !== undefined);
    }
  }

  private docChanged(changes: readonly Change[]): void {
    this.looks.docChanged(changes);
    const { preview } = this.work.state;
    // What is about to be labeled would no longer be what was shown.
    if (preview && changes.some((one) => one.kind === "region")) this.work.set({ preview: undefined });
    this.later();
  }

  private workChanged(): void {
    const [before, now] = [this.seen, this.work.state];
    this.seen = now;
    if (before.view !== now.view) {
      const top = this.surface.topUnit;
      this.surface.remove();
      [this.surface, this.looks] = this.laidOut();
      // At the top one stays there, with what stands above the first line.
      if (top > 0) this.surface.flow.bring(this.surface.blockAt(top))?.scrollIntoView({ block: "start" });
    }
    if (before.caseSensitive !== now.caseSensitive || before.wholeWords !== now.wholeWords) {
      refreshAlike(this.hands);
    }
    if (before.preview !== now.preview) {
      paintPreview(
        this.hands,
        this.surface.blocks,
        (index) => this.surface.flow.element(index) !== undefined,
      );
    }
    this.later();
  }

  /** Makes a span of what is selected; false when nothing is. */
  mark(className?: string): boolean {
    const { session, work, hands } = this;
    const { caret } = this.surface;
    const selected = caret.selected();
    if (!selected) return false;
    const found = className === undefined ? session.classFor("span") : session.classOf(className);
    if (!found?.geometry.includes("span")) return false;
    const range = snapped(hands, ...selected);
    caret.clear();
    this.host.focus({ preventScroll: true });
    if (!range) return true;
    const { growing } = work.state;
    if (growing !== undefined && session.doc.region(growing)) {
      addFragment(hands, growing, range);
      return true;
    }
    markRange(hands, range, found.id);
    session.ui.set({ activeClass: found.id });
    return true;
  }

  run(command: string): boolean {
    if (command.startsWith("class ")) return !this.readOnly && this.mark(command.slice("class ".length));
    return this.look(command) ?? (this.readOnly ? false : this.change(command));
  }

  /** Commands that change nothing; undefined for others. */
  private look(command: string): boolean | undefined {
    const { ui } = this.session;
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
        if (!this.focused || ui.state.selection.length > 0) return false;
        this.surface.caret.paragraphStep(command === "line-up" ? -1 : 1);
        return true;
      case "sentences": {
        const view = this.work.state.view === "sentences" ? "paragraphs" : "sentences";
        this.work.set({ view });
        this.session.announce(view === "sentences" ? "One sentence a line" : "As written");
        return true;
      }
      case "chain-next":
        return stepChain(this.chaining, 1);
      case "chain-previous":
        return stepChain(this.chaining, -1);
      default:
        return undefined;
    }
  }

  private change(command: string): boolean {
    const { session, work, hands } = this;
    switch (command) {
      case "tool-select":
      case "tool-span":
        session.ui.set({ tool: command.slice("tool-".length) });
        return true;
      case "relation":
        return session.startRelation();
      case "relation-type":
        return cycleRelationType(session);
      case "finish":
        return this.finish();
      case "snap-text":
        this.nextSnap();
        return true;
      case "fragment":
        return grow(hands);
      case "fragment-next":
        return nextFragment(hands);
      case "fragment-remove": {
        const [id] = session.ui.state.selection;
        if (id === undefined) return false;
        removeFragment(
          hands,
          id,
          Math.min(work.state.fragment, spanRanges(session.doc.region(id)).length - 1),
        );
        return true;
      }
      case "alike":
        return showAlike(hands);
      case "chain":
        return addToChain(this.chaining);
      case "chain-end":
        return endChain(this.chaining);
      case "chain-leave":
        return leaveChain(this.chaining);
      case "chain-split":
        return splitChain(this.chaining);
      case "remove":
        return session.removeSelected();
      default:
        return this.focused && this.arrow(command);
    }
  }

  private get focused(): boolean {
    return this.host.contains(document.activeElement) || document.activeElement === document.body;
  }

  private nextSnap(): void {
    const snaps = SNAPS.filter((one) => one !== "token" || this.tokens);
    const snap = snaps[(snaps.indexOf(this.work.state.snap) + 1) % snaps.length] ?? "word";
    this.work.set({ snap });
    this.session.announce(SNAP_WORDS[snap]);
  }

  /** Enter ends a relation at the selected region, or labels what is shown. */
  private finish(): boolean {
    if (this.work.state.preview) return showAlike(this.hands);
    const { relationFrom, selection } = this.session.ui.state;
    const [target] = selection;
    if (relationFrom === undefined || target === undefined || target === relationFrom) return false;
    this.session.relateTo(target);
    return true;
  }

  private arrow(command: string): boolean {
    const match = /^(start-)?(backward|forward)(-wide)?$/.exec(command);
    if (!match) return false;
    const { caret } = this.surface;
    const [start, wide] = [match[1] !== undefined, match[3] !== undefined];
    const region = this.session.doc.region(this.session.ui.state.selection[0] ?? "");
    const ranges = spanRanges(region);
    const range = ranges[Math.min(this.work.state.fragment, ranges.length - 1)];
    const here = range ? this.text.toUnit(range[start ? 0 : 1] ?? 0) : caret.focus;
    let direction: -1 | 1 = match[2] === "forward" ? 1 : -1;
    // The arrows go where they point, also in a script that runs to the left.
    if (caret.rightToLeft(here)) direction = direction === 1 ? -1 : 1;
    if (!region || !range) caret.move(this.stepped(here, direction, !start), wide);
    else moveEdge(this.hands, region, start ? "start" : "end", this.stepped(here, direction, wide));
    return true;
  }

  /** One character further, or one word or token. */
  private stepped(unit: number, direction: -1 | 1, wide: boolean): number {
    const { tokens } = this;
    const token = wide && tokens && this.work.state.snap === "token" && tokenStep(tokens, unit, direction);
    return typeof token === "number" ? token : this.surface.caret.step(unit, direction, wide);
  }

  private stepRegion(direction: 1 | -1): boolean {
    const regions = [...this.session.doc.regions, ...this.session.ui.state.suggestions];
    const first = (id: (typeof regions)[number]) => spanRanges(id)[0]?.[0] ?? 0;
    regions.sort((one, two) => first(one) - first(two));
    const at = regions.findIndex((region) => this.session.ui.state.selection.includes(region.id));
    const next = regions[at < 0 ? (direction === 1 ? 0 : regions.length - 1) : at + direction];
    if (!next) return false;
    this.work.set({ fragment: 0 });
    this.session.ui.select(next.id);
    this.session.announcePlace(next.id, regions.indexOf(next), regions.length);
    this.focus([next.id]);
    return true;
  }

  /** Leaves what is in hand, the last begun first. */
  private cancel(): boolean {
    const { ui } = this.session;
    const { caret } = this.surface;
    if (this.work.state.preview) this.work.set({ preview: undefined });
    else if (ui.state.relationFrom !== undefined) ui.set({ relationFrom: undefined });
    else if (this.work.state.growing !== undefined) {
      const id = this.work.state.growing;
      this.work.set({ growing: undefined });
      caret.clear();
      ui.select(id);
    } else if (caret.selected() || caret.shown) caret.clear();
    else if (ui.state.selection.length > 0) ui.select();
    else if (document.activeElement === this.host) this.host.blur();
    else return false;
    return true;
  }

  focus(ids: readonly string[]): void {
    const id = ids[0];
    const block = id === undefined ? undefined : this.surface.index.blockOf(id);
    if (id === undefined || block === undefined) return;
    this.surface.flow.bring(block);
    this.surface.flow.paint();
    const element = this.surface.content.querySelector(`[data-marks~="${CSS.escape(id)}"]`);
    element?.scrollIntoView({ block: "nearest" });
  }

  setLayers(layers: readonly LayerView[]): void {
    this.layers = layers;
    this.looks.setLayers(layers);
    this.later();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.resized.disconnect();
    this.pointer.destroy();
    for (const end of this.ends) end();
    this.work.set({ preview: undefined, growing: undefined });
    paintPreview(this.hands, [], () => false);
    this.surface.remove();
  }
}
