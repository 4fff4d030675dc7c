// Pages below each other: where each begins, and which are seen. No DOM.
import type { PageHead } from "./layer";

/** Pixels between two pages, and around all of them. */
export const GAP = 16;
/** Pixels of a point. */
const SCALE_MINIMUM = 0.1;
const SCALE_MAXIMUM = 6;
/** Browsers know no higher elements. */
const HEIGHT_MAXIMUM = 16_000_000;

export interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

export class Stack {
  readonly pages: readonly PageHead[];
  scale = 1;
  width = 0;
  height = 0;
  /** Of the widest page, in its own units. */
  readonly widest: number;
  private tops: number[] = [];
  private room = 0;

  constructor(pages: readonly PageHead[]) {
    this.pages = pages;
    this.widest = pages.reduce((most, page) => Math.max(most, page.width), 1);
    this.lay();
  }

  /** Lays the pages out at a scale, in a room of so many pixels' width. */
  set(scale: number, room: number): void {
    const tall = this.pages.reduce((sum, page) => sum + page.height, 0);
    const most = Math.min(SCALE_MAXIMUM, (HEIGHT_MAXIMUM - GAP * this.pages.length) / tall);
    this.scale = Math.max(SCALE_MINIMUM, Math.min(most, scale));
    this.room = room;
    this.lay();
  }

  /** The scale at which the widest page fills the room. */
  fitting(room: number): number {
    return Math.min(2, Math.max(SCALE_MINIMUM, (room - 2 * GAP) / this.widest));
  }

  private lay(): void {
    let top = GAP;
    this.tops = this.pages.map((page) => {
      const at = top;
      top += page.height * this.scale + GAP;
      return at;
    });
    this.height = top;
    this.width = Math.max(this.room, this.widest * this.scale + 2 * GAP);
  }

  place(page: number): Place {
    const { width = 0, height = 0 } = this.pages[page] ?? {};
    const own = width * this.scale;
    return {
      left: (this.width - own) / 2,
      top: this.tops[page] ?? 0,
      width: own,
      height: height * this.scale,
    };
  }

  /** The page at a height; that above where it lies between two. */
  at(top: number): number {
    let [low, high] = [0, Math.max(0, this.tops.length - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.tops[middle] ?? 0) <= top) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The first and the last page that reach into a stretch of heights. */
  within(top: number, bottom: number): [first: number, last: number] {
    return [this.at(top), this.at(bottom)];
  }
}
