// The pointer over a timeline: playhead, drawing, edges, moving, zooming.
import { type Edge, hits, interval, moved, stretchOf, withEdge } from "../../core/timeline/tiers";
import type { Region } from "../../core/types";
import { makeMoment } from "./commands";
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
    stage.preview = this.drawn(drag, tick, false);
    stage.repaint("overlay");
  }

  /** The region as the drag would leave it. */
  private drawn(drag: Exclude<Drag, { kind: "seek" }>, tick: number, isLast: boolean) {
    const { stage } = this;
    const { ticks } = stage.axis;
    const at = (place: number, snaps: boolean) => (snaps && isLast ? stage.snapped(place) : place);
    if (drag.kind === "draw") {
      const geometry = interval(at(drag.from, drag.snaps), at(tick, drag.snaps), ticks);
      return geometry && { id: undefined, className: drag.className, geometry };
    }
    const stretch = stretchOf(drag.region);
    if (!stretch) return undefined;
    const geometry =
      drag.kind === "edge"
        ? withEdge(stretch, drag.edge, at(tick, drag.snaps), ticks)
        : moved(stretch, tick - drag.from, ticks);
    return geometry && { id: drag.region.id, className: drag.region.class, geometry };
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
    const made = this.drawn(drag, tick, true);
    if (!made) return;
    const { session } = stage;
    if (made.id === undefined) {
      session.create(made.geometry, made.className);
      session.ui.set({ activeClass: made.className });
    } else {
      session.doc.changeRegion(drag.kind === "edge" ? "move an edge" : "move", made.id, {
        geometry: made.geometry,
      });
      session.ui.select(made.id);
    }
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
