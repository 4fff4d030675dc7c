// The text on the page in one of its layouts: blocks, marks, arcs and caret, made together and taken away together.
import type { ScalarText } from "../../core/offsets";
import type { EditorSession } from "../session";
import { Arcs } from "./arcs";
import { type Block, blocksOf, type TextView } from "./blocks";
import { Caret } from "./caret";
import { Flow } from "./flow";
import { MarkIndex } from "./markindex";
import { paragraphAt } from "./paragraphs";
import classes from "./text.module.css";

export class Surface {
  readonly scroller = document.createElement("div");
  readonly content = document.createElement("div");
  readonly blocks: readonly Block[];
  readonly index: MarkIndex;
  readonly flow: Flow;
  readonly arcs: Arcs;
  readonly caret: Caret;

  /** `fill` marks the blocks before they are made. */
  constructor(
    host: HTMLElement,
    session: EditorSession,
    text: ScalarText,
    view: TextView,
    fill: (index: MarkIndex) => void,
  ) {
    this.blocks = blocksOf(text.text, view);
    this.index = new MarkIndex(this.blocks);
    fill(this.index);
    this.scroller.className = classes.host ?? "";
    this.content.className = classes.content ?? "";
    // Lines further apart, so that arcs run between them and not through them.
    if ((session.schema.relations ?? []).length > 0) this.content.dataset.arcs = "true";
    if (view === "sentences") this.content.dataset.numbered = "true";
    this.scroller.append(this.content);
    host.append(this.scroller);
    this.flow = new Flow(this.scroller, this.content, this.blocks, this.index, view === "sentences");
    this.arcs = new Arcs(this.content, session, (region) => {
      const block = this.index.blockOf(region);
      return block === undefined ? undefined : this.flow.top(block);
    });
    this.caret = new Caret(this.content, text, this.blocks, (index) => void this.flow.bring(index));
  }

  blockAt(unit: number): number {
    return paragraphAt(this.blocks, unit).index;
  }

  /** The block at the top of the screen, to come back to it in another layout. UTF-16 offset. */
  get topUnit(): number {
    const [first, last] = this.flow.shown;
    const top = this.scroller.getBoundingClientRect().top;
    for (let index = first; index <= last; index += 1) {
      const box = this.flow.element(index)?.getBoundingClientRect();
      if (box && box.bottom > top) return this.blocks[index]?.start ?? 0;
    }
    return 0;
  }

  remove(): void {
    this.scroller.remove();
  }
}
