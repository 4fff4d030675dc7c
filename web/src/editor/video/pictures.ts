// Each frame as a picture of its own, got when it is needed and a little before: of a sequence of pictures, and of a video
// that the browser cannot decode, whose frames the server gives.
import type { FrameTable } from "../../core/video/table";
import type { EditorSession } from "../session";
import { VideoPlayer } from "./player";

/** Pictures that are kept, and those that are got ahead of the frame that is seen. */
const KEPT_MAXIMUM = 60;
const AHEAD = 6;

/** Gets the picture of a frame. */
type Source = (frame: number) => Promise<Blob>;

/** The pictures of a sequence lie one after the other in its file. */
const inFile =
  (url: string, table: FrameTable): Source =>
  async (frame) => {
    const [start, end] = table.picture(frame) ?? [0, 0];
    const response = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
    if (response.status !== 206) throw new Error(`the server answered ${response.status}`);
    return response.blob();
  };

/** The frames of a video that the server decodes. */
const fromServer =
  (url: string): Source =>
  async (frame) => {
    const response = await fetch(url.replace(/media$/, `frames/${frame}`));
    if (response.ok) return response.blob();
    const problem = (await response.json().catch(() => undefined)) as { detail?: string } | undefined;
    throw new Error(problem?.detail ?? `the server answered ${response.status}`);
  };

export class PicturePlayer extends VideoPlayer {
  private address = "";
  /** Where pictures come from; undefined while the browser plays the video. */
  private source: Source | undefined;
  private readonly pictures = new Map<number, Promise<ImageBitmap>>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  override open(url: string): void {
    this.address = url;
    if (!this.table.head.pictures) {
      super.open(url);
      return;
    }
    this.from(inFile(url, this.table));
  }

  /** From now on pictures come from there. */
  private from(source: Source): void {
    this.source = source;
    // There is no time line of a browser: it begins with the first frame.
    this.origin = 0;
    void this.show(this.state.wanted);
  }

  protected override unplayable(): void {
    if (this.source) return;
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
    this.set({
      playing: false,
      shown: undefined,
      notice: `${this.refused}: its frames come from the server`,
    });
    this.from(fromServer(this.address));
  }

  private load(frame: number): Promise<ImageBitmap> | undefined {
    const known = this.pictures.get(frame);
    if (known || !this.source || frame >= this.table.frames) return known;
    const got = this.source(frame).then((blob) =>
      createImageBitmap(blob, { imageOrientation: "from-image" }),
    );
    this.pictures.set(frame, got);
    // What failed is asked for again when it is wanted again.
    got.catch(() => this.pictures.delete(frame));
    for (const oldest of this.pictures.keys()) {
      if (this.pictures.size <= KEPT_MAXIMUM) break;
      this.pictures.delete(oldest);
    }
    return got;
  }

  private async show(frame: number): Promise<void> {
    try {
      const picture = await this.load(frame);
      // Somebody may have gone on meanwhile.
      if (!picture || (frame !== this.state.wanted && !this.state.playing)) return;
      const { width, height } = this.picture;
      this.picture.getContext("2d")?.drawImage(picture, 0, 0, width, height);
      this.set({ shown: frame, problem: undefined, ...(this.state.playing ? { wanted: frame } : {}) });
      this.onFrame();
      for (let next = frame + 1; next <= frame + AHEAD; next += 1) void this.load(next);
    } catch (error) {
      if (frame === this.state.wanted || this.state.playing) {
        clearTimeout(this.timer);
        this.set({
          playing: false,
          wanted: frame,
          problem: `Frame ${frame + 1} cannot be shown: ${error instanceof Error ? error.message : error}`,
        });
      }
    }
  }

  protected override go(frame: number, again = 0): void {
    if (this.source) void this.show(frame);
    else super.go(frame, again);
  }

  protected override start(): void {
    if (!this.source) {
      super.start();
      return;
    }
    if (this.stretch) this.set({ wanted: this.stretch[0] });
    else if (this.state.wanted >= this.table.frames - 1) this.set({ wanted: 0 });
    this.set({ playing: true });
    void this.run(this.state.wanted);
  }

  private async run(frame: number): Promise<void> {
    const begun = performance.now();
    await this.show(frame);
    if (!this.state.playing) return;
    const last = this.stretch?.[1] ?? this.table.frames - 1;
    if (frame >= last && !this.state.loop) {
      this.pause();
      return;
    }
    const next = frame >= last ? (this.stretch?.[0] ?? 0) : frame + 1;
    const length = (this.table.start(frame + 1) - this.table.start(frame)) / this.state.rate;
    const left = length * 1000 - (performance.now() - begun);
    this.timer = setTimeout(() => void this.run(next), Math.max(0, left));
  }

  override pause(): void {
    if (!this.source) {
      super.pause();
      return;
    }
    clearTimeout(this.timer);
    if (this.state.playing) this.rested();
  }
}

const players = new WeakMap<EditorSession, VideoPlayer>();

/** The player of a session: canvas and panel share it. */
export function playerOf(session: EditorSession): VideoPlayer | undefined {
  let player = players.get(session);
  if (!player && session.media.kind === "video") {
    player = new PicturePlayer(session.media.table);
    players.set(session, player);
    player.open(session.media.url);
  }
  return player;
}
