// What painter and pointer share: the view, the shapes, and what is half done. Half-drawn things live here and in the
// draft, not in the document.
import type { BrushShape, MaskTiles } from "../../core/tiles";
import type { Geometry, Point, Region } from "../../core/types";
import type { Pixels } from "../../core/vision/pixels";
import { liesOn } from "../../core/volume/slices";
import type { EditorContext } from "../plugin";
import type { EditorSession } from "../session";
import type { Visibility } from "./joints";
import { ShapeIndex } from "./shapes";
import type { Press } from "./tools/tool";
import { View } from "./view";

/** Which of the three canvases have to be painted. */
export interface Dirty {
  /** Only the view changed: what is painted may be moved instead. */
  view: boolean;
  background: boolean;
  shapes: boolean;
  overlay: boolean;
}

/** Points of a half-drawn shape; what the drafts of older versions hold is a polygon without a tool. */
interface Unfinished {
  tool?: string;
  points?: Point[];
  marks?: Visibility[];
  polygon?: Point[];
}

/** A mask that is being painted: not yet in the document. */
export interface MaskWork {
  /** The region that it changes; none while it becomes a new one. */
  region: Region | undefined;
  tiles: MaskTiles;
}

/** How the picture is shown; the picture itself stays as it is. */
export interface Adjustment {
  brightness: number;
  contrast: number;
  gamma: number;
  invert: boolean;
  grid: boolean;
}

export class Stage {
  readonly view: View;
  readonly session: EditorSession;
  readonly readOnly: boolean;
  readonly index: ShapeIndex;
  readonly dirty: Dirty = { view: true, background: true, shapes: true, overlay: true };
  /** Shapes that are being dragged: painted on the overlay only, until they are let go. */
  previews = new Map<string, Geometry>();
  box: { from: Point; to: Point } | undefined;
  /** What was left with Esc, until something else is done. */
  dropped: Unfinished | undefined;
  work: MaskWork | undefined;
  readonly brush: { radius: number; shape: BrushShape } = { radius: 10, shape: "round" };
  readonly adjustment: Adjustment = { brightness: 1, contrast: 1, gamma: 1, invert: false, grid: false };
  /** Selects what is under a press; the pointer sets it. */
  pick: (press: Press) => void = () => {};
  /** The pixels of the picture; undefined where they cannot be read. */
  pixels: () => Pixels | undefined = () => undefined;
  /** What is to be said of shapes beside their class; a faint one is not really there. */
  notes: ReadonlyMap<string, { words: string; faint: boolean }> = new Map();
  cursor: Point | undefined;
  /** The slice of a volume that is shown, from 0. */
  slice: number | undefined;
  panning = false;
  spaceHeld = false;
  /** False once the engine is gone: what comes late is not done any more. */
  alive = true;
  private queue: Promise<void> = Promise.resolve();
  /** Asks for a frame; the engine sets it. */
  requestFrame: () => void = () => {};

  constructor(context: EditorContext) {
    const { media } = context.session;
    const size = media.kind === "image" || media.kind === "volume" ? media : { width: 1, height: 1 };
    this.view = new View(size.width, size.height);
    this.session = context.session;
    this.readOnly = context.readOnly;
    this.index = new ShapeIndex(context.session.doc.regions, this.here);
  }

  /** Of a volume only what lies on the slice that is shown is seen and can be picked. */
  readonly here = (region: Region): boolean => this.slice === undefined || liesOn(region, this.slice);

  /** Shows another slice; what is half drawn stays behind. */
  showSlice(slice: number): void {
    this.slice = slice;
    this.previews = new Map();
    this.work = undefined;
    this.index.restart(this.session.doc.regions);
    this.repaint("shapes", "overlay");
  }

  /** Regions of the answer that are shown. */
  get regions(): readonly Region[] {
    const { regions } = this.session.doc;
    return this.slice === undefined ? regions : regions.filter(this.here);
  }

  get suggestions(): readonly Region[] {
    const { suggestions } = this.session.ui.state;
    return this.slice === undefined ? suggestions : suggestions.filter(this.here);
  }

  get locked(): ReadonlySet<string> {
    return this.session.ui.state.locked;
  }

  get unfinished(): Unfinished {
    return (this.session.ui.state.unfinished as Unfinished | undefined) ?? {};
  }

  /** The points of what is being drawn, kept where the draft finds them. */
  get points(): readonly Point[] {
    const { points, polygon } = this.unfinished;
    return points ?? polygon ?? [];
  }

  set points(points: readonly Point[]) {
    this.setPoints(points, this.marks);
  }

  /** How visible each joint of a half-placed skeleton is. */
  get marks(): readonly Visibility[] {
    return this.unfinished.marks ?? [];
  }

  setPoints(points: readonly Point[], marks: readonly Visibility[]): void {
    const tool = this.unfinished.tool ?? this.session.ui.state.tool;
    const kept = points.length > 0 ? { tool, points, ...(marks.length > 0 ? { marks } : {}) } : undefined;
    this.session.ui.set({ unfinished: kept });
  }

  /** Makes a region of the class in hand; false when no class can be this. */
  make(geometry: Geometry): boolean {
    this.points = [];
    const found = this.session.classFor(geometry.type);
    if (found) this.session.create(geometry, found.id);
    else this.session.announce(`No class of this schema is a ${geometry.type.replaceAll("_", " ")}`);
    return found !== undefined;
  }

  /** What is selected and belongs to the answer, without what is locked. */
  own(): Region[] {
    return this.selected().filter(
      (region) => this.session.doc.region(region.id) && !this.locked.has(region.id),
    );
  }

  /** Work that takes a while, one after another; what it ends with is done only while the image is still there. */
  later(work: () => Promise<() => void>): void {
    this.queue = this.queue
      .then(async () => {
        if (!this.alive) return;
        const end = await work();
        if (this.alive) end();
      })
      .catch((error: unknown) => this.session.announce(`This did not work: ${String(error)}`));
  }

  repaint(...layers: (keyof Dirty)[]): void {
    for (const layer of layers) this.dirty[layer] = true;
    this.requestFrame();
  }

  moved(): void {
    this.repaint("view", "overlay");
  }

  find = (id: string): Region | undefined => {
    const { hidden, suggestions } = this.session.ui.state;
    if (hidden.has(id)) return undefined;
    const found = this.session.doc.region(id) ?? suggestions.find((one) => one.id === id);
    return found && this.here(found) ? found : undefined;
  };

  geometryOf(region: Region): Geometry {
    return this.previews.get(region.id) ?? region.geometry;
  }

  selected(): Region[] {
    return this.session.ui.state.selection.map(this.find).filter((region) => region !== undefined);
  }

  /** A point inside the image. */
  inside([x, y]: Point): Point {
    return [Math.max(0, Math.min(this.view.imageWidth, x)), Math.max(0, Math.min(this.view.imageHeight, y))];
  }
}
