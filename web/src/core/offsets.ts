// Offsets into text. Answers count Unicode scalar values, the browser counts UTF-16 code units; this is the border.

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

  /** One byte a UTF-16 offset: does a grapheme cluster begin (or the text end) here? */
  private boundaries(): Uint8Array {
    if (!this.graphemes) {
      this.graphemes = new Uint8Array(this.text.length + 1);
      for (const { index } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(this.text)) {
        this.graphemes[index] = 1;
      }
      this.graphemes[this.text.length] = 1;
    }
    return this.graphemes;
  }

  isGrapheme(unit: number): boolean {
    return this.boundaries()[unit] === 1;
  }

  /** The grapheme boundary at or before (`-1`), or at or behind (`1`), a UTF-16 offset. */
  snap(unit: number, direction: -1 | 1): number {
    const boundaries = this.boundaries();
    let at = Math.max(0, Math.min(unit, this.text.length));
    while (at > 0 && at < this.text.length && boundaries[at] !== 1) at += direction;
    return at;
  }

  /** The next grapheme boundary in a direction. */
  step(unit: number, direction: -1 | 1): number {
    return this.snap(Math.max(0, Math.min(this.text.length, unit + direction)), direction);
  }
}
