// What the pointer does: pan, pick, move, resize, draw. A drag paints the overlay only and becomes one command when it
// is let go.
import { moved } from "../../core/geometry";
import type { Point, Region } from "../../core/types";
import { cursorOf, gripsOf, type Handle, handleAt, pulled, withoutVertex } from "./handles";
import { hits } from "./shapes";
import type { Stage } from "./stage";
import { toolOf } from "./tools/registry";
import type { Press, Tool } from "./tools/tool";
import { drawingTool, finish } from "./unfinished";

type Drag =
  | { kind: "pan"; last: Point }
  | { kind: "tool"; tool: Tool }
  | { kind: "handle"; region: Region; handle: Handle }
  | { kind: "move"; regions: Region[]; from: Point; start: Point; moving: boolean }
  | { kind: "pinch"; distance: number; middle: Point };

/** A press that moves less than this is a click. */
const CLICK_PIXELS = 4;
const DOUBLE_CLICK_MS = 400;

const pressOf = (point: Point, event: MouseEvent): Press => ({
  point,
  alt: event.altKey,
  shift: event.shiftKey,
  control: event.ctrlKey || event.metaKey,
});

export class Pointer {
  private readonly stage: Stage;
  private readonly canvas: HTMLElement;
  private drag: Drag | undefined;
  private readonly fingers = new Map<number, Point>();
  private lastStack: string[] = [];
  private readonly ended = new AbortController();
  /** The press that ended a shape. */
  private closing: { at: Point; time: number } | undefined;

  constructor(stage: Stage, canvas: HTMLElement) {
    this.stage = stage;
    this.canvas = canvas;
    stage.pick = (press) => {
      this.pick(press.point, stage.view.toScreen(press.point), press);
      // A click only selects: it begins no drag.
      this.drag = undefined;
    };
    const { signal } = this.ended;
    canvas.addEventListener("pointerdown", this.down, { signal });
    canvas.addEventListener("pointermove", this.move, { signal });
    canvas.addEventListener("pointerup", this.up, { signal });
    canvas.addEventListener("pointercancel", this.cancel, { signal });
    canvas.addEventListener("pointerleave", this.leave, { signal });
    canvas.addEventListener("dblclick", this.double, { signal });
    canvas.addEventListener("wheel", this.wheel, { passive: false, signal });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  }

  /** The element outlives the engine: another one may listen on it next. */
  destroy(): void {
    this.ended.abort();
  }

  get busy(): boolean {
    return this.drag !== undefined;
  }

  /** Leaves a drag without doing it. */
  readonly cancel = (): boolean => {
    const busy = this.drag !== undefined;
    this.drag = undefined;
    this.stage.box = undefined;
    this.stage.work = undefined;
    this.stage.previews = new Map();
    this.fingers.clear();
    this.stage.panning = false;
    this.stage.repaint("shapes", "overlay");
    return busy;
  };

  private at(event: MouseEvent): Point {
    const place = this.canvas.getBoundingClientRect();
    return [event.clientX - place.left, event.clientY - place.top];
  }

  private get tool(): string {
    return this.stage.session.ui.state.tool;
  }

