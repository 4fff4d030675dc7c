// Offsets into text. Answers count Unicode scalar values, the browser counts UTF-16 code units; this is the border.

const STRETCH_UNITS = 2000;
const [UNKNOWN, INSIDE, BOUNDARY] = [0, 1, 2];

let graphemes: Intl.Segmenter | undefined;

function segmenter(): Intl.Segmenter {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return graphemes;
}

/** Does a grapheme cluster surely begin here? True only where nothing joins (UAX #29): between a plain sign and a plain
 * sign or a letter. */
function sureBoundary(text: string, unit: number): boolean {
  if (!plain(text.charCodeAt(unit - 1))) return false;
  return plain(text.charCodeAt(unit)) || LETTER.test(text.charAt(unit));
}

/** Printable ASCII, the line feed, kana and ideographs of the basic plane. */
function plain(code: number): boolean {
  if (code < 0x80) return code === 10 || (code >= 0x20 && code < 0x7f);
  return (code >= 0x3041 && code <= 0x3096) || (code >= 0x4e00 && code <= 0x9fff);
}

/** Letters, but for the four that join what stands before them. */
const LETTER = /^(?![\u0e33\u0eb3\uff9e\uff9f])\p{L}$/u;

/** A text with its wide characters, for conversions in logarithmic time. */
export class ScalarText {
  /** UTF-16 offset of each character beyond the basic plane, in order. */
  private readonly wide: number[] = [];
  readonly text: string;
  private graphemes: Uint8Array | undefined;

  constructor(text: string) {
    this.text = text;
    for (let unit = 0; unit < text.length; unit += 1) {
      const code = text.charCodeAt(unit);
      if (code < 0xd800 || code > 0xdbff) continue;
      const low = text.charCodeAt(unit + 1);
      if (low >= 0xdc00 && low <= 0xdfff) {
        this.wide.push(unit);
        unit += 1;
      }
    }
  }

  /** Length in scalar values. */
  get scalars(): number {
    return this.text.length - this.wide.length;
  }

  /** How many wide characters begin before this UTF-16 offset. */
  private wideBefore(unit: number): number {
    let [low, high] = [0, this.wide.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.wide[middle] ?? 0) < unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Scalar offset of a UTF-16 offset; one between two surrogates counts as behind the character. */
  toScalar(unit: number): number {
    const within = Math.max(0, Math.min(unit, this.text.length));
    const before = this.wideBefore(within);
    const inside = before > 0 && (this.wide[before - 1] ?? 0) + 1 === within;
    return within - before + (inside ? 1 : 0);
  }

  /** UTF-16 offset of a scalar offset. */
  toUnit(scalar: number): number {
    const within = Math.max(0, Math.min(scalar, this.scalars));
    let [low, high] = [0, this.wide.length];
    // The n-th wide character begins at scalar wide[n] - n.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.wide[middle] ?? 0) - middle < within) low = middle + 1;
      else high = middle;
    }
    return within + low;
  }

  slice(start: number, end: number): string {
    return this.text.slice(this.toUnit(start), this.toUnit(end));
  }

  /** Where the stretch of text that holds an offset begins and ends. Its ends are boundaries whatever lies around them,
   * so that each stretch is cut for itself: a long text is not gone through as a whole for one span. */
  private stretch(unit: number): [number, number] {
    const { text } = this;
    let start = Math.max(0, unit - STRETCH_UNITS);
    while (start > 0 && !sureBoundary(text, start)) start -= 1;
    let end = Math.min(text.length, unit + STRETCH_UNITS);
    while (end < text.length && !sureBoundary(text, end)) end += 1;
    return [start, end];
  }

  /** Marks the grapheme boundaries around an offset; what is marked once stays. */
  private cut(unit: number): Uint8Array {
    this.graphemes ??= new Uint8Array(this.text.length + 1);
    if (this.graphemes[unit] !== UNKNOWN) return this.graphemes;
    const [start, end] = this.stretch(unit);
    this.graphemes.fill(INSIDE, start, end);
    for (const { index } of segmenter().segment(this.text.slice(start, end))) {
      this.graphemes[start + index] = BOUNDARY;
    }
    this.graphemes[end] = BOUNDARY;
    return this.graphemes;
  }

  isGrapheme(unit: number): boolean {
    return this.cut(unit)[unit] === BOUNDARY;
  }

  /** The grapheme boundary at or before (`-1`), or at or behind (`1`), a UTF-16 offset. */
  snap(unit: number, direction: -1 | 1): number {
    let at = Math.max(0, Math.min(unit, this.text.length));
    while (at > 0 && at < this.text.length && !this.isGrapheme(at)) at += direction;
    return at;
  }

  /** The next grapheme boundary in a direction. */
  step(unit: number, direction: -1 | 1): number {
    return this.snap(Math.max(0, Math.min(this.text.length, unit + direction)), direction);
  }
}
