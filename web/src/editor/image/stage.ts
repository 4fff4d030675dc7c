// What painter and pointer share: the view, the shapes, and what is half done. Half-drawn things live here and in the
// draft, not in the document.
import type { Geometry, Point, Region } from "../../core/types";
import type { EditorContext } from "../plugin";
import type { EditorSession } from "../session";
import { ShapeIndex } from "./shapes";
import { View } from "./view";

/** Which of the three canvases have to be painted. */
export interface Dirty {
  background: boolean;
  shapes: boolean;
  overlay: boolean;
}

interface Unfinished {
  polygon?: Point[];
}

export class Stage {
  readonly view: View;
  readonly session: EditorSession;
  readonly readOnly: boolean;
  readonly index: ShapeIndex;
  readonly dirty: Dirty = { background: true, shapes: true, overlay: true };
  /** Shapes that are being dragged: painted on the overlay only, until they are let go. */
  previews = new Map<string, Geometry>();
  box: { from: Point; to: Point } | undefined;
  /** The polygon that was left with Esc, until something else is done. */
  dropped: readonly Point[] = [];
  cursor: Point | undefined;
  panning = false;
  spaceHeld = false;
  /** Asks for a frame; the engine sets it. */
  requestFrame: () => void = () => {};

  constructor(context: EditorContext) {
    const { media } = context.session;
    const size = media.kind === "image" ? media : { width: 1, height: 1 };
    this.view = new View(size.width, size.height);
    this.session = context.session;
    this.readOnly = context.readOnly;
    this.index = new ShapeIndex(context.session.doc.regions);
  }

  /** The polygon that is being drawn, kept where the draft finds it. */
  get polygon(): readonly Point[] {
    return (this.session.ui.state.unfinished as Unfinished | undefined)?.polygon ?? [];
  }

  set polygon(points: readonly Point[]) {
    this.session.ui.set({ unfinished: points.length > 0 ? { polygon: points } : undefined });
  }

  repaint(...layers: (keyof Dirty)[]): void {
    for (const layer of layers) this.dirty[layer] = true;
    this.requestFrame();
  }

  moved(): void {
    this.repaint("background", "shapes", "overlay");
  }

  find = (id: string): Region | undefined => {
    const { hidden, suggestions } = this.session.ui.state;
    if (hidden.has(id)) return undefined;
    return this.session.doc.region(id) ?? suggestions.find((one) => one.id === id);
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
