// The image engine: three canvases over each other (image, shapes, overlay) and one frame in which those that changed
// are painted. A drag changes the overlay only; while there are many shapes, panning and zooming change none of them.

import type { Pixels } from "../../core/vision/pixels";
import type { EditorContext, Engine, LayerView, Picture } from "../plugin";
import { Background, pixelsOf } from "./background";
import { reveal, runCommand } from "./commands";
import { rememberLast } from "./copies";
import { Layer } from "./layer";
import { filterOf, paintGrid } from "./look";
import { Pointer } from "./pointer";
import { overlayPart, paintOverlay, paintShapes } from "./scene";
import { Stage } from "./stage";
import { drop } from "./unfinished";

const MANY_SHAPES = 400;
const MARGIN_PIXELS = 200;
/** When the view has not changed for so long it rests. */
const REST_MS = 120;

export class ImageEngine implements Engine {
  readonly stage: Stage;
  private readonly pointer: Pointer;
  protected readonly host: HTMLElement;
  private readonly image: Layer;
  private readonly shapes: Layer;
  private readonly overlay: Layer;
  private background: Background | undefined;
  protected layers: readonly LayerView[];
  private frame = 0;
  private fitted = false;
  private ratio = 1;
  private margin = 0;
  private overlaid = false;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private read: Pixels | undefined;
  protected readonly ends: (() => void)[] = [];

  /** `holds` says whether the space bar pans while it is held: where something plays, it does that. */
  constructor(host: HTMLElement, context: EditorContext, holds = true) {
    this.host = host;
    this.layers = context.layers;
    this.stage = new Stage(context);
    this.stage.requestFrame = () => {
      if (this.frame === 0) this.frame = requestAnimationFrame(this.paint);
    };
    const { media } = context.session;
    if (media.kind === "image") this.show(media.bitmap);
    const { tool } = this.stage.unfinished;
    if (tool !== undefined) context.session.ui.set({ tool });
    [this.image, this.shapes, this.overlay] = [new Layer(host), new Layer(host), new Layer(host)];
    host.style.touchAction = "none";
    this.pointer = new Pointer(this.stage, host);
    this.listen(context, holds);
  }

  /** The picture that lies under everything. */
  protected show(picture: Picture): void {
    this.background?.destroy();
    this.background = new Background(picture, () => this.stage.repaint("background"));
    this.read = undefined;
    this.stage.pixels = () => {
      this.read ??= pixelsOf(picture);
      return this.read;
    };
    this.stage.repaint("background");
  }

  private listen({ session }: EditorContext, holds: boolean): void {
    const resized = new ResizeObserver(() => this.measure());
    resized.observe(this.host);
    this.measure();
    const space = (event: KeyboardEvent) => this.holdSpace(event);
    if (holds) window.addEventListener("keydown", space);
    if (holds) window.addEventListener("keyup", space);
    this.ends.push(
      () => resized.disconnect(),
      session.doc.watch((changes) => {
        this.stage.index.follow(changes);
        this.stage.dropped = undefined;
        this.stage.repaint("shapes", "overlay");
      }),
      session.ui.subscribe(() => this.stage.repaint("shapes", "overlay")),
      () => window.removeEventListener("keydown", space),
      () => window.removeEventListener("keyup", space),
    );
  }

  private holdSpace(event: KeyboardEvent): void {
    if (event.code !== "Space") return;
    const target = event.target;
    const here = target === this.host || target === document.body;
    const held = event.type === "keydown" && here;
    if (held) event.preventDefault();
    if (held === this.stage.spaceHeld) return;
    this.stage.spaceHeld = held;
    this.host.style.cursor = held ? "grab" : "crosshair";
    this.stage.repaint("overlay");
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.stage.view.resize(width, height);
    this.resizeLayers();
    if (!this.fitted) this.stage.view.fit();
    this.fitted = true;
    this.stage.moved();
  }

  private resizeLayers(): void {
    const { view } = this.stage;
    this.margin = this.heavy ? MARGIN_PIXELS : 0;
    this.image.resize(view, this.ratio, this.margin);
    this.shapes.resize(view, this.ratio, this.margin);
    this.overlay.resize(view, this.ratio, 0);
  }

