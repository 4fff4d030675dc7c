// When exactly each frame of a video is shown, as its container says: never reckoned from a rate. The layout is told in
// crates/media/src/video/table.rs. No DOM.
import { headOf } from "../pieces";

interface Part {
  count: number;
  /** First byte, from the end of the head. */
  offset: number;
}

export interface VideoHead {
  media_type: string;
  /** Pixels of the upright picture. */
  width: number;
  height: number;
  codec: string;
  frames: number;
  ticks_per_second: number;
  /** From when the first frame is shown until the last one is not any more. */
  ticks: number;
  constant: boolean;
  unshown: number;
  runs: Part;
  syncs: Part;
  /** Of a sequence of pictures, where each lies in the item. */
  pictures?: Part | null;
}

const WORD = "LWVIDEO1";

export class FrameTable {
  readonly head: VideoHead;
  /** Ticks from the first frame to the beginning of each, and to the end of the last. */
  private readonly starts: Float64Array;
  private readonly view: DataView;

  constructor(file: ArrayBuffer) {
    const { head, base } = headOf<VideoHead>(file, WORD);
    this.head = head;
    const view = new DataView(file, base);
    this.view = view;
    this.starts = new Float64Array(head.frames + 1);
    let [frame, at] = [0, 0];
    for (let run = 0; run < head.runs.count; run += 1) {
      const place = head.runs.offset + run * 8;
      const ticks = view.getUint32(place + 4, true);
      for (let left = view.getUint32(place, true); left > 0 && frame < head.frames; left -= 1) {
        this.starts[frame] = at;
        at += ticks;
        frame += 1;
      }
    }
    this.starts[head.frames] = at;
  }

  get frames(): number {
    return this.head.frames;
  }

  /** Frames a second, in the mean. */
  get rate(): number {
    return (this.frames * this.head.ticks_per_second) / Math.max(1, this.head.ticks);
  }

  /** First byte of the picture of a frame, and the one behind its last; undefined where the item is a video. */
  picture(frame: number): [number, number] | undefined {
    const { pictures } = this.head;
    if (!pictures || frame < 0 || frame >= pictures.count) return undefined;
    const place = pictures.offset + frame * 12;
    const start = this.view.getUint32(place, true) + this.view.getUint32(place + 4, true) * 2 ** 32;
    return [start, start + this.view.getUint32(place + 8, true)];
  }

  clamped(frame: number): number {
    return Math.max(0, Math.min(this.frames - 1, Math.round(frame)));
  }

  /** Seconds from the first frame to the beginning of this one. */
  start(frame: number): number {
    return (this.starts[Math.max(0, Math.min(this.frames, frame))] ?? 0) / this.head.ticks_per_second;
  }

  /** Seconds from the first frame to the middle of this one: whoever goes there sees it, however times are rounded. */
  middle(frame: number): number {
    return (this.start(frame) + this.start(frame + 1)) / 2;
  }

  /** The frame that begins nearest to so many seconds after the first: players round times. */
  nearest(seconds: number): number {
    const ticks = seconds * this.head.ticks_per_second;
    let [low, high] = [0, this.frames - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= ticks) low = middle;
      else high = middle - 1;
    }
    const [own = 0, next = Infinity] = [this.starts[low], this.starts[low + 1]];
    return low + 1 < this.frames && next - ticks < ticks - own ? low + 1 : low;
  }
}
