// The text layer of a document: its pages, the words on them, and the text into which they are joined. Words are read page
// by page, when a page is looked at. No DOM.
import type { Bounds } from "../geometry";
import { Listeners } from "../listeners";
import { ScalarText } from "../offsets";
import { type FetchRange, headOf, Pieces } from "../pieces";

export interface PageHead {
  /** Points of a PDF, pixels of a picture. */
  width: number;
  height: number;
  words: number;
  /** Where the text of its first word begins, in Unicode scalar values. */
  start: number;
}

export interface LayerHead {
  media_type: string;
  chars: number;
  text_bytes: number;
  pages: PageHead[];
}

export interface Word extends Bounds {
  /** Unicode scalar values of the text. */
  start: number;
  end: number;
  line: number;
  block: number;
}

const WORD_BYTES = 36;
/** Pages whose words are kept. */
const PAGES_MAXIMUM = 200;
/** Bytes before the head. */
export const PREFIX_BYTES = 12;

export class Layer extends Listeners {
  readonly head: LayerHead;
  readonly pieces: Pieces;
  text = new ScalarText("");
  private readonly base: number;
  /** Words before each page. */
  private readonly before: number[] = [];
  private readonly known = new Map<number, readonly Word[]>();

  constructor(first: ArrayBuffer, fetchRange: FetchRange) {
    super();
    const { head, base } = headOf<LayerHead>(first, "LWDOCUM1");
    [this.head, this.base] = [head, base];
    this.pieces = new Pieces(first, fetchRange);
    this.pieces.subscribe(() => this.changed());
    let words = 0;
    for (const page of head.pages) {
      this.before.push(words);
      words += page.words;
    }
  }

  /** Gets the whole text: spans are ranges of it. */
  async loadText(): Promise<void> {
    const bytes = await this.pieces.load(this.base, this.base + this.head.text_bytes);
    if (!bytes) throw new Error("the text of the document could not be loaded");
    this.text = new ScalarText(new TextDecoder().decode(bytes));
  }

  get pages(): readonly PageHead[] {
    return this.head.pages;
  }

  /** The words of a page in reading order; undefined while they are not there, and then they are asked for. */
  words(page: number): readonly Word[] | undefined {
    const known = this.known.get(page);
    if (known) return known;
    const count = this.pages[page]?.words ?? 0;
    const start = this.base + this.head.text_bytes + (this.before[page] ?? 0) * WORD_BYTES;
    const bytes = this.pieces.read(start, start + count * WORD_BYTES);
    if (!bytes) return undefined;
    const words = readWords(bytes, count);
    this.known.set(page, words);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= PAGES_MAXIMUM) break;
      this.known.delete(oldest);
    }
    return words;
  }

  /** The page on which a character of the text stands. */
  pageOf(offset: number): number {
    let [low, high] = [0, this.pages.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.pages[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The words of a page that share a character with a range; undefined while they are not there. */
  wordsOf(page: number, start: number, end: number): readonly Word[] | undefined {
    return this.words(page)?.filter((word) => word.start < end && word.end > start);
  }

  /** What was read in a range of the text. */
  slice(start: number, end: number): string {
    return this.text.slice(start, end).replaceAll(/\n+/g, "\n");
  }
}

function readWords(bytes: Uint8Array<ArrayBuffer>, count: number): readonly Word[] {
  const view = new DataView(bytes.buffer);
  return Array.from({ length: count }, (_, index) => {
    const at = index * WORD_BYTES;
    return {
      start: view.getUint32(at, true),
      end: view.getUint32(at + 4, true),
      left: view.getFloat32(at + 8, true),
      top: view.getFloat32(at + 12, true),
      right: view.getFloat32(at + 16, true),
      bottom: view.getFloat32(at + 20, true),
      line: view.getUint32(at + 24, true),
      block: view.getUint32(at + 28, true),
    };
  });
}

/** Bytes up to the end of the head. */
export function headBytes(first: ArrayBuffer): number {
  return first.byteLength < PREFIX_BYTES
    ? PREFIX_BYTES
    : PREFIX_BYTES + new DataView(first).getUint32(8, true);
}
