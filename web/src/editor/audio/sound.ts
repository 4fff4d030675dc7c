// Paints the sound: ruler, waveform, spectrogram. Only what is seen, from the level that fits.
import type { Levels } from "../../core/audio/levels";
import { rulerStep, type TimeAxis, timeWords } from "../../core/timeline/axis";
import { type Band, GAP_PIXELS, type Layout } from "../timeline/layout";
import type { Look } from "../timeline/look";
import { MARK_PIXELS, paintRuler, type RulerMark } from "../timeline/ruler";
import { RAMPS } from "./ramps";

/** Waveform and spectrogram share the room. */
function bandsOf({ body }: Layout): { wave: Band; spectrogram: Band } {
  const height = Math.round(Math.max(0, body.height - GAP_PIXELS) / 2);
  const wave = { top: body.top, height };
  return { wave, spectrogram: { top: wave.top + height + GAP_PIXELS, height } };
}

export class SoundPainter {
  private readonly levels: Levels;
  private readonly axis: TimeAxis;
  /** The columns that are seen, as a picture; painted again when others are seen or more has come. */
  private readonly picture = document.createElement("canvas");
  private pictureKey = "";

  constructor(levels: Levels, axis: TimeAxis) {
    [this.levels, this.axis] = [levels, axis];
  }

  paint(context: CanvasRenderingContext2D, layout: Layout, look: Look): void {
    const { wave, spectrogram } = bandsOf(layout);
    paintRuler(context, layout, look, this.marks());
    this.wave(context, layout, wave, look);
    this.spectrogram(context, layout, spectrogram, look);
  }

  private marks(): RulerMark[] {
    const { axis } = this;
    const perSecond = axis.ticksPerSecond;
    const step = rulerStep(axis.scale / perSecond, MARK_PIXELS);
    const digits = step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step)));
    const found: RulerMark[] = [];
    const first = Math.floor(axis.start / perSecond / step);
    for (let mark = first; mark * step * perSecond <= axis.end; mark += 1) {
      found.push({ x: axis.toX(mark * step * perSecond), words: timeWords(mark * step, digits) });
    }
    return found;
  }

  private wave(context: CanvasRenderingContext2D, layout: Layout, band: Band, look: Look): void {
    const { axis, levels } = this;
    const { lanes } = levels.head.peaks;
    const { top, height } = band;
    if (height < 2) return;
    // The overview is always there: it is drawn where the closer look has not come yet.
    let level = levels.fitting("peaks", axis.scale);
    let [first, last] = levels.bins("peaks", level, axis.start, axis.end);
    let bytes = levels.read("peaks", level, first, last);
    if (!bytes) {
      level = 0;
      [first, last] = levels.bins("peaks", level, axis.start, axis.end);
      bytes = levels.read("peaks", level, first, last);
    }
    const size = (levels.levelsOf("peaks")[level]?.samples ?? 1) * levels.ticksPerSample;
    const view = bytes && new DataView(bytes.buffer);
    const laneHeight = height / lanes;
    for (let lane = 0; lane < lanes; lane += 1) {
      const middle = top + laneHeight * (lane + 0.5);
      const scale = (laneHeight / 2 - 1) / 32768;
      context.fillStyle = look.line;
      context.fillRect(0, Math.round(middle), layout.width, 1);
      if (!view) continue;
      context.fillStyle = look.wave;
      context.beginPath();
      for (let bin = first; bin < last; bin += 1) {
        const at = ((bin - first) * lanes + lane) * 4;
        const [low, high] = [view.getInt16(at, true), view.getInt16(at + 2, true)];
        const x = axis.toX(bin * size);
        const width = Math.max(1, size / axis.scale);
        context.rect(x, middle - high * scale - 0.5, width, (high - low) * scale + 1);
      }
      context.fill();
    }
  }

  private spectrogram(context: CanvasRenderingContext2D, layout: Layout, band: Band, look: Look): void {
    const { axis, levels } = this;
    const { top, height } = band;
    const { bands } = levels.head.spectrogram;
    if (height < 2) return;
    let level = levels.fitting("spectrogram", axis.scale);
    let [first, last] = levels.bins("spectrogram", level, axis.start, axis.end);
    let bytes = levels.read("spectrogram", level, first, last);
    if (!bytes) {
      level = 0;
      [first, last] = levels.bins("spectrogram", level, axis.start, axis.end);
      bytes = levels.read("spectrogram", level, first, last);
    }
    if (!bytes || last <= first) return;
    const key = `${level} ${first} ${last} ${look.ground}`;
    if (key !== this.pictureKey) this.draw(bytes, last - first, bands, look, key);
    const size = (levels.levelsOf("spectrogram")[level]?.samples ?? 1) * levels.ticksPerSample;
    const [from, to] = [axis.toX(first * size), axis.toX(last * size)];
    context.imageSmoothingEnabled = true;
    context.save();
    context.beginPath();
    context.rect(0, top, layout.width, height);
    context.clip();
    context.drawImage(this.picture, 0, 0, last - first, bands, from, top, to - from, height);
    context.restore();
  }

  private draw(bytes: Uint8Array, columns: number, bands: number, look: Look, key: string): void {
    this.pictureKey = key;
    [this.picture.width, this.picture.height] = [columns, bands];
    const context = this.picture.getContext("2d");
    if (!context) return;
    const image = context.createImageData(columns, bands);
    const pixels = new Uint32Array(image.data.buffer);
    const ramp = look.isDark ? RAMPS.dark : RAMPS.light;
    for (let column = 0; column < columns; column += 1) {
      for (let band = 0; band < bands; band += 1) {
        // High pitches lie above.
        pixels[(bands - 1 - band) * columns + column] = ramp[bytes[column * bands + band] ?? 0] ?? 0;
      }
    }
    context.putImageData(image, 0, 0);
  }
}
