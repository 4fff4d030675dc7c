// What is heard: an <audio> element that plays the whole, or one stretch once or over and over, slower or faster.
import { Listeners } from "../../core/listeners";
import type { EditorSession } from "../session";

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];

export interface PlayerState {
  playing: boolean;
  rate: number;
  loop: boolean;
  /** Why nothing is heard. */
  problem: string | undefined;
}

export class Player extends Listeners {
  state: PlayerState = { playing: false, rate: 1, loop: false, problem: undefined };
  private readonly element: HTMLAudioElement;
  /** The stretch that is played, in seconds. */
  private stretch: [number, number] | undefined;
  private frame = 0;
  /** Where the playhead is while nothing plays, in seconds. */
  private at = 0;
  /** Called for every picture while something plays. */
  onMove: () => void = () => {};

  constructor(url: string) {
    super();
    const element = document.createElement("audio");
    element.preload = "metadata";
    element.src = url;
    // Slower speech keeps its pitch: it is for listening closely.
    element.preservesPitch = true;
    element.addEventListener("play", () => this.moving());
    element.addEventListener("pause", () => this.rested());
    element.addEventListener("ended", () => this.rested());
    element.addEventListener("error", () => {
      this.set({
        playing: false,
        problem: "This browser cannot play the recording; it can be labeled all the same",
      });
    });
    this.element = element;
  }

  get seconds(): number {
    return this.state.playing ? this.element.currentTime : this.at;
  }

  private rested(): void {
    this.at = this.element.currentTime;
    this.set({ playing: false });
    this.onMove();
  }

  set(change: Partial<PlayerState>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  /** Moves the playhead; what plays goes on from there. */
  seek(seconds: number): void {
    this.stretch = undefined;
    this.at = Math.max(0, seconds);
    this.element.currentTime = this.at;
    this.onMove();
  }

  toggle(): void {
    if (this.state.playing) this.element.pause();
    else {
      this.stretch = undefined;
      this.start();
    }
  }

  pause(): void {
    this.element.pause();
  }

  /** Plays one stretch, and again while looping. */
  play(from: number, to: number): void {
    this.stretch = [from, to];
    this.element.currentTime = from;
    this.start();
  }

  private start(): void {
    this.element.playbackRate = this.state.rate;
    this.element.play().catch(() => {
      // The error is told by its own event; being stopped before the first sound is none.
    });
  }

  private moving(): void {
    this.set({ playing: true, problem: undefined });
    cancelAnimationFrame(this.frame);
    const step = () => {
      if (!this.state.playing) return;
      const [from, to] = this.stretch ?? [0, Infinity];
      if (this.element.currentTime >= to) {
        this.element.currentTime = this.state.loop ? from : to;
        if (!this.state.loop) this.element.pause();
      }
      this.onMove();
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
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

const players = new WeakMap<EditorSession, Player>();

/** The player of a session: canvas and panel share it. */
export function playerOf(session: EditorSession): Player {
  let player = players.get(session);
  if (!player) {
    player = new Player(session.media.kind === "audio" ? session.media.url : "");
    players.set(session, player);
  }
  return player;
}

export const RATES_SHOWN: readonly number[] = RATES;
