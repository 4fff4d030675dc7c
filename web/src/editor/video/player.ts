// What is seen: a <video> element whose frames are told apart by the times that the browser gives them when it shows them
// (requestVideoFrameCallback). Which frame is on the screen is known from that alone, never from where the player was sent.
import { Listeners } from "../../core/listeners";
import type { FrameTable } from "../../core/video/table";

export const RATES: readonly number[] = [0.25, 0.5, 1, 1.5, 2, 4];
/** How often the browser is asked again for a frame when it has shown another one. */
const TRIES_MAXIMUM = 6;
/** A frame that is not shown so long after the player has found it is asked for again; each time it may take longer. */
const PATIENCE_MS = 150;

export interface PlayerState {
  playing: boolean;
  rate: number;
  loop: boolean;
  /** The frame that is on the screen; undefined before the first one. */
  shown: number | undefined;
  /** The frame that is asked for. */
  wanted: number;
  /** Why nothing is seen. */
  problem: string | undefined;
  /** What is seen in another way than usual, and why. */
  notice: string | undefined;
}

export class VideoPlayer extends Listeners {
  state: PlayerState = {
    playing: false,
    rate: 1,
    loop: false,
    shown: undefined,
    wanted: 0,
    problem: undefined,
    notice: undefined,
  };
  readonly element: HTMLVideoElement;
  readonly table: FrameTable;
  /** The frame that is shown, in the pixels of the video. */
  readonly picture: HTMLCanvasElement;
  /** Called when another frame is in the picture. */
  onFrame: () => void = () => {};
  /** Where the first frame lies on the time line of the browser, in seconds. */
  protected origin: number | undefined;
  /** First and last frame of the stretch that is played. */
  protected stretch: [number, number] | undefined;
  private tries = 0;
  private patience: ReturnType<typeof setTimeout> | undefined;

  constructor(table: FrameTable) {
    super();
    this.table = table;
    this.picture = document.createElement("canvas");
    [this.picture.width, this.picture.height] = [table.head.width, table.head.height];
    const element = document.createElement("video");
    element.preload = "auto";
    element.playsInline = true;
    element.addEventListener("play", () => this.set({ playing: true }));
    element.addEventListener("pause", () => this.rested());
    element.addEventListener("ended", () => this.rested());
    element.addEventListener("seeked", () => this.settle());
    element.addEventListener("error", () => this.fail());
    this.element = element;
  }

  /** Begins to load what is seen. */
  open(url: string): void {
    if (!("requestVideoFrameCallback" in this.element)) {
      this.state.problem =
        "This browser does not say which frame it shows, and a label must not land on another one: use a newer one";
      return;
    }
    this.watch();
    // Where the codec of the picture is unknown some play the sound alone.
    this.element.addEventListener("loadedmetadata", () => {
      if (this.element.videoWidth === 0) this.unplayable();
    });
    // Some say nothing of a frame that was there before anybody asked.
    this.element.addEventListener("loadeddata", () => {
      setTimeout(() => {
        if (this.origin === undefined) this.element.currentTime = 0;
      }, PATIENCE_MS);
    });
    this.element.src = url;
  }

