// What the mouse does in the text: spans by dragging over words, parts with Ctrl, relations by dragging a tag to another
// span, selection by a click.
import { rangeAt } from "../../core/ranges";
import { wayOf } from "../../core/relations";
import type { EditorSession } from "../session";
import { addFragment, type Hands, removeFragment, snapped, spanRanges } from "./spans";
import type { Surface } from "./surface";

export interface PointerHost {
  readonly session: EditorSession;
  readonly host: HTMLElement;
  readonly readOnly: boolean;
  readonly surface: Surface;
  readonly hands: Hands;
  /** Makes a span of what is selected. */
  mark(): void;
}

export class Pointer {
  private readonly to: PointerHost;
  private lastStack = "";
  /** The region from whose tag a relation is being dragged. */
  private pulled: string | undefined;
  private readonly ends: (() => void)[] = [];

  constructor(to: PointerHost) {
    this.to = to;
    // On the window: a drag may end outside of the text.
    const listen = (
      name: "pointerdown" | "pointermove" | "pointerup",
      listener: (event: PointerEvent) => void,
    ) => {
      window.addEventListener(name, listener);
      this.ends.push(() => window.removeEventListener(name, listener));
    };
    listen("pointerdown", (event) => this.pressed(event));
    listen("pointermove", (event) => this.moved(event));
    listen("pointerup", (event) => this.released(event));
  }

  destroy(): void {
    for (const end of this.ends) end();
  }

  private pressed(event: PointerEvent): void {
    const { session, surface, readOnly } = this.to;
    if (!(event.target instanceof Element) || !surface.content.contains(event.target)) return;
    surface.caret.hide();
    surface.caret.release();
    const block = event.target.closest<HTMLElement>("[data-paragraph]")?.dataset.paragraph;
    if (block !== undefined) surface.flow.pinned = [Number(block)];
    const tag = event.target.closest<HTMLElement>("[data-tag]")?.dataset.marks;
    const relates = (session.schema.relations ?? []).length > 0;
    if (event.button !== 0 || readOnly || !relates || tag === undefined || !session.doc.region(tag)) return;
    event.preventDefault();
    getSelection()?.removeAllRanges();
    this.pulled = tag;
  }

  private moved(event: PointerEvent): void {
    const { session, surface } = this.to;
    const from = this.pulled ?? session.ui.state.relationFrom;
    if (from === undefined || !(event.target instanceof Element)) return;
    const target = this.marksAt(event.target)[0];
    const allowed = target === undefined || target === from || this.mayJoin(from, target);
    if (allowed) delete surface.content.dataset.refused;
    else surface.content.dataset.refused = "true";
    if (this.pulled === undefined) return;
    if (session.ui.state.relationFrom !== from) session.ui.set({ relationFrom: from, selection: [from] });
    surface.arcs.draw(from, { x: event.clientX, y: event.clientY, allowed });
  }

  private mayJoin(from: string, to: string): boolean {
    const { doc, schema, ui } = this.to.session;
    const [one, two] = [doc.region(from)?.class, doc.region(to)?.class];
    if (one === undefined || two === undefined) return false;
    const types = (schema.relations ?? []).filter(
      (type) => ui.state.relationType === undefined || type.id === ui.state.relationType,
    );
    return types.some((type) => wayOf(type, one, two) !== undefined);
  }

  private marksAt(target: Element): string[] {
    return target.closest<HTMLElement>("[data-marks]")?.dataset.marks?.split(" ") ?? [];
  }

  private released(event: PointerEvent): void {
    const { session, surface, readOnly, hands, host } = this.to;
    surface.flow.pinned = [];
    if (event.button !== 0 || !(event.target instanceof Element)) return;
    const from = this.pulled;
    this.pulled = undefined;
    delete surface.content.dataset.refused;
    if (from !== undefined && session.ui.state.relationFrom === from) {
      surface.arcs.draw(from, undefined);
      const target = this.marksAt(event.target)[0];
      if (target !== from) {
        if (target !== undefined && session.doc.region(target)) session.relateTo(target);
        else session.ui.set({ relationFrom: undefined });
        return;
      }
      session.ui.set({ relationFrom: undefined });
    }
    const selected = surface.caret.selected();
    const more = event.ctrlKey || event.metaKey;
    if (selected) {
      [surface.caret.anchor, surface.caret.focus] = selected;
      if (readOnly) return;
      const growing = hands.work.state.growing ?? (more ? session.ui.state.selection[0] : undefined);
      if (growing !== undefined && spanRanges(session.doc.region(growing)).length > 0) {
        const range = snapped(hands, ...selected);
        surface.caret.clear();
        if (range) addFragment(hands, growing, range);
      } else if (session.ui.state.tool === "span") this.to.mark();
      return;
    }
    if (!surface.scroller.contains(event.target)) return;
    host.focus({ preventScroll: true });
    const place = getSelection();
    if (place?.focusNode && surface.scroller.contains(place.focusNode)) {
      surface.caret.anchor = surface.caret.unitOf(place.focusNode, place.focusOffset);
      surface.caret.focus = surface.caret.anchor;
    }
    this.click(this.marksAt(event.target), event, more && !readOnly);
  }

  /** Selects the shortest span at the place, with Alt the next longer one. */
  private click(ids: readonly string[], event: PointerEvent, remove: boolean): void {
    const { session, surface, hands, readOnly } = this.to;
    const { ui } = session;
    const key = ids.join();
    let picked = ids[0];
    if (event.altKey && key === this.lastStack) {
      picked = ids[(ids.findIndex((id) => ui.state.selection.includes(id)) + 1) % ids.length];
    }
    this.lastStack = key;
    if (picked === undefined) {
      if (ui.state.selection.length > 0 || ui.state.relationFrom !== undefined) {
        ui.set({ selection: [], relationFrom: undefined });
      }
      return;
    }
    if (ui.state.relationFrom !== undefined && !readOnly) {
      session.relateTo(picked);
      return;
    }
    const ranges = spanRanges(session.doc.region(picked));
    const part = Math.max(0, rangeAt(ranges, hands.text.toScalar(surface.caret.focus)));
    if (remove && ui.state.selection.includes(picked)) {
      removeFragment(hands, picked, part);
      return;
    }
    hands.work.set({ fragment: part });
    ui.select(...(event.shiftKey ? [...ui.state.selection.filter((id) => id !== picked), picked] : [picked]));
  }
}
