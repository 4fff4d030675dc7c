// A sequence of pictures seen as a video: each frame is a picture of its own, got when it is needed and a little before.
import type { FrameTable } from "../../core/video/table";
import type { EditorSession } from "../session";
import { VideoPlayer } from "./player";

/** Pictures that are kept, and those that are got ahead of the frame that is seen. */
const KEPT_MAXIMUM = 60;
const AHEAD = 6;

export class SequencePlayer extends VideoPlayer {
  private address = "";
  private readonly pictures = new Map<number, Promise<ImageBitmap>>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  override open(url: string): void {
    this.address = url;
    // There is no time line of a browser: it begins with the first frame.
    this.origin = 0;
    void this.show(0);
  }

  private load(frame: number): Promise<ImageBitmap> | undefined {
    const known = this.pictures.get(frame);
    const place = this.table.picture(frame);
    if (known || !place) return known;
    const [start, end] = place;
    const got = fetch(this.address, { headers: { Range: `bytes=${start}-${end - 1}` } }).then(
      async (response) => {
        if (response.status !== 206) throw new Error(`the server answered ${response.status}`);
        return createImageBitmap(await response.blob(), { imageOrientation: "from-image" });
      },
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
      if (frame === this.state.wanted) {
        this.set({
          problem: `Frame ${frame + 1} could not be loaded: ${error instanceof Error ? error.message : error}`,
        });
      }
    }
  }

  protected override go(frame: number): void {
    void this.show(frame);
  }

  protected override start(): void {
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
    clearTimeout(this.timer);
    if (this.state.playing) this.rested();
  }
}

const players = new WeakMap<EditorSession, VideoPlayer>();

const made = (table: FrameTable): VideoPlayer =>
  table.head.pictures ? new SequencePlayer(table) : new VideoPlayer(table);

/** The player of a session: canvas and panel share it. */
export function playerOf(session: EditorSession): VideoPlayer | undefined {
  let player = players.get(session);
  if (!player && session.media.kind === "video") {
    player = made(session.media.table);
    players.set(session, player);
    player.open(session.media.url);
  }
  return player;
}