  set(change: Partial<PlayerState>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  private fail(): void {
    const code = this.element.error?.code;
    if (code === MediaError.MEDIA_ERR_NETWORK)
      this.set({ playing: false, problem: "The video could not be loaded: no connection" });
    else if (code !== undefined && code !== MediaError.MEDIA_ERR_ABORTED) this.unplayable();
  }

  /** What the browser cannot show. */
  protected get refused(): string {
    const { codec, media_type: type } = this.table.head;
    return `This browser cannot show the video (${type}, ${codec})`;
  }

  /** The browser does not decode the video. */
  protected unplayable(): void {
    this.set({ playing: false, problem: this.refused });
  }

  /** The frame that is on the screen and was asked for; undefined while another one comes or the video plays. */
  get settled(): number | undefined {
    const { playing, shown, wanted } = this.state;
    return !playing && shown === wanted && !this.element.seeking ? shown : undefined;
  }

  private watch(): void {
    this.element.requestVideoFrameCallback((_, { mediaTime }) => {
      this.presented(mediaTime);
      this.watch();
    });
  }

  private presented(mediaTime: number): void {
    // The player begins at the first frame, wherever that lies on its time line.
    this.origin ??= mediaTime;
    const shown = this.table.nearest(mediaTime - this.origin);
    const { width, height } = this.picture;
    this.picture.getContext("2d")?.drawImage(this.element, 0, 0, width, height);
    const [, last] = this.stretch ?? [0, Infinity];
    const { playing } = this.state;
    this.set({ shown, ...(playing ? { wanted: shown } : {}) });
    this.onFrame();
    if (playing && shown >= last) this.ended();
    else this.settle();
  }

  protected ended(): void {
    const { loop } = this.state;
    const [first, last] = this.stretch ?? [0, 0];
    if (loop) this.go(first);
    else {
      this.pause();
      this.seek(last);
    }
  }

  /** Asks again where the browser has shown another frame than the one that was asked for. */
  private settle(): void {
    const { playing, shown, wanted } = this.state;
    clearTimeout(this.patience);
    if (playing || this.element.seeking || this.origin === undefined) return;
    if (shown === wanted) {
      this.tries = 0;
      this.set({ problem: undefined });
      return;
    }
    // The frame may be on its way still: a seek that ended has not painted yet.
    this.patience = setTimeout(
      () => {
        if (this.state.playing || this.element.seeking || this.state.shown === this.state.wanted) return;
        // Nothing is painted where nobody looks.
        if (document.hidden) return;
        this.tries += 1;
        if (this.tries > TRIES_MAXIMUM) {
          this.set({
            problem: `This browser does not show frame ${this.state.wanted + 1}: it cannot be labeled here`,
          });
          return;
        }
        this.go(this.state.wanted, this.tries);
      },
      PATIENCE_MS * (this.tries + 1),
    );
  }

  /** Sends the player into a frame: to its middle, and a little elsewhere when it is asked again. */
  protected go(frame: number, again = 0): void {
    if (this.origin === undefined) return;
    const [start, middle] = [this.table.start(frame), this.table.middle(frame)];
    this.element.currentTime =
      this.origin + middle + again * 0.15 * (middle - start) * (again % 2 === 0 ? 1 : -1);
  }

  /** To a frame; what plays goes on from there. */
  seek(frame: number): void {
    const wanted = this.table.clamped(frame);
    this.tries = 0;
    const moves = wanted !== this.state.wanted || this.state.shown !== wanted;
    this.set({ wanted, ...(this.state.problem && this.origin !== undefined ? { problem: undefined } : {}) });
    if (moves) this.go(wanted);
  }

  protected rested(): void {
    const { shown, wanted } = this.state;
    // Where it stopped is only known when that frame is shown again, at rest.
    this.set({ playing: false, wanted: shown ?? wanted });
    this.go(this.state.wanted);
  }

  toggle(): void {
    if (this.state.playing) this.pause();
    else {
      this.stretch = undefined;
      const last = this.table.frames - 1;
      if (this.state.wanted >= last) this.go(0);
      this.start();
    }
  }

  pause(): void {
    this.element.pause();
  }

  /** Plays from one frame to another, and again while looping. */
  play(first: number, last: number): void {
    this.stretch = [this.table.clamped(first), this.table.clamped(last)];
    this.go(this.stretch[0]);
    this.start();
  }

  protected start(): void {
    this.element.playbackRate = this.state.rate;
    this.element.play().catch(() => {
      // The error is told by its own event; being stopped before the first frame is none.
    });
  }

  /** The next slower (-1) or faster (1) speed. */
  speed(direction: 1 | -1): number {
    const at = RATES.indexOf(this.state.rate) + direction;
    const rate = RATES[Math.max(0, Math.min(RATES.length - 1, at))] ?? 1;
    this.setRate(rate);
    return rate;
  }

  setRate(rate: number): void {
    this.element.playbackRate = rate;
    this.set({ rate });
  }
}
