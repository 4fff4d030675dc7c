// What every editor over time draws and does: two canvases, the lower one with the data and the regions, the upper one
// with what moves.
import { stretchOf, treeOf } from "../../core/timeline/tiers";
import type { Region } from "../../core/types";
import type { EditorContext, Engine, LayerView } from "../plugin";
import { focusField } from "../shell/FieldForm";
import { walk } from "../shell/walk";
import { runLook, runMake } from "./commands";
import { type Look, lookOf } from "./look";
import { TimelinePointer } from "./pointer";
import { type Mark, paintMarks, paintTiers } from "./regions";
import type { TimelineStage } from "./stage";
import classes from "./timeline.module.css";

export abstract class TimelineEngine<Stage extends TimelineStage> implements Engine {
  protected readonly stage: Stage;
  private readonly host: HTMLElement;
  private readonly base: HTMLCanvasElement;
  private readonly overlay: HTMLCanvasElement;
  private readonly pointer: TimelinePointer;
  protected look: Look;
  private frame = 0;
  private isWhole = true;
  protected readonly ends: (() => void)[] = [];

  protected constructor(host: HTMLElement, context: EditorContext, stage: Stage) {
    const { session } = context;
    [this.host, this.stage] = [host, stage];
    [this.base, this.overlay] = [document.createElement("canvas"), document.createElement("canvas")];
    for (const canvas of [this.base, this.overlay]) {
      canvas.className = classes.canvas ?? "";
      host.append(canvas);
    }
    this.look = lookOf(host);
    this.pointer = new TimelinePointer(stage, host, this.overlay);
    stage.repaint = (part) => this.repaint(part);
    const resized = new ResizeObserver(() => this.resize());
    resized.observe(host);
    const theme = new MutationObserver(() => {
      this.look = lookOf(host);
      this.repaint("all");
    });
    theme.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    this.ends.push(
      () => resized.disconnect(),
      () => theme.disconnect(),
      session.doc.watch(this.all),
      session.ui.subscribe(this.all),
    );
  }

  /** Draws the data and all around them but the tiers. */
  protected abstract paintData(context: CanvasRenderingContext2D): void;
  /** Draws what moves beside the regions. */
  protected paintMoving(_context: CanvasRenderingContext2D): void {}
  /** Commands that others do not have. */
  protected abstract runOwn(command: string): boolean | undefined;

  /** Something has changed. */
  protected readonly all = () => {
    this.stage.relay();
    this.repaint("all");
  };

