// Pages of a PDF, drawn by pdf.js. It is loaded with the first PDF, works in a worker from our own address, and runs nothing
// that stands in the file.
import type { PDFDocumentLoadingTask, PDFDocumentProxy, RenderTask } from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";

/** Bytes that are asked for at once. */
const CHUNK_BYTES = 256 * 1024;
/** Pixels of one page: more is drawn smaller and stretched. */
const PIXELS_MAXIMUM = 16_000_000;

/** Where the build puts what pdf.js asks for by name. */
const data = (folder: string): string =>
  new URL(`${import.meta.env.BASE_URL}pdfjs/${folder}/`, location.href).href;

export class PdfPages {
  private readonly url: string;
  private task: PDFDocumentLoadingTask | undefined;
  private opening: Promise<PDFDocumentProxy> | undefined;
  private gone = false;

  constructor(url: string) {
    this.url = url;
  }

  private open(): Promise<PDFDocumentProxy> {
    this.opening ??= (async () => {
      const { getDocument, GlobalWorkerOptions } = await import("pdfjs-dist");
      GlobalWorkerOptions.workerSrc = workerUrl;
      if (this.gone) throw new Error("the document was left");
      this.task = getDocument({
        url: this.url,
        cMapUrl: data("cmaps"),
        standardFontDataUrl: data("standard_fonts"),
        wasmUrl: data("wasm"),
        rangeChunkSize: CHUNK_BYTES,
        disableAutoFetch: true,
        disableStream: true,
        isEvalSupported: false,
        enableXfa: false,
      });
      return this.task.promise;
    })();
    return this.opening;
  }

  /** Draws a page, `scale` pixels a point; gives a way to stop. */
  draw(page: number, scale: number, canvas: HTMLCanvasElement, done: (error?: unknown) => void): () => void {
    let running: RenderTask | undefined;
    let stopped = false;
    const work = async () => {
      const found = await (await this.open()).getPage(page + 1);
      if (stopped) return;
      const whole = found.getViewport({ scale });
      const most = Math.min(1, Math.sqrt(PIXELS_MAXIMUM / (whole.width * whole.height)));
      const viewport = most < 1 ? found.getViewport({ scale: scale * most }) : whole;
      [canvas.width, canvas.height] = [Math.ceil(viewport.width), Math.ceil(viewport.height)];
      running = found.render({ canvas, viewport });
      await running.promise;
    };
    work().then(
      () => (stopped ? undefined : done()),
      (error: unknown) => (stopped ? undefined : done(error)),
    );
    return () => {
      stopped = true;
      running?.cancel();
    };
  }

  destroy(): void {
    this.gone = true;
    void this.task?.destroy();
  }
}
