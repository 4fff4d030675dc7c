// One page on the screen: the picture of it, and the marks over it.
import type { Place } from "../../core/document/stack";
import classes from "./document.module.css";
import { element, marksOn } from "./marks";
import type { PdfPages } from "./pdf";
import type { DocumentStage } from "./stage";

/** Where the pictures of pages come from: pdf.js, or the address of the one picture. */
export type Source = PdfPages | string;

export class PageView {
  readonly page: number;
  readonly root: HTMLElement;
  private readonly stage: DocumentStage;
  private readonly source: Source;
  private readonly svg: SVGElement;
  private picture: HTMLElement | undefined;
  private drawnAt = 0;
  private stop: (() => void) | undefined;

  constructor(stage: DocumentStage, page: number, source: Source) {
    [this.stage, this.page, this.source] = [stage, page, source];
    this.root = document.createElement("div");
    this.root.className = classes.page ?? "";
    this.root.dataset.page = String(page);
    const { width = 1, height = 1 } = stage.layer.pages[page] ?? {};
    this.svg = element("svg", {
      viewBox: `0 0 ${width} ${height}`,
      "aria-hidden": "true",
      class: classes.marks ?? "",
    });
    this.root.append(this.svg);
  }

  /** Puts the page where it belongs. */
  lay({ left, top, width, height }: Place): void {
    Object.assign(this.root.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  /** Draws the picture of the page, sharp at this scale; what is there stays until then. */
  draw(scale: number): void {
    if (this.drawnAt === scale) return;
    this.drawnAt = scale;
    this.stop?.();
    if (typeof this.source === "string") {
      if (this.picture) return;
      const image = new Image();
      image.alt = "";
      image.decoding = "async";
      image.onerror = () => this.failed("The picture of the page could not be loaded");
      image.src = this.source;
      this.show(image);
      return;
    }
    const canvas = document.createElement("canvas");
    this.root.dataset.drawing = "true";
    const pixels = scale * Math.min(2, window.devicePixelRatio || 1);
    this.stop = this.source.draw(this.page, pixels, canvas, (error) => {
      this.stop = undefined;
      delete this.root.dataset.drawing;
      if (error) this.failed("This page could not be drawn; its words are there all the same");
      else this.show(canvas);
    });
  }

  private show(picture: HTMLElement): void {
    this.picture?.remove();
    picture.className = classes.picture ?? "";
    this.picture = picture;
    this.root.prepend(picture);
  }

  private failed(words: string): void {
    const note = document.createElement("p");
    note.textContent = words;
    this.show(note);
    note.className = classes.note ?? "";
  }

  paint(): void {
    this.svg.replaceChildren(...marksOn(this.stage, this.page));
  }

  remove(): void {
    this.stop?.();
    this.root.remove();
  }
}