  /** The first picture, when everything is there. */
  protected begin(): void {
    this.resize();
    this.stage.axis.fit();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.base, this.overlay]) {
      [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    }
    this.stage.resize(width, height);
    this.repaint("all");
  }

  protected repaint(part: "all" | "overlay"): void {
    this.isWhole ||= part === "all";
    if (this.frame === 0) this.frame = requestAnimationFrame(this.paint);
  }

  private readonly paint = () => {
    this.frame = 0;
    if (this.isWhole) this.paintBase();
    this.isWhole = false;
    this.paintOverlay();
  };

  private context(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const context = canvas.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }

  private paintBase(): void {
    const context = this.context(this.base);
    if (!context) return;
    const { layout, axis } = this.stage;
    context.fillStyle = this.look.ground;
    context.fillRect(0, 0, layout.width, layout.height);
    this.paintData(context);
    const marks = this.marks();
    const isCovered = (id: string, width: number) =>
      marks.some(({ region }) => {
        const stretch = region.class === id ? stretchOf(region) : undefined;
        return stretch !== undefined && axis.toX(stretch.start) < width && axis.toX(stretch.end) > 0;
      });
    const depths = new Map(treeOf(this.stage.session.classes).map(({ id, depth }) => [id, depth]));
    paintTiers(
      context,
      layout,
      this.look,
      (id) => `${this.stage.folded.has(id) ? "▸ " : ""}${this.classWords(id).title}`,
      depths,
      isCovered,
    );
    paintMarks(context, layout, axis, this.look, marks);
  }

  private paintOverlay(): void {
    const context = this.context(this.overlay);
    if (!context) return;
    const { stage, look } = this;
    const { layout, axis, preview, begun, playhead } = stage;
    context.clearRect(0, 0, layout.width, layout.height);
    const drawn = (className: string, geometry: Region["geometry"]) => {
      const region: Region = { id: "", class: className, geometry, attributes: {} };
      const { colour } = this.classWords(className);
      const mark: Mark = { region, colour, words: "", selected: true, style: 0, strong: true, lane: 0 };
      paintMarks(context, layout, axis, look, [mark]);
    };
    if (preview) drawn(preview.className, preview.geometry);
    const active = stage.session.classFor("interval");
    if (begun !== undefined && active && playhead !== begun) {
      const [start, end] = [Math.min(begun, playhead), Math.max(begun, playhead)];
      drawn(active.id, { type: "interval", start, end });
    }
    this.paintMoving(context);
    const x = axis.toX(playhead);
    context.fillStyle = look.playhead;
    if (x >= 0 && x <= layout.width) context.fillRect(Math.round(x), 0, 1.5, layout.height);
    const words = stage.words(playhead);
    context.font = "600 12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "right";
    const width = context.measureText(words).width + 12;
    context.fillStyle = look.ground;
    context.fillRect(layout.width - width, 0, width, layout.ruler.height);
    context.fillStyle = look.playhead;
    context.fillText(words, layout.width - 6, layout.ruler.height / 2);
  }

  private classWords(id: string): { title: string; colour: string } {
    const found = this.stage.session.classOf(id);
    return { title: found?.title ?? id, colour: found?.color ?? "#808080" };
  }

  private marks(): Mark[] {
    const { session, layers } = this.stage;
    const { selection, hidden, suggestions, different } = session.ui.state;
    const mark = (region: Region, style: number, strong: boolean, lane: number, front = ""): Mark => {
      const { title, colour } = this.classWords(region.class);
      const said = Object.values(region.attributes).find(
        (value) => typeof value === "string" && value !== "",
      );
      const words = `${front}${said ?? title}`;
      return { region, colour, words, style, strong, lane, selected: selection.includes(region.id) };
    };
    const others = layers.flatMap((layer, index) =>
      layer.regions.map((region) => {
        const strong = layer.different.has(region.id);
        const lane = index + this.stage.ownLanes;
        return mark(region, layer.style, strong, lane, strong ? `${layer.name}: ` : "");
      }),
    );
    const own = session.doc.regions
      .filter((region) => !hidden.has(region.id))
      .map((region) => mark(region, 0, different?.has(region.id) ?? true, 0));
    const offered = suggestions.map((region) => mark(region, 1, true, 0, "? "));
    const marks = [...others, ...own, ...offered];
    // The selected one lies on top.
    return marks.sort((one, two) => Number(one.selected) - Number(two.selected));
  }

  run(command: string): boolean {
    const { stage } = this;
    const { session } = stage;
    switch (command) {
      case "cancel":
        return this.cancel();
      case "next-region":
        return document.activeElement === this.host && this.stepRegion(1);
      case "previous-region":
        return document.activeElement === this.host && this.stepRegion(-1);
      case "hide":
        session.hideSelected();
        return true;
      case "text":
        return this.write();
      case "next-typing":
        return walk(session, 1);
      default:
        break;
    }
    const look = this.runOwn(command) ?? runLook(stage, command);
    return look ?? (!stage.readOnly && (runMake(stage, command) ?? false));
  }

  /** The focus goes to the first question about the selected region. */
  private write(): boolean {
    const [region] = this.stage.selected;
    const [first] = (region && this.stage.session.classOf(region.class)?.attributes) ?? [];
    return first !== undefined && focusField("attribute", first.id);
  }

  private stepRegion(direction: 1 | -1): boolean {
    const { session, ordered } = this.stage;
    const at = ordered.findIndex((region) => session.ui.state.selection.includes(region.id));
    const next = ordered[at < 0 ? (direction === 1 ? 0 : ordered.length - 1) : at + direction];
    if (!next) return false;
    session.ui.select(next.id);
    session.announcePlace(next.id, ordered.indexOf(next), ordered.length);
    this.focus([next.id]);
    return true;
  }

  /** Ends what goes on by itself; false where nothing does. */
  protected rest(): boolean {
    return false;
  }

  private cancel(): boolean {
    const { stage } = this;
    const { ui } = stage.session;
    if (this.pointer.cancel()) return true;
    if (stage.begun !== undefined) {
      stage.begun = undefined;
      return true;
    }
    if (this.rest()) return true;
    if (ui.state.selection.length > 0) {
      ui.select();
      return true;
    }
    if (document.activeElement !== this.host) return false;
    this.host.blur();
    return true;
  }

  /** Shows the regions, and the playhead goes to where the first begins. */
  focus(ids: readonly string[]): void {
    const { stage } = this;
    const stretches = stage.pickable.filter((region) => ids.includes(region.id)).map(stretchOf);
    const [first] = stretches;
    if (!first) return;
    const ends = stretches.map((stretch) => stretch?.end ?? first.end);
    stage.axis.show(first.start, Math.max(...ends));
    if (!stage.isPlaying) stage.seek(first.start);
    this.repaint("all");
  }

  setLayers(layers: readonly LayerView[]): void {
    this.stage.layers = layers;
    this.all();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.pointer.destroy();
    for (const end of this.ends) end();
    this.base.remove();
    this.overlay.remove();
  }
}
