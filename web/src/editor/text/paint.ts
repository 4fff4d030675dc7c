// Blocks as elements. A block is built again only when its marks changed; the text of its elements is always exactly the
// text of the block, tags are drawn by the style sheet.
import { inkOn, withAlpha } from "../../core/colour";
import { levelsOf, type Mark, type Paragraph, type Piece, piecesOf } from "./paragraphs";
import classes from "./text.module.css";

const LINE_PIXELS = 2;
const STEP_PIXELS = 4;
const MOST_LEVELS = 5;
const NO_MARKS: readonly Mark[] = [];

/** The empty element of a block. */
export function blockElement(paragraph: Paragraph): HTMLElement {
  const element = document.createElement("p");
  element.className = classes.paragraph ?? "";
  // Each one finds its own direction: a text may mix scripts.
  element.dir = "auto";
  element.dataset.paragraph = String(paragraph.index);
  return element;
}

/** Fills an element with a block and the marks on it. */
export function fillBlock(element: HTMLElement, paragraph: Paragraph, marks: readonly Mark[]): void {
  const levels = levelsOf(marks);
  const rows = Math.min(MOST_LEVELS, Math.max(0, ...levels.values()) + (marks.length > 0 ? 1 : 0));
  element.style.setProperty("--rows", String(rows));
  const parts = piecesOf(paragraph, marks).map((piece) => pieceElement(paragraph, piece, levels));
  if (parts.length === 0) parts.push(document.createElement("br"));
  element.replaceChildren(...parts);
}

/** All paragraphs of a text at once. */
export class ParagraphPainter {
  readonly elements: HTMLElement[];
  private readonly paragraphs: readonly Paragraph[];
  private signatures: string[];

  constructor(host: HTMLElement, paragraphs: readonly Paragraph[]) {
    this.paragraphs = paragraphs;
    this.signatures = paragraphs.map(() => "-");
    this.elements = paragraphs.map(blockElement);
    host.append(...this.elements);
  }

  /** Paints all marks; `byParagraph` holds those that touch each paragraph. */
  paint(byParagraph: ReadonlyMap<number, Mark[]>): void {
    this.paragraphs.forEach((paragraph, index) => {
      const marks = byParagraph.get(index) ?? NO_MARKS;
      const signature = marks
        .map((one) =>
          [one.id, one.start, one.end, one.colour, one.tag, one.selected, one.strong].join("\u0000"),
        )
        .join("\u0001");
      const element = this.elements[index];
      if (signature === this.signatures[index] || !element) return;
      this.signatures[index] = signature;
      fillBlock(element, paragraph, marks);
    });
  }
}
function pieceElement(paragraph: Paragraph, piece: Piece, levels: ReadonlyMap<string, number>): HTMLElement {
  const element = document.createElement("span");
  const text = paragraph.text.slice(piece.start - paragraph.start, piece.end - paragraph.start);
  element.append(text);
  const [top] = piece.marks;
  if (!top) return element;
  element.className = classes.piece ?? "";
  element.dataset.marks = piece.marks.map((mark) => mark.region).join(" ");
  if (piece.marks.some((mark) => mark.selected)) element.dataset.selected = "true";
  // The lines first, the tint under all of them last.
  const shown = piece.marks.filter((mark) => (levels.get(mark.id) ?? 0) < MOST_LEVELS);
  const tint = withAlpha(top.colour, top.selected ? 0.42 : top.strong ? 0.22 : 0.08);
  element.style.backgroundImage = [...shown.map(line), `linear-gradient(${tint}, ${tint})`].join(", ");
  element.style.backgroundSize = [...shown.map(() => `100% ${LINE_PIXELS}px`), "100% 100%"].join(", ");
  element.style.backgroundPosition = [
    ...shown.map((mark) => `0 calc(100% - ${(levels.get(mark.id) ?? 0) * STEP_PIXELS}px)`),
    "0 0",
  ].join(", ");
  for (const mark of piece.marks) {
    if (mark.end !== piece.end || mark.tag === "") continue;
    const tag = document.createElement("span");
    tag.className = classes.tag ?? "";
    tag.dataset.tag = mark.tag;
    tag.dataset.marks = mark.region;
    tag.style.setProperty("--tag", mark.colour);
    tag.style.setProperty("--ink", inkOn(mark.colour));
    if (mark.chain) {
      tag.dataset.chain = String(mark.chain.number);
      tag.style.setProperty("--chain", mark.chain.colour);
      tag.style.setProperty("--chain-ink", inkOn(mark.chain.colour));
    }
    element.append(tag);
  }
  return element;
}

function line(mark: Mark): string {
  if (mark.style === 0) return `linear-gradient(${mark.colour}, ${mark.colour})`;
  const [long, gap] = mark.style === 1 ? [8, 12] : mark.style === 2 ? [3, 6] : [14, 18];
  return `repeating-linear-gradient(90deg, ${mark.colour} 0 ${long}px, transparent ${long}px ${gap}px)`;
}
