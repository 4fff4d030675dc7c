// The same scenes in Konva, for comparison: shapes on one layer, as its guide to fast drawing advises, with and without
// its own hit detection.
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import type KonvaModule from "konva";
import { boxes, largeRing, polygons } from "./scenes";

declare global {
  interface Window {
    Konva: typeof KonvaModule;
    stage: InstanceType<typeof KonvaModule.Stage>;
  }
}

const source = fileURLToPath(new URL("../node_modules/konva/konva.min.js", import.meta.url));

/** As large as the canvas between the panels of our page is. */
const CANVAS = { width: 748, height: 728 };

/** Shows a scene; the answer is how long it took from having the data to the first frame. */
export async function showKonva(
  page: Page,
  options: { scene: "boxes" | "polygons"; listening: boolean; picture: string },
): Promise<number> {
  await page.setContent(`<body style="margin:0;background:#777"><div id="stage"></div></body>`);
  await page.addScriptTag({ path: source });
  const shapes =
    options.scene === "boxes" ? { boxes: boxes(), rings: [largeRing()] } : { boxes: [], rings: polygons() };
  return page.evaluate(
    async ({ shapes, listening, picture, size }) => {
      const { Konva } = window;
      const start = performance.now();
      const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const scale = Math.min(size.width / 4000, size.height / 3000);
      const stage = new Konva.Stage({
        container: "stage",
        width: size.width,
        height: size.height,
        draggable: true,
        scaleX: scale,
        scaleY: scale,
      });
      window.stage = stage;
      const below = new Konva.Layer({ listening: false });
      below.add(new Konva.Image({ image, x: 0, y: 0 }));
      const layer = new Konva.Layer({ listening });
      const style = { strokeWidth: 1.5, strokeScaleEnabled: false, perfectDrawEnabled: false };
      shapes.boxes.forEach((box, index) => {
        const [stroke, fill] = index % 2 ? ["#0072B2", "#0072B220"] : ["#D55E00", "#D55E0020"];
        layer.add(
          new Konva.Rect({ ...box, ...style, stroke, fill, draggable: listening, name: `b${index}` }),
        );
      });
      for (const ring of shapes.rings) {
        layer.add(
          new Konva.Line({
            points: ring.flat(),
            closed: true,
            ...style,
            stroke: "#009E73",
            fill: "#009E7320",
          }),
        );
      }
      stage.add(below, layer);
      stage.on("wheel", ({ evt }) => {
        evt.preventDefault();
        const pointer = stage.getPointerPosition();
        if (!pointer) return;
        const old = stage.scaleX();
        const place = { x: (pointer.x - stage.x()) / old, y: (pointer.y - stage.y()) / old };
        const next = old * Math.exp(-evt.deltaY * 0.0015);
        stage.scale({ x: next, y: next });
        stage.position({ x: pointer.x - place.x * next, y: pointer.y - place.y * next });
      });
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return performance.now() - start;
    },
    { shapes, listening: options.listening, picture: options.picture, size: CANVAS },
  );
}

/** A freehand line over the picture, as a brush is made with Konva. */
export async function brushKonva(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { Konva, stage } = window;
    stage.draggable(false);
    const layer = new Konva.Layer({ listening: false });
    stage.add(layer);
    const line = new Konva.Line({
      points: [],
      stroke: "#009E73",
      strokeWidth: 90,
      lineCap: "round",
      lineJoin: "round",
    });
    layer.add(line);
    stage.on("mousemove", () => {
      const at = stage.getRelativePointerPosition();
      if (at) line.points([...line.points(), at.x, at.y]);
    });
  });
}
