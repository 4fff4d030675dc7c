// What the mouse does on pages: spans by dragging over words, boxes by dragging, grips, selection and relations by a click.
import { nearest } from "../../core/document/places";
import { area, type Bounds, boxBetween, insideRings } from "../../core/geometry";
import type { Point, Region } from "../../core/types";
import { boxIn, type Grip, gripAt, pulled, shifted } from "./grips";
import { boxed, make, makeSpan, pageOf, pagesOf, shapeOn } from "./regions";
import type { DocumentStage, WordPlace } from "./stage";

/** Pixels: less is a click. */
const CLICK = 4;
/** Pixels around a region in which a click means it. */
const SLACK = 2;

interface Press {
  page: number;
  at: Point;
  client: Point;
  word: WordPlace | undefined;
  moved: boolean;
  grip?: Grip;
  box?: Bounds;
  region?: string;
}

let drags = 0;

export class DocumentPointer {
  private readonly stage: DocumentStage;
  private readonly scroller: HTMLElement;
  private press: Press | undefined;
  private lastStack = "";
  private readonly ends: (() => void)[] = [];

  constructor(stage: DocumentStage, scroller: HTMLElement) {
    [this.stage, this.scroller] = [stage, scroller];
    const listen = (
      on: HTMLElement | Window,
      name: "pointerdown" | "pointermove" | "pointerup" | "pointercancel",
      listener: (event: PointerEvent) => void,
    ) => {
      on.addEventListener(name, listener as EventListener);
      this.ends.push(() => on.removeEventListener(name, listener as EventListener));
    };
    listen(scroller, "pointerdown", (event) => this.pressed(event));
    // On the window: a drag may end outside of the pages.
    listen(window, "pointermove", (event) => this.moved(event));
    listen(window, "pointerup", (event) => this.released(event));
    listen(window, "pointercancel", () => this.cancel());
  }

  destroy(): void {
    for (const end of this.ends) end();
  }

  /** True when a drag was going on. */
  cancel(): boolean {
    const going = this.press?.moved ?? false;
    this.press = undefined;
    if (this.stage.draft || going) {
      this.stage.draft = undefined;
      this.stage.setCaret(undefined);
    }
    return going;
  }

  /** The page under the pointer, or that which is meant outside of all, and the place on it in its units. */
  private place(event: PointerEvent, page?: number): { page: number; at: Point } | undefined {
    const { stack } = this.stage;
    const frame = this.scroller.getBoundingClientRect();
    const x = event.clientX - frame.left + this.scroller.scrollLeft;
    const y = event.clientY - frame.top + this.scroller.scrollTop;
    const meant = page ?? stack.at(y);
    if (!stack.pages[meant]) return undefined;
    const { left, top } = stack.place(meant);
    return { page: meant, at: [(x - left) / stack.scale, (y - top) / stack.scale] };
  }

  private wordAt(page: number, [x, y]: Point): WordPlace | undefined {
    const index = nearest(this.stage.layer.words(page) ?? [], x, y);
    return index === undefined ? undefined : { page, index };
  }

  private pressed(event: PointerEvent): void {
    const { stage } = this;
    const place = event.button === 0 ? this.place(event) : undefined;
    if (!place) return;
    // Beside the bars of the scroller nothing is meant.
    if (event.offsetX > this.scroller.clientWidth && event.target === this.scroller) return;
    const { page, at } = place;
    const grip = gripAt(stage, page, at);
    const selected = stage.session.doc.region(stage.session.ui.state.selection[0] ?? "");
    const box = boxIn(selected);
    const inside = box && selected && pageOf(selected) === page && holds(box, at, 0);
    const moves = grip ?? (inside && stage.session.ui.state.tool === "select" && !stage.readOnly);
    this.press = {
      page,
      at,
      client: [event.clientX, event.clientY],
      word: this.wordAt(page, at),
      moved: false,
      ...(grip ? { grip } : {}),
      ...(moves && box && selected ? { box, region: selected.id } : {}),
    };
    drags += 1;
    event.preventDefault();
    this.scroller.parentElement?.focus({ preventScroll: true });
  }