  private readonly down = (event: PointerEvent): unknown => {
    this.canvas.focus({ preventScroll: true });
    const { stage } = this;
    if (stage.session.ui.state.walking) stage.session.ui.set({ walking: false });
    const screen = this.at(event);
    this.canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") {
      this.fingers.set(event.pointerId, screen);
      if (this.fingers.size === 2) return this.startPinch();
    }
    const point = stage.view.toImage(screen);
    if (event.button === 1 || stage.spaceHeld || this.tool === "pan") {
      event.preventDefault();
      this.drag = { kind: "pan", last: screen };
      stage.panning = true;
      return this.showCursor(point);
    }
    if (event.button !== 0 || this.again(screen, event.timeStamp)) return undefined;
    const tool = stage.readOnly ? undefined : toolOf(this.tool);
    const press = pressOf(point, event);
    if (tool && drawingTool(stage) === tool) return this.hand(tool, press);
    if (!stage.readOnly && this.grabHandle(point, event.altKey)) return undefined;
    if (tool && this.hand(tool, press)) return undefined;
    return this.pick(point, screen, press);
  };

  /** Gives a press to a tool; false when it leaves it to picking. */
  private hand(tool: Tool, press: Press): boolean {
    const { stage } = this;
    const drawing = stage.points.length > 0;
    this.drag = { kind: "tool", tool };
    const took = tool.down(stage, press);
    if (!took) this.drag = undefined;
    if (drawing && stage.points.length === 0) {
      this.closing = { at: stage.view.toScreen(press.point), time: performance.now() };
    }
    return took;
  }

  /** Is this the second press of a double click whose first one ended a shape? It shall not begin another one. */
  private again(screen: Point, time: number): boolean {
    const { closing } = this;
    this.closing = undefined;
    if (!closing || time - closing.time > DOUBLE_CLICK_MS) return false;
    return Math.hypot(screen[0] - closing.at[0], screen[1] - closing.at[1]) < CLICK_PIXELS;
  }

  private grabHandle(point: Point, removes: boolean): boolean {
    const { stage } = this;
    const [region, ...more] = stage.own();
    if (!region || more.length > 0 || stage.selected().length > 1) return false;
    const handle = handleAt(gripsOf(region.geometry, stage.view.scale), point, stage.view.scale);
    if (!handle) return false;
    if (removes) {
      const without = withoutVertex(region.geometry, handle);
      if (!without) return false;
      stage.session.doc.changeRegion("remove a vertex", region.id, { geometry: without });
      return true;
    }
    this.drag = { kind: "handle", region, handle };
    stage.repaint("shapes");
    return true;
  }

  /** Selects the smallest shape under the point; with Alt the next larger one. */
  private pick(point: Point, screen: Point, event: Press): void {
    const { stage } = this;
    const { ui } = stage.session;
    const stack = this.stackAt(point);
    const { selection } = ui.state;
    let picked = stack[0];
    if (event.alt && stack.length > 0) {
      const same = stack.join() === this.lastStack.join();
      const place = same ? stack.findIndex((id) => selection.includes(id)) : -1;
      picked = stack[(place + 1) % stack.length];
    } else {
      // What is selected already is what one means to move.
      picked = stack.find((id) => selection.includes(id)) ?? picked;
    }
    this.lastStack = stack;
    if (picked === undefined) {
      if (!event.shift) ui.select();
      this.drag = { kind: "pan", last: screen };
      return;
    }
    if (event.shift || event.control) {
      const next = selection.includes(picked)
        ? selection.filter((id) => id !== picked)
        : [...selection, picked];
      ui.select(...next);
    } else if (!selection.includes(picked)) ui.select(picked);
    const regions = stage.own();
    if (stage.readOnly || regions.length === 0) return;
    this.drag = { kind: "move", regions, from: point, start: screen, moving: false };
  }

  private stackAt(point: Point): string[] {
    const { stage } = this;
    const own = stage.index.under(point, stage.view.scale, stage.find).filter((id) => !stage.locked.has(id));
    const suggested = stage.suggestions
      .filter((one) => hits(one, point, stage.view.scale))
      .map((one) => one.id);
    return [...own, ...suggested];
  }

  private readonly move = (event: PointerEvent) => {
    const { stage } = this;
    const screen = this.at(event);
    const point = stage.view.toImage(screen);
    stage.cursor = point;
    if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, screen);
    const { drag } = this;
    if (!drag) {
      this.showCursor(point, event.altKey);
      if (stage.readOnly) return;
      toolOf(this.tool)?.hover?.(stage);
      // Only what a tool paints depends on where the pointer is.
      if (drawingTool(stage) || toolOf(this.tool)?.paint) stage.repaint("overlay");
      return;
    }
    switch (drag.kind) {
      case "pinch":
        this.pinch(drag);
        break;
      case "pan":
        stage.view.panBy(screen[0] - drag.last[0], screen[1] - drag.last[1]);
        drag.last = screen;
        stage.moved();
        break;
      case "tool":
        drag.tool.drag?.(stage, pressOf(point, event));
        break;
      case "handle":
        stage.previews = new Map([[drag.region.id, this.pulled(drag, point, event.shiftKey)]]);
        stage.repaint("overlay");
        break;
      case "move":
        this.carry(drag, screen, point);
        break;
    }
  };

  /** Where the shape would leave the image it stays as it was last. */
  private pulled(drag: Drag & { kind: "handle" }, point: Point, whole: boolean): Region["geometry"] {
    const { imageWidth: width, imageHeight: height } = this.stage.view;
    const { geometry } = drag.region;
    const next = pulled(geometry, drag.handle, point, { width, height, step: whole ? 15 : 0 });
    return next === geometry ? (this.stage.previews.get(drag.region.id) ?? geometry) : next;
  }

  private carry(drag: Drag & { kind: "move" }, screen: Point, point: Point): void {
    const { stage } = this;
    const far = Math.hypot(screen[0] - drag.start[0], screen[1] - drag.start[1]) >= CLICK_PIXELS;
    if (!drag.moving && !far) return;
    if (!drag.moving) stage.repaint("shapes");
    drag.moving = true;
    const { imageWidth, imageHeight } = stage.view;
    const [dx, dy] = [point[0] - drag.from[0], point[1] - drag.from[1]];
    stage.previews = new Map(
      drag.regions.map((region) => [region.id, moved(region.geometry, dx, dy, imageWidth, imageHeight)]),
    );
    stage.repaint("overlay");
  }

  private readonly up = (event: PointerEvent) => {
    const { stage, drag } = this;
    const screen = this.at(event);
    this.fingers.delete(event.pointerId);
    this.drag = undefined;
    stage.panning = false;
    if (!drag) return;
    if (drag.kind === "tool") drag.tool.up?.(stage, pressOf(stage.view.toImage(screen), event));
    const { previews } = stage;
    stage.previews = new Map();
    if (previews.size > 0) {
      const name = drag.kind === "move" ? "move" : "change the shape";
      stage.session.doc.changeRegions(name, [...previews.keys()], (region) => ({
        geometry: previews.get(region.id) ?? region.geometry,
      }));
    }
    stage.repaint("shapes", "overlay");
    this.showCursor(stage.view.toImage(screen));
  };

  private readonly double = () => {
    const { stage } = this;
    const tool = drawingTool(stage);
    if (!tool || tool.id !== this.tool || tool.id === "extreme-box" || tool.id === "keypoints") return;
    // The second press of the double click may have set nearly the same point again.
    const [before, last] = stage.points.slice(-2);
    const gap = before && last ? Math.hypot(before[0] - last[0], before[1] - last[1]) : Infinity;
    if (gap * stage.view.scale < CLICK_PIXELS) stage.points = stage.points.slice(0, -1);
    finish(stage);
  };

  private readonly leave = () => {
    if (this.drag) return;
    this.stage.cursor = undefined;
    this.stage.repaint("overlay");
  };

  private readonly wheel = (event: WheelEvent) => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    // A pinch on a touch pad arrives as a wheel with Ctrl and in small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0015;
    this.stage.view.zoomAt(this.at(event), Math.exp(-pixels * speed));
    this.stage.moved();
  };

  private startPinch(): void {
    const [one, two] = [...this.fingers.values()];
    if (!one || !two) return;
    this.stage.box = undefined;
    this.stage.work = undefined;
    this.stage.previews = new Map();
    this.drag = {
      kind: "pinch",
      distance: Math.hypot(one[0] - two[0], one[1] - two[1]),
      middle: [(one[0] + two[0]) / 2, (one[1] + two[1]) / 2],
    };
  }

  private pinch(drag: Drag & { kind: "pinch" }): void {
    const [one, two] = [...this.fingers.values()];
    if (!one || !two) return;
    const distance = Math.hypot(one[0] - two[0], one[1] - two[1]);
    const middle: Point = [(one[0] + two[0]) / 2, (one[1] + two[1]) / 2];
    this.stage.view.panBy(middle[0] - drag.middle[0], middle[1] - drag.middle[1]);
    this.stage.view.zoomAt(middle, distance / Math.max(1, drag.distance));
    [drag.distance, drag.middle] = [distance, middle];
    this.stage.moved();
  }

  private showCursor(point: Point, alt = false): void {
    const { stage } = this;
    this.canvas.style.cursor = this.cursorAt(point, alt) ?? (stage.readOnly ? "default" : "crosshair");
  }

  private cursorAt(point: Point, alt: boolean): string | undefined {
    const { stage, tool } = this;
    if (stage.panning) return "grabbing";
    if (stage.spaceHeld || tool === "pan") return "grab";
    if (!stage.readOnly && stage.points.length === 0) {
      const [region, ...more] = stage.selected();
      const handle =
        region && more.length === 0 && stage.session.doc.region(region.id)
          ? handleAt(gripsOf(region.geometry, stage.view.scale), point, stage.view.scale)
          : undefined;
      if (handle) return alt && handle.kind === "vertex" ? "not-allowed" : cursorOf(handle);
    }
    if (tool !== "select" && !stage.readOnly) return undefined;
    return this.stackAt(point).length > 0 ? "move" : "default";
  }
}
