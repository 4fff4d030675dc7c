// The engine of volumes: a slice as the picture of the image editor, and the shapes that lie on it. A slice and its shapes
// change places together, when the slice has come.
import { clamp } from "../../core/geometry";
import { slicesOf } from "../../core/volume/slices";
import type { Volume } from "../../core/volume/volume";
import { Shades } from "../../core/volume/window";
import { ImageEngine } from "../image/engine";
import { drop } from "../image/unfinished";
import type { EditorContext } from "../plugin";
import { fillSlices, reach } from "./filling";
import { type VolumeView, viewOf } from "./view";
import classes from "./volume.module.css";

const FAR = 10;
/** So much of the wheel is a slice. */
const WHEEL_PIXELS = 50;
/** A drag over so many pixels changes the width of the window by the factor e, and its middle by its width. */
const WINDOW_PIXELS = 300;

export class VolumeEngine extends ImageEngine {
  private readonly volume: Volume;
  private readonly view: VolumeView;
  private readonly shades: Shades;
  private readonly picture: HTMLCanvasElement;
  private readonly pixels: ImageData;
  private readonly words: HTMLElement;
  private readonly ended = new AbortController();
  private wheel = 0;
  private dragged: { x: number; y: number; center: number; width: number } | undefined;
  /** What is painted: slice, window. */
  private painted = "";

  constructor(host: HTMLElement, context: EditorContext, volume: Volume) {
    super(host, context);
    this.volume = volume;
    this.view = viewOf(context.session);
    this.shades = new Shades(volume.head.samples);
    const [width, height] = volume.head.grid.size;
    this.picture = document.createElement("canvas");
    [this.picture.width, this.picture.height] = [width, height];
    this.pixels = new ImageData(width, height);
    this.words = document.createElement("div");
    this.words.className = classes.words ?? "";
    this.words.ariaHidden = "true";
    this.words.dataset.testid = "readout";
    host.append(this.words);
    this.stage.showSlice(this.view.state.slice);
    const { signal } = this.ended;
    const early = { signal, capture: true };
    host.addEventListener("wheel", this.onWheel, { ...early, passive: false });
    host.addEventListener("pointerdown", this.onDown, early);
    host.addEventListener("pointermove", this.onMove, early);
    host.addEventListener("pointerup", this.onUp, early);
    host.addEventListener("pointerleave", () => this.view.set({ under: undefined }), early);
    this.ends.push(
      () => this.ended.abort(),
      volume.subscribe(this.update),
      this.view.subscribe(this.update),
      context.session.ui.subscribe(this.followSelection),
      context.session.doc.watch((changes) => {
        const [change, ...more] = changes;
        // What is undone or redone elsewhere must be seen.
        if (change?.kind === "region" && change.after && more.length === 0) this.toRegion(change.id);
      }),
    );
    this.update();
  }

  /** Paints the slice that is wanted, when it is there. */
  private readonly update = () => {
    const { slice, center, width } = this.view.state;
    const found = this.volume.slice(slice);
    const wanted = [slice, center, width].join();
    if (found && wanted !== this.painted) {
      const { session } = this.stage;
      this.painted = wanted;
      this.shades.paint(
        found,
        { center, width },
        this.volume.head.inverted,
        new Uint32Array(this.pixels.data.buffer),
      );
      this.picture.getContext("2d")?.putImageData(this.pixels, 0, 0);
      if (this.stage.slice !== slice) {
        // What is half drawn belongs to the slice on which it was begun.
        if (this.stage.points.length > 0) drop(this.stage);
        this.stage.showSlice(slice);
      }
      session.doc.target = this.stage.readOnly ? undefined : { frames: [slice, slice] };
      this.show(this.picture);
      this.host.dataset.slice = String(slice);
      this.dropSelection();
    }
    this.write(found !== undefined);
  };

  /** What is selected on a slice that is no longer seen could be deleted unseen. */
  private dropSelection(): void {
    const { ui } = this.stage.session;
    const seen = ui.state.selection.filter((id) => this.stage.find(id) || ui.state.hidden.has(id));
    if (seen.length < ui.state.selection.length) ui.select(...seen);
  }

  /** What is selected in the list is shown on its slice. */
  private readonly followSelection = () => {
    const { session, slice } = this.stage;
    const [id] = session.ui.state.selection;
    if (id === undefined || this.view.state.slice !== slice || this.stage.find(id)) return;
    this.toRegion(id);
  };

  private toRegion(id: string): boolean {
    const { doc, ui } = this.stage.session;
    const region = doc.region(id) ?? ui.state.suggestions.find((one) => one.id === id);
    const found = region && slicesOf(region);
    if (!found || ui.state.hidden.has(id)) return false;
    const { slice } = this.view.state;
    if (slice < found[0] || slice > found[1])
      this.view.set({ slice: Math.min(found[0], this.volume.count - 1) });
    return true;
  }

