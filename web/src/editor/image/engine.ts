// The image engine: three canvases over each other (image, shapes, overlay) and one frame in which those that changed
// are painted. A drag changes the overlay only.

import type { Pixels } from "../../core/vision/pixels";
import type { EditorContext, Engine, LayerView } from "../plugin";
import { Background, pixelsOf } from "./background";
import { reveal, runCommand } from "./commands";
import { rememberLast } from "./copies";
import { filterOf, paintGrid } from "./look";
import { Pointer } from "./pointer";
import { paintOverlay, paintShapes } from "./scene";
import { Stage } from "./stage";
import { drop } from "./unfinished";

export class ImageEngine implements Engine {
  private readonly stage: Stage;
  private readonly pointer: Pointer;
  private readonly host: HTMLElement;
  private readonly canvases: HTMLCanvasElement[];
  private readonly contexts: CanvasRenderingContext2D[];
  private readonly background: Background | undefined;
  private layers: readonly LayerView[];
  private frame = 0;
  private fitted = false;
  private ratio = 1;
  private readonly ends: (() => void)[] = [];

  constructor(host: HTMLElement, context: EditorContext) {
    this.host = host;
    this.layers = context.layers;
    this.stage = new Stage(context);
    this.stage.requestFrame = () => {
      if (this.frame === 0) this.frame = requestAnimationFrame(this.paint);
    };
    const { media } = context.session;
    this.background = media.kind === "image" ? new Background(media.bitmap) : undefined;
    let read: Pixels | undefined;
    this.stage.pixels = () => {
      read ??= media.kind === "image" ? pixelsOf(media.bitmap) : undefined;
      return read;
    };
    const { tool } = this.stage.unfinished;
    if (tool !== undefined) context.session.ui.set({ tool });
    this.canvases = [0, 1, 2].map(() => {
      const canvas = document.createElement("canvas");
      canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%;touch-action:none";
      host.append(canvas);
      return canvas;
    });
    this.contexts = this.canvases.map((canvas) => canvas.getContext("2d") as CanvasRenderingContext2D);
    host.style.touchAction = "none";
    this.pointer = new Pointer(this.stage, host);
    this.listen(context);
  }

  private listen({ session }: EditorContext): void {
    const resized = new ResizeObserver(() => this.measure());
    resized.observe(this.host);
    this.measure();
    const space = (event: KeyboardEvent) => this.holdSpace(event);
    window.addEventListener("keydown", space);
    window.addEventListener("keyup", space);
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
    for (const canvas of this.canvases) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    this.stage.view.resize(width, height);
    if (!this.fitted) this.stage.view.fit();
    this.fitted = true;
    this.stage.moved();
  }

  private readonly paint = () => {
    this.frame = 0;
    const { dirty, view } = this.stage;
    const [background, shapes, overlay] = this.contexts;
    if (dirty.background && background) {
      this.background?.paint(background, view, this.ratio);
      const filter = filterOf(this.stage.adjustment);
      const canvas = this.canvases[0];
      if (canvas && canvas.style.filter !== filter) canvas.style.filter = filter;
      if (this.stage.adjustment.grid) paintGrid(background, view);
    }
    if (dirty.shapes && shapes) paintShapes(shapes, this.stage, this.layers, this.ratio);
    if (dirty.overlay && overlay) paintOverlay(overlay, this.stage, this.ratio);
    dirty.background = false;
    dirty.shapes = false;
    dirty.overlay = false;
    // For tests and for screen magnifiers: where the image lies.
    this.host.dataset.view = [view.scale, view.x, view.y].map((part) => part.toFixed(4)).join(" ");
  };

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
    for (const canvas of this.canvases) canvas.remove();
  }
}