  private moved(event: PointerEvent): void {
    const { press, stage } = this;
    if (!press) return;
    const far = Math.hypot(event.clientX - press.client[0], event.clientY - press.client[1]) >= CLICK;
    if (!press.moved && !far) return;
    press.moved = true;
    const { tool } = stage.session.ui.state;
    if (press.box) this.drag(event, press, press.box);
    else if (stage.readOnly) return;
    else if (tool === "box") {
      const place = this.place(event, press.page);
      if (!place) return;
      stage.draft = { page: press.page, from: press.at, to: place.at };
      stage.repaint();
    } else if (tool === "span" && press.word) {
      const place = this.place(event);
      const focus = place && this.wordAt(place.page, place.at);
      if (focus) stage.setCaret({ anchor: press.word, focus });
    }
  }

  /** Moves the box, or the edges of its grip; all of a drag is one step of undo. */
  private drag(event: PointerEvent, press: Press, box: Bounds): void {
    const { session, layer } = this.stage;
    const place = this.place(event, press.page);
    const { width = 0, height = 0 } = layer.pages[press.page] ?? {};
    if (!place || press.region === undefined || session.unlocked([press.region]).length === 0) return;
    const [x, y] = [place.at[0] - press.at[0], place.at[1] - press.at[1]];
    const next = press.grip
      ? pulled(box, press.grip, place.at, width, height)
      : shifted(box, x, y, width, height);
    if (next)
      session.doc.changeRegion("change a box", press.region, { geometry: boxed(next) }, `drag ${drags}`);
  }

  private released(event: PointerEvent): void {
    const { press, stage } = this;
    this.press = undefined;
    if (!press) return;
    if (!press.moved) {
      this.click(press, event);
      return;
    }
    const { session, layer, draft } = stage;
    stage.draft = undefined;
    if (press.box) return;
    if (draft) {
      const { width = 0, height = 0 } = layer.pages[draft.page] ?? {};
      const geometry = boxBetween(draft.from, draft.to, width, height);
      const found = session.classFor("box");
      if (found && geometry) make(session, layer, geometry, found, draft.page);
      stage.repaint();
      return;
    }
    const range = stage.chosen();
    const found = session.classFor("span");
    if (session.ui.state.tool === "span" && range && found) {
      stage.setCaret(undefined);
      makeSpan(session, layer, range, found);
    }
  }

  /** Selects the smallest region at the place, with Alt the next larger one; where none is, the caret goes there. */
  private click(press: Press, event: PointerEvent): void {
    const { stage } = this;
    const { ui } = stage.session;
    const ids = regionsAt(stage, press.page, press.at).map((region) => region.id);
    const key = ids.join();
    let picked = ids[0];
    if (event.altKey && key === this.lastStack) {
      picked = ids[(ids.findIndex((id) => ui.state.selection.includes(id)) + 1) % ids.length];
    }
    this.lastStack = key;
    if (picked === undefined) {
      ui.set({ selection: [], relationFrom: undefined });
      stage.setCaret(press.word ? { anchor: press.word, focus: press.word } : undefined);
      return;
    }
    stage.setCaret(undefined);
    if (ui.state.relationFrom !== undefined && !stage.readOnly) {
      stage.session.relateTo(picked);
      return;
    }
    ui.select(...(event.shiftKey ? [...ui.state.selection.filter((id) => id !== picked), picked] : [picked]));
  }
}

const holds = ({ left, top, right, bottom }: Bounds, [x, y]: Point, slack: number): boolean =>
  x >= left - slack && x <= right + slack && y >= top - slack && y <= bottom + slack;

/** Own regions and suggestions at a place, the smallest first. */
function regionsAt(stage: DocumentStage, page: number, at: Point): Region[] {
  const slack = SLACK / stage.stack.scale;
  const found: { region: Region; size: number }[] = [];
  for (const region of stage.ordered) {
    const pages = pagesOf(stage.layer, region);
    if (!pages || page < pages[0] || page > pages[1]) continue;
    const shape = shapeOn(stage.layer, region, page);
    if (!shape) continue;
    const here = shape.boxes.some((box) => holds(box, at, slack)) || insideRings(shape.rings, at);
    if (!here) continue;
    const boxes = shape.boxes.reduce((sum, box) => sum + (box.right - box.left) * (box.bottom - box.top), 0);
    found.push({ region, size: boxes + shape.rings.reduce((sum, ring) => sum + area(ring), 0) });
  }
  found.sort((one, two) => one.size - two.size);
  return found.map(({ region }) => region);
}