  private write(there: boolean): void {
    const { slice, center, width, under } = this.view.state;
    const { unit, samples } = this.volume.head;
    const parts = [`Slice ${slice + 1} of ${this.volume.count}${there ? "" : ", loading"}`];
    if (samples !== "rgb") parts.push(`W ${shortNumber(width)} L ${shortNumber(center)}`);
    if (under)
      parts.push(`(${under[0]}, ${under[1]}) ${shortNumber(under[2])}${unit === "" ? "" : ` ${unit}`}`);
    const text = parts.join(" · ");
    if (this.words.textContent !== text) this.words.textContent = text;
  }

  private step(count: number): boolean {
    const slice = clamp(this.view.state.slice + count, 0, this.volume.count - 1);
    if (slice === this.view.state.slice) return true;
    this.view.set({ slice });
    this.stage.session.announce(`Slice ${slice + 1} of ${this.volume.count}`);
    return true;
  }

  private readonly onWheel = (event: WheelEvent) => {
    // With Ctrl it zooms, as a pinch does.
    if (event.ctrlKey || event.metaKey || this.stage.points.length > 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.wheel += event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    if (Math.abs(this.wheel) < WHEEL_PIXELS) return;
    this.step(this.wheel > 0 ? -1 : 1);
    this.wheel = 0;
  };

  private readonly onDown = (event: PointerEvent) => {
    if (event.button !== 2) return;
    const { center, width } = this.view.state;
    this.dragged = { x: event.clientX, y: event.clientY, center, width };
  };

  private readonly onMove = (event: PointerEvent) => {
    const { dragged } = this;
    if (dragged) {
      const [right, down] = [event.clientX - dragged.x, event.clientY - dragged.y];
      const width = Math.max(1e-6, dragged.width * Math.exp(right / WINDOW_PIXELS));
      // Upwards it gets brighter.
      this.view.set({ width, center: dragged.center + (down / WINDOW_PIXELS) * dragged.width });
      return;
    }
    const place = this.host.getBoundingClientRect();
    const [x, y] = this.stage.view
      .toImage([event.clientX - place.left, event.clientY - place.top])
      .map(Math.floor) as [number, number];
    this.view.set({ under: this.valueAt(x, y) });
  };

  private readonly onUp = (event: PointerEvent) => {
    if (event.button === 2) this.dragged = undefined;
  };

  /** The value of a voxel, exactly. */
  private valueAt(x: number, y: number): [number, number, number] | undefined {
    const [width, height] = this.volume.head.grid.size;
    const { slice } = this.stage;
    if (x < 0 || y < 0 || x >= width || y >= height || slice === undefined) return undefined;
    const found = slice === this.view.state.slice ? this.volume.slice(slice) : undefined;
    if (!found || this.volume.head.samples === "rgb") return undefined;
    return [x, y, (found.values[y * width + x] ?? 0) * found.slope + found.intercept];
  }

  private nextWindow(direction: 1 | -1): boolean {
    const { windows } = this.volume.head;
    const { center, width } = this.view.state;
    const at = windows.findIndex((one) => one.center === center && one.width === width);
    const next = windows[(at + direction + windows.length) % windows.length] ?? windows[0];
    if (!next) return false;
    this.view.set({ center: next.center, width: next.width });
    this.stage.session.announce(`Window: ${next.name}`);
    return true;
  }

  private overSlices(command: string): boolean {
    const { stage } = this;
    const [region, ...more] = stage.own();
    const found = region && slicesOf(region);
    if (!region || !found || more.length > 0 || stage.slice === undefined) {
      stage.session.announce("Select one region first");
      return true;
    }
    const last = this.volume.count - 1;
    switch (command) {
      case "fill-slices":
        return fillSlices(stage.session, region);
      case "end-here":
        return reach(stage.session, region, found[0], stage.slice);
      case "begin-here":
        return reach(stage.session, region, stage.slice, found[1]);
      case "reach-on":
        reach(stage.session, region, found[0], Math.min(last, found[1] + 1));
        this.view.set({ slice: Math.min(last, found[1] + 1) });
        return true;
      default:
        reach(stage.session, region, Math.max(0, found[0] - 1), found[1]);
        this.view.set({ slice: Math.max(0, found[0] - 1) });
        return true;
    }
  }

  override run(command: string): boolean {
    switch (command) {
      case "slice-on":
        return this.step(1);
      case "slice-back":
        return this.step(-1);
      case "slice-far-on":
        return this.step(FAR);
      case "slice-far-back":
        return this.step(-FAR);
      case "slice-first":
        return this.step(-this.volume.count);
      case "slice-last":
        return this.step(this.volume.count);
      case "window-next":
        return this.nextWindow(1);
      case "window-before":
        return this.nextWindow(-1);
      case "fill-slices":
      case "reach-on":
      case "reach-back":
      case "end-here":
      case "begin-here":
        return !this.stage.readOnly && this.overSlices(command);
      default:
        break;
    }
    if (super.run(command)) return true;
    // Where nothing is selected that could be moved, the arrows go through the slices.
    if (command === "nudge-up") return this.step(1);
    return command === "nudge-down" && this.step(-1);
  }

  override focus(ids: readonly string[]): void {
    const [first] = ids;
    if (first !== undefined) this.toRegion(first);
    super.focus(ids);
  }

  override destroy(): void {
    this.stage.session.doc.target = undefined;
    this.words.remove();
    super.destroy();
  }
}

function shortNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
