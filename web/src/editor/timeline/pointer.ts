// The pointer over a timeline: playhead, drawing, edges, moving, zooming.
import type { Work } from "../../core/timeline/hierarchy";
import { type Edge, hits, interval, stretchOf, withEdge } from "../../core/timeline/tiers";
import type { Region } from "../../core/types";
import { makeMoment } from "./commands";
import { draw, drawing, hierarchyOf, outcome, perform } from "./edit";
import { rowAt } from "./layout";
import type { TimelineStage } from "./stage";

/** A press that moves less than this is a click, in pixels. */
const CLICK_PIXELS = 3;
const WHEEL_ZOOM = 0.0015;

type Drag =
  | { kind: "seek" }
  | { kind: "draw"; from: number; className: string; snaps: boolean }
  | { kind: "edge"; region: Region; edge: Edge; snaps: boolean }
  | { kind: "move"; region: Region; from: number };

export class TimelinePointer {
  private readonly stage: TimelineStage;
  private readonly host: HTMLElement;
  private drag: Drag | undefined;
  private pressedX = 0;
  private isMoving = false;
  private lastStack = "";
  private readonly ends: (() => void)[] = [];

  constructor(stage: TimelineStage, host: HTMLElement, canvas: HTMLElement) {
    [this.stage, this.host] = [stage, host];
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ) => {
      canvas.addEventListener(name, listener, { passive: false });
      this.ends.push(() => canvas.removeEventListener(name, listener));
    };
    on("pointerdown", (event) => this.pressed(event, canvas));
    on("pointermove", (event) => this.moved(event, canvas));
    on("pointerup", (event) => this.released(event));
    on("pointercancel", () => this.cancel());
    on("dblclick", (event) => this.doubled(event));
    on("wheel", (event) => this.wheeled(event));
  }

  destroy(): void {
    for (const end of this.ends) end();
  }

  /** Leaves what is being dragged as it was. */
  cancel(): boolean {
    if (!this.drag) return false;
    this.drag = undefined;
    this.stage.preview = undefined;
    this.stage.repaint("all");
    return true;
  }

  private place(event: MouseEvent): { x: number; y: number; tick: number } {
    const box = this.host.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return { x, y, tick: this.stage.axis.toTick(x) };
  }

  private hitsAt(x: number, y: number) {
    const { stage } = this;
    const row = rowAt(stage.layout, y);
    return hits(stage.pickable, stage.axis, x, row, stage.session.ui.state.selection);
  }

  private pressed(event: PointerEvent, canvas: HTMLElement): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.host.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    const { x, y, tick } = this.place(event);
    [this.pressedX, this.isMoving] = [x, false];
    this.drag = this.dragFrom(event, x, y, tick);
    if (this.drag.kind === "seek") this.stage.seek(tick);
  }

  private dragFrom(event: PointerEvent, x: number, y: number, tick: number): Drag {
    const { stage } = this;
    const { session } = stage;
    if (y < stage.layout.ruler.height) return { kind: "seek" };
    const [hit] = this.hitsAt(x, y);
    const own = hit && session.doc.region(hit.region.id);
    const snaps = !event.altKey;
    if (!stage.readOnly && own && !event.altKey && session.unlocked([own.id]).length > 0) {
      if (hit.edge) return { kind: "edge", region: own, edge: hit.edge, snaps };
      if (rowAt(stage.layout, y) !== undefined) return { kind: "move", region: own, from: tick };
    }
    const className = rowAt(stage.layout, y) ?? session.classFor("interval")?.id;
    const draws = !stage.readOnly && session.ui.state.tool === "interval" && className !== undefined;
    return draws ? { kind: "draw", from: tick, className, snaps } : { kind: "seek" };
  }

  private moved(event: PointerEvent, canvas: HTMLElement): void {
    const { stage, drag } = this;
    const { x, y, tick } = this.place(event);
    if (!drag) {
      const [hit] = this.hitsAt(x, y);
      canvas.style.cursor = hit?.edge && !stage.readOnly ? "ew-resize" : hit ? "pointer" : "text";
      // So that what is near is there when a drag ends.
      stage.snapped(tick);
      return;
    }
    this.isMoving ||= Math.abs(x - this.pressedX) >= CLICK_PIXELS;
    if (drag.kind === "seek") {
      if (this.isMoving) stage.seek(tick);
      return;
    }
    if (!this.isMoving) return;
    stage.preview = this.preview(drag, tick);
    stage.repaint("overlay");
  }

  private preview(drag: Exclude<Drag, { kind: "seek" }>, tick: number) {
    if (drag.kind !== "draw") {
      const geometry = outcome(this.changed(drag, tick), drag.region.id);
      return geometry && { id: drag.region.id, className: drag.region.class, geometry };
    }
    const drawn = interval(drag.from, tick, this.stage.axis.ticks);
    if (drawn?.type !== "interval") return undefined;
    const found = drawing(hierarchyOf(this.stage.session), drawn, drag.className, drag.from);
    const geometry = found && interval(found.start, found.end, this.stage.axis.ticks);
    return geometry && { id: undefined, className: drag.className, geometry };
  }

  /** What the drag of a region comes to. */
  private changed(drag: Extract<Drag, { region: Region }>, tick: number): Work {
    const { ticks } = this.stage.axis;
    const { region } = drag;
    const hierarchy = hierarchyOf(this.stage.session);
    if (drag.kind === "move") return hierarchy.moved(region.id, tick - drag.from, ticks);
    const stretch = stretchOf(region);
    const geometry = stretch && withEdge(stretch, drag.edge, tick, ticks);
    if (geometry?.type !== "interval") return { refused: "A region starts before it ends" };
    // An edge that is drawn over the other takes its place: what lies on tiers stops there.
    return hierarchy.isFree(region.id)
      ? { changed: new Map([[region.id, { geometry }]]), removed: [], added: [] }
      : hierarchy.withEdge(region.id, drag.edge, tick);
  }

  private released(event: PointerEvent): void {
    const { stage, drag } = this;
    if (!drag) return;
    const { x, y, tick } = this.place(event);
    this.drag = undefined;
    stage.preview = undefined;
    stage.repaint("all");
    if (!this.isMoving) {
      if (!this.momentAt(event, x, y, tick)) this.click(event, x, y, tick);
      return;
    }
    if (drag.kind === "seek") return;
    const { session } = stage;
    const at = (place: number, snaps: boolean) => (snaps ? stage.snapped(place) : place);
    if (drag.kind === "draw") {
      const drawn = interval(at(drag.from, drag.snaps), at(tick, drag.snaps), stage.axis.ticks);
      if (drawn && draw(session, drawn, drag.className, drag.from)) {
        session.ui.set({ activeClass: drag.className });
      }
      return;
    }
    const work = this.changed(drag, drag.kind === "edge" ? at(tick, drag.snaps) : tick);
    perform(session, drag.kind === "edge" ? "move an edge" : "move", work);
    session.ui.select(drag.region.id);
  }

  /** With the tool for moments a click sets one, where none is. */
  private momentAt(event: MouseEvent, x: number, y: number, tick: number): boolean {
    const { stage } = this;
    const { session } = stage;
    if (stage.readOnly || session.ui.state.tool !== "moment" || y < stage.layout.ruler.height) return false;
    const row = rowAt(stage.layout, y);
    if (row !== undefined && this.hitsAt(x, y).length > 0) return false;
    const className = row ?? session.classFor("interval")?.id;
    if (!makeMoment(stage, event.altKey ? tick : stage.snapped(tick), className)) return false;
    session.ui.set({ activeClass: className });
    return true;
  }

  /** Selects the shortest region there, with Alt the next longer one; elsewhere the playhead goes there. */
  private click(event: MouseEvent, x: number, y: number, tick: number): void {
    const { ui } = this.stage.session;
    if (rowAt(this.stage.layout, y) === undefined) {
      this.stage.seek(tick);
      const picked = this.stage.pickAt(x, y);
      if (picked !== undefined) ui.select(picked);
      else if (y >= this.stage.layout.ruler.height && this.hitsAt(x, y).length === 0) ui.select();
      return;
    }
    const ids = this.hitsAt(x, y).map((hit) => hit.region.id);
    const stack = [...ids].sort().join();
    let [picked] = ids;
    if (event.altKey && stack === this.lastStack) {
      picked = ids[(ids.findIndex((id) => ui.state.selection.includes(id)) + 1) % ids.length];
    }
    this.lastStack = stack;
    if (picked === undefined) {
      ui.select();
      this.stage.seek(tick);
    } else if (event.shiftKey) {
      ui.select(...ui.state.selection.filter((id) => id !== picked), picked);
    } else ui.select(picked);
  }

  private doubled(event: MouseEvent): void {
    const { x, y } = this.place(event);
    const stretch = this.hitsAt(x, y).map((hit) => stretchOf(hit.region))[0];
    if (!stretch) return;
    this.stage.open(stretch);
  }

  private wheeled(event: WheelEvent): void {
    event.preventDefault();
    const { axis } = this.stage;
    // Some mice count lines and not pixels.
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (sideways || event.shiftKey) axis.pan((sideways ? event.deltaX : event.deltaY) * unit);
    else axis.zoom(Math.exp(-event.deltaY * unit * WHEEL_ZOOM), this.place(event).x);
    this.stage.repaint("all");
  }
}
