// Puts blocks into the page. A short text is there as a whole; of a long one only what is near the screen, with room
// above and below as high as the rest will be, so that opening and scrolling cost the same however long it is.
import { Heights } from "../../core/heights";
import type { Block } from "./blocks";
import type { MarkIndex } from "./markindex";
import { blockElement, fillBlock } from "./paint";
import classes from "./text.module.css";

/** Texts up to here are shown whole: the browser's own search and select-all then reach everything. UTF-16 units. */
const WHOLE_UNITS = 60_000;
const WHOLE_BLOCKS = 600;
/** How far beyond the screen blocks are there, and how near its edge they may end before more are made. In screens. */
const AHEAD = 1.5;
const NEAR = 0.5;
const FIRST_GUESS = { character: 8.4, line: 39, gap: 10 };

export class Flow {
  readonly whole: boolean;
  /** Blocks that stay in the page although they are out of sight: the ends of a selection that is being dragged. */
  pinned: readonly number[] = [];
  private readonly elements = new Map<number, HTMLElement>();
  private readonly above = spacer();
  private readonly below = spacer();
  private readonly scroller: HTMLElement;
  private readonly content: HTMLElement;
  private readonly blocks: readonly Block[];
  private readonly marks: MarkIndex;
  private readonly numbered: boolean;
  private heights: Heights;
  private width = 0;
  private first = 0;
  private last = -1;

  constructor(
    scroller: HTMLElement,
    content: HTMLElement,
    blocks: readonly Block[],
    marks: MarkIndex,
    numbered: boolean,
  ) {
    this.scroller = scroller;
    this.content = content;
    this.blocks = blocks;
    this.marks = marks;
    this.numbered = numbered;
    const units = blocks.at(-1)?.end ?? 0;
    this.whole = units <= WHOLE_UNITS && blocks.length <= WHOLE_BLOCKS;
    content.append(this.above, this.below);
    this.width = content.clientWidth;
    this.heights = this.guessed();
    if (this.whole) this.show(0, blocks.length - 1);
    else this.update();
  }

  /** Room for what was not yet seen, from what was: lines of this width hold so many characters. */
  private guessed(): Heights {
    const { character, line, gap } = FIRST_GUESS;
    const across = Math.max(200, Math.min(680, this.width - 56)) / character;
    return new Heights(
      this.blocks.map(
        ({ text, goesOn }) => Math.max(1, Math.ceil(text.length / across)) * line + (goesOn ? 0 : gap),
      ),
    );
  }

  element(index: number): HTMLElement | undefined {
    return this.elements.get(index);
  }

  /** Blocks in the page, from and to. */
  get shown(): [number, number] {
    return [this.first, this.last];
  }

  /** Where a block begins, in pixels from the top of the content, also of one that is not there. */
  top(index: number): number {
    const element = this.elements.get(index);
    return element ? element.offsetTop : this.above.offsetTop + this.heights.before(index);
  }

  /** Brings what is near the screen into the page; true when that changed. */
  update(): boolean {
    if (this.whole) return false;
    if (this.content.clientWidth !== this.width) {
      this.width = this.content.clientWidth;
      this.measure();
    }
    const { scrollTop, clientHeight } = this.scroller;
    const at = scrollTop - this.above.offsetTop;
    const range = (screens: number): [number, number] => {
      const far = screens * Math.max(clientHeight, 300);
      return [this.heights.at(at - far), this.heights.at(at + clientHeight + far)];
    };
    const [near, nearEnd] = range(NEAR);
    if (this.last >= this.first && near >= this.first && nearEnd <= this.last) return false;
    let [first, last] = range(AHEAD);
    for (const pin of this.pinned) [first, last] = [Math.min(first, pin), Math.max(last, pin)];
    this.show(first, last);
    return true;
  }

  /** Makes sure that a block is in the page, near the middle of the screen if it was not. */
  bring(index: number): HTMLElement | undefined {
    const there = this.elements.get(index);
    if (there) return there;
    const middle = this.heights.before(index) + this.above.offsetTop - this.scroller.clientHeight / 3;
    this.scroller.scrollTop = Math.max(0, middle);
    // Guessed heights may lead past it: what is there now is measured, so the second look is nearer.
    for (let turn = 0; turn < 3 && !this.elements.has(index); turn += 1) {
      this.show(Math.max(0, index - 8), Math.min(this.blocks.length - 1, index + 8));
    }
    const element = this.elements.get(index);
    element?.scrollIntoView({ block: "center" });
    this.update();
    return this.elements.get(index);
  }

  private show(first: number, last: number): void {
    const held = this.held();
    for (const [index, element] of this.elements) {
      if (index >= first && index <= last) continue;
      element.remove();
      this.elements.delete(index);
    }
    const made: number[] = [];
    let before: Element = this.above;
    for (let index = first; index <= last; index += 1) {
      let element = this.elements.get(index);
      const block = this.blocks[index];
      if (!block) continue;
      if (!element) {
        element = blockElement(block);
        if (block.goesOn) element.dataset.goesOn = "true";
        if (this.numbered) element.dataset.number = String(index + 1);
        fillBlock(element, block, this.marks.at(index));
        this.elements.set(index, element);
        made.push(index);
        before.after(element);
      }
      before = element;
    }
    for (const index of made) this.marks.dirty.delete(index);
    [this.first, this.last] = [first, last];
    if (this.whole) return;
    this.room();
    this.measure();
    this.keep(held);
  }

  private room(): void {
    this.above.style.height = `${this.heights.before(this.first)}px`;
    const rest = this.heights.before(this.blocks.length) - this.heights.before(this.last + 1);
    this.below.style.height = `${Math.max(0, rest)}px`;
  }

  /** Learns how high the blocks in the page are. */
  measure(): void {
    if (this.whole) return;
    for (const [index, element] of this.elements) this.heights.set(index, element.offsetHeight);
    this.room();
  }

  /** The first block that is in sight, and where. */
  private held(): { index: number; top: number } | undefined {
    if (this.whole) return undefined;
    const top = this.scroller.getBoundingClientRect().top;
    for (let index = this.first; index <= this.last; index += 1) {
      const box = this.elements.get(index)?.getBoundingClientRect();
      if (box && box.bottom > top) return { index, top: box.top };
    }
    return undefined;
  }

  /** What was in sight stays where it was, although what is above it turned out higher or lower. */
  private keep(held: { index: number; top: number } | undefined): void {
    const element = held && this.elements.get(held.index);
    if (!element) return;
    const moved = element.getBoundingClientRect().top - held.top;
    if (Math.abs(moved) >= 1) this.scroller.scrollTop += moved;
  }

  /** Paints the blocks whose marks changed. */
  paint(): void {
    const { dirty } = this.marks;
    if (dirty.size === 0) return;
    let painted = false;
    for (const index of dirty) {
      const [element, block] = [this.elements.get(index), this.blocks[index]];
      if (!element || !block) continue;
      fillBlock(element, block, this.marks.at(index));
      painted = true;
    }
    dirty.clear();
    if (painted) this.measure();
  }
}

function spacer(): HTMLElement {
  const element = document.createElement("div");
  element.className = classes.spacer ?? "";
  element.setAttribute("aria-hidden", "true");
  return element;
}
