// A caret in text that cannot be edited: where keys select from. It is the browser's own selection, with a line drawn
// where it is empty.
import type { ScalarText } from "../../core/offsets";
import { snapToWords, Words, wordStep } from "../../core/words";
import { type Paragraph, paragraphAt } from "./paragraphs";
import classes from "./text.module.css";

export class Caret {
  anchor = 0;
  focus = 0;
  shown = false;
  /** Was the selection made by keys? Then it may reach beyond what is in the page. */
  private byKeys = false;
  private readonly words = new Words();
  private readonly line: HTMLElement;
  private readonly content: HTMLElement;
  private readonly text: ScalarText;
  private readonly paragraphs: readonly Paragraph[];
  private readonly bring: ((index: number) => void) | undefined;

  /** `bring` puts a paragraph into the page, where not all of them are in it. */
  constructor(
    content: HTMLElement,
    text: ScalarText,
    paragraphs: readonly Paragraph[],
    bring?: (index: number) => void,
  ) {
    this.content = content;
    this.text = text;
    this.paragraphs = paragraphs;
    this.bring = bring;
    this.line = document.createElement("div");
    this.line.className = classes.caret ?? "";
    this.line.hidden = true;
    content.append(this.line);
  }

  /** The words of a paragraph with offsets in the whole text. */
  wordsAt(unit: number): { paragraph: Paragraph; words: ReturnType<Words["of"]> } {
    const paragraph = paragraphAt(this.paragraphs, unit);
    return { paragraph, words: this.words.of(paragraph.text) };
  }

  /** The words of which a range holds a part, and the range that they make. */
  widened(start: number, end: number): [number, number] {
    const [first, last] = [this.wordsAt(start), this.wordsAt(end - 1)];
    const [a, b] = [first.paragraph.start, last.paragraph.start];
    const from = snapToWords(first.words, start - a, Math.min(end, first.paragraph.end) - a)[0] + a;
    const to = snapToWords(last.words, Math.max(start, b) - b, end - b)[1] + b;
    return [Math.min(from, start), Math.max(to, end)];
  }

  /** One word or one grapheme further, across paragraphs. */
  step(unit: number, direction: -1 | 1, byWord: boolean): number {
    if (!byWord) return this.text.step(unit, direction);
    const { paragraph, words } = this.wordsAt(unit);
    const to = wordStep(words, unit - paragraph.start, direction);
    if (to !== undefined) return paragraph.start + to;
    const next = this.paragraphs[paragraph.index + direction];
    if (!next) return direction === 1 ? paragraph.end : paragraph.start;
    return direction === 1 ? next.start : next.end;
  }

  /** Is the text here written from right to left? */
  rightToLeft(unit: number): boolean {
    const element = this.element(unit);
    return element !== null && getComputedStyle(element).direction === "rtl";
  }

  private element(unit: number): HTMLElement | null {
    const { index } = paragraphAt(this.paragraphs, unit);
    return this.content.querySelector(`[data-paragraph="${index}"]`);
  }

  move(to: number, extend: boolean): void {
    this.focus = to;
    if (!extend) this.anchor = to;
    this.shown = true;
    this.apply();
  }

  paragraphStep(direction: -1 | 1): void {
    const next = this.paragraphs[paragraphAt(this.paragraphs, this.focus).index + direction];
    if (next) this.move(next.start, false);
  }

  hide(): void {
    this.shown = false;
    this.line.hidden = true;
  }

  /** Text node and offset in it of a UTF-16 offset. */
  private node(unit: number): [Node, number] | undefined {
    const paragraph = paragraphAt(this.paragraphs, unit);
    const element = this.element(unit);
    if (!element) return undefined;
    let left = Math.min(unit, paragraph.end) - paragraph.start;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let last: Node | undefined;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const length = node.textContent?.length ?? 0;
      if (left <= length) return [node, left];
      left -= length;
      last = node;
    }
    return last ? [last, last.textContent?.length ?? 0] : [element, 0];
  }

  private apply(): void {
    this.bring?.(paragraphAt(this.paragraphs, this.focus).index);
    const to = this.node(this.focus);
    // Where the beginning is out of the page the selection is drawn from the edge of what is in it.
    const from = this.node(this.anchor) ?? this.edge(this.anchor < this.focus);
    if (!from || !to) return;
    getSelection()?.setBaseAndExtent(from[0], from[1], to[0], to[1]);
    this.byKeys = true;
    const range = document.createRange();
    range.setStart(to[0], to[1]);
    range.collapse(true);
    const element = this.element(this.focus);
    const box = range.getClientRects()[0] ?? element?.getBoundingClientRect();
    const origin = this.content.getBoundingClientRect();
    if (box) {
      this.line.style.left = `${box.left - origin.left}px`;
      this.line.style.top = `${box.top - origin.top}px`;
      this.line.style.height = `${Math.min(box.height, 32)}px`;
    }
    this.line.hidden = this.anchor !== this.focus;
    element?.scrollIntoView({ block: "nearest" });
  }

  /** Nothing is selected, no line is drawn. */
  clear(): void {
    getSelection()?.removeAllRanges();
    this.hide();
  }

  /** A range of the page over UTF-16 offsets. */
  rangeOf(start: number, end: number): Range | undefined {
    const [from, to] = [this.node(start), this.node(end)];
    if (!from || !to) return undefined;
    const range = document.createRange();
    range.setStart(...from);
    range.setEnd(...to);
    return range;
  }

  /** The first or the last place in the page. */
  private edge(start: boolean): [Node, number] | undefined {
    const all = this.content.querySelectorAll<HTMLElement>("[data-paragraph]");
    const element = start ? all[0] : all[all.length - 1];
    const paragraph = element && this.paragraphs[Number(element.dataset.paragraph)];
    return paragraph && this.node(start ? paragraph.start : paragraph.end);
  }

  /** The selection is the pointer's from now on, not what keys made. */
  release(): void {
    this.byKeys = false;
  }

  /** What is selected in the text, in UTF-16; undefined when nothing is. */
  selected(): [number, number] | undefined {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
    if (this.byKeys && this.shown) {
      return [Math.min(this.anchor, this.focus), Math.max(this.anchor, this.focus)];
    }
    const range = selection.getRangeAt(0);
    if (!this.content.contains(range.startContainer) || !this.content.contains(range.endContainer)) {
      return undefined;
    }
    const [start, end] = [
      this.unitOf(range.startContainer, range.startOffset),
      this.unitOf(range.endContainer, range.endOffset),
    ];
    return start < end ? [start, end] : undefined;
  }

  /** UTF-16 offset of a place in the page: the text of its paragraph before it is counted. */
  unitOf(node: Node, offset: number): number {
    const from = node instanceof Element ? node : node.parentElement;
    const element = from?.closest<HTMLElement>("[data-paragraph]");
    if (!element) {
      // Between paragraphs: the next one that begins behind.
      for (let child: Node | null = node.childNodes[offset] ?? null; child; child = child.nextSibling) {
        const next = child instanceof HTMLElement ? child.dataset.paragraph : undefined;
        if (next !== undefined) return this.paragraphs[Number(next)]?.start ?? 0;
      }
      const all = this.content.querySelectorAll<HTMLElement>("[data-paragraph]");
      return this.paragraphs[Number(all[all.length - 1]?.dataset.paragraph ?? -1)]?.end ?? 0;
    }
    const paragraph = this.paragraphs[Number(element.dataset.paragraph)];
    const range = document.createRange();
    range.setStart(element, 0);
    range.setEnd(node, offset);
    return (paragraph?.start ?? 0) + range.toString().length;
  }
}
