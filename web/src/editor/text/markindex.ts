// Which marks lie on which block, kept up to date span by span: a change costs what it touches, not what is there.
import { type Mark, type Paragraph, paragraphAt } from "./paragraphs";

const NONE: readonly Mark[] = [];

export class MarkIndex {
  /** Blocks whose marks have changed since they were painted. */
  readonly dirty = new Set<number>();
  private readonly byBlock = new Map<number, Mark[]>();
  private readonly byKey = new Map<string, readonly Mark[]>();
  private readonly paragraphs: readonly Paragraph[];

  constructor(paragraphs: readonly Paragraph[]) {
    this.paragraphs = paragraphs;
  }

  at(block: number): readonly Mark[] {
    return this.byBlock.get(block) ?? NONE;
  }

  /** The marks of a region; an empty list takes it away. */
  set(key: string, marks: readonly Mark[]): void {
    for (const mark of this.byKey.get(key) ?? NONE) {
      for (const block of this.blocksUnder(mark)) {
        const left = this.byBlock.get(block)?.filter((one) => one !== mark) ?? [];
        if (left.length > 0) this.byBlock.set(block, left);
        else this.byBlock.delete(block);
        this.dirty.add(block);
      }
    }
    if (marks.length === 0) {
      this.byKey.delete(key);
      return;
    }
    this.byKey.set(key, marks);
    for (const mark of marks) {
      for (const block of this.blocksUnder(mark)) {
        const list = this.byBlock.get(block);
        if (list) list.push(mark);
        else this.byBlock.set(block, [mark]);
        this.dirty.add(block);
      }
    }
  }

  keys(): string[] {
    return [...this.byKey.keys()];
  }

  /** The block in which the first mark of a region begins. */
  blockOf(key: string): number | undefined {
    const first = this.byKey.get(key)?.[0];
    return first && paragraphAt(this.paragraphs, first.start).index;
  }

  private *blocksUnder(mark: Mark): Generator<number> {
    const first = paragraphAt(this.paragraphs, mark.start).index;
    for (let index = first; (this.paragraphs[index]?.start ?? Infinity) < mark.end; index += 1) yield index;
  }
}