  /** So many shapes that painting them in every frame would be felt. */
  private get heavy(): boolean {
    const { regions, suggestions, here } = this.stage;
    const layered = this.layers.reduce((sum, layer) => sum + layer.regions.filter(here).length, 0);
    return regions.length + suggestions.length + layered > MANY_SHAPES;
  }

  private readonly paint = () => {
    this.frame = 0;
    const { dirty, view, adjustment } = this.stage;
    if (this.heavy !== this.margin > 0) {
      this.resizeLayers();
      dirty.view = true;
    }
    if (dirty.view && !this.moveLayers()) Object.assign(dirty, { background: true, shapes: true });
    if (dirty.background) {
      this.image.paint(view, (context) => {
        this.background?.paint(context, view, this.ratio);
        if (adjustment.grid) paintGrid(context, view);
      });
      const filter = filterOf(adjustment);
      const { style } = this.image.canvas;
      if (style.filter !== filter) style.filter = filter;
    }
    if (dirty.shapes) this.shapes.paint(view, (context) => paintShapes(context, this.stage, this.layers));
    if (dirty.overlay) this.paintOverlay();
    Object.assign(dirty, { view: false, background: false, shapes: false, overlay: false });
    // For tests and for screen magnifiers: where the image lies.
    this.host.dataset.view = [view.scale, view.x, view.y].map((part) => part.toFixed(4)).join(" ");
  };

  /** Moves what is painted; what rests is painted anew a little later. False when it has to be painted at once. */
  private moveLayers(): boolean {
    clearTimeout(this.rest);
    if (this.margin === 0) return false;
    const { view } = this.stage;
    const moved = [this.image.follow(view), this.shapes.follow(view)];
    if (moved.includes(false)) return false;
    this.rest = setTimeout(() => this.stage.repaint("background", "shapes"), REST_MS);
    return true;
  }

  private paintOverlay(): void {
    const { view } = this.stage;
    const part = overlayPart(this.stage);
    if (part) this.overlay.paintPart(view, part, (context) => paintOverlay(context, this.stage));
    else if (this.overlaid) this.overlay.clear(view);
    this.overlaid = part !== undefined;
  }

  /** Another picture in the place of this one, of the same size. */
  renew(): void {
    this.read = undefined;
    this.background?.renew();
    this.stage.repaint("background", "shapes", "overlay");
  }

  /** Is something being dragged or half drawn? */
  get busy(): boolean {
    return this.pointer.busy || this.stage.points.length > 0;
  }

  run(command: string): boolean {
    if (command === "cancel") return this.cancel();
    // In the middle of a drag undo leaves the drag, and submitting waits for its end.
    if (command === "step-back" && this.pointer.busy) return this.pointer.cancel();
    if (command === "finish" && this.pointer.busy) return true;
    return runCommand(this.stage, command, document.activeElement === this.host);
  }

  /** Esc leaves one thing after another: the shape, the tool, the selection, the canvas. */
  private cancel(): boolean {
    const { stage } = this;
    const { ui } = stage.session;
    if (this.pointer.busy) return this.pointer.cancel();
    if (stage.points.length > 0) {
      drop(stage);
      return true;
    }
    if (ui.state.selection.length > 0) {
      ui.select();
      return true;
    }
    if (ui.state.tool !== "select") {
      ui.set({ tool: "select" });
      return true;
    }
    if (document.activeElement !== this.host) return false;
    this.host.blur();
    return true;
  }

  focus(ids: readonly string[]): void {
    reveal(this.stage, ids);
  }

  setLayers(layers: readonly LayerView[]): void {
    this.layers = layers;
    this.stage.repaint("shapes");
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    for (const end of this.ends) end();
    this.stage.alive = false;
    this.pointer.destroy();
    rememberLast(this.stage);
    clearTimeout(this.rest);
    this.background?.destroy();
    for (const { canvas } of [this.image, this.shapes, this.overlay]) canvas.remove();
  }
}
