// The engine of videos: the frame that is on the screen above, on which the image editor works, and the time line below.
// A label is only ever made on a frame that the browser has said to show.
import type { Region, Value, Values } from "../../core/types";
import { at, expected, stretches, trackOf, valuesAt, withKeyframe } from "../../core/video/tracks";
import { ImageEngine } from "../image/engine";
import type { EditorContext, Engine, LayerView } from "../plugin";
import { runTrack, toKeyframe } from "./commands";
import type { VideoPlayer } from "./player";
import { Sheet, unfinishedOf } from "./sheet";
import { LANE_PIXELS, WIDE_FRAMES } from "./stage";
import { VideoTimeline } from "./timeline";
import classes from "./video.module.css";

const RULER_PIXELS = 24;
const TIER_PIXELS = 32;
/** The time line has at most this share of the height. */
const TIME_SHARE = 0.4;
const LANES = 5;

/** Steps of the playhead by command, in frames. */
const STEPS: Record<string, number> = {
  "frame-back": -1,
  "frame-on": 1,
  "frames-back": -WIDE_FRAMES,
  "frames-on": WIDE_FRAMES,
  "first-frame": -Infinity,
  "last-frame": Infinity,
};
/** What arrows do where there is no shape to be moved. */
const ARROWS: Record<string, number> = {
  "nudge-left": -1,
  "nudge-right": 1,
  "shove-left": -WIDE_FRAMES,
  "shove-right": WIDE_FRAMES,
};
/** Commands that go to the time line as they are, or by another name. */
const TIME: Record<string, string> = {
  fold: "fold",
  subdivide: "subdivide",
  "time-in": "zoom-in",
  "time-out": "zoom-out",
  "begin-end": "begin-end",
  "start-here": "start-here",
  "end-here": "end-here",
  "tool-interval": "tool-interval",
  text: "text",
  "next-typing": "next-typing",
};

export class VideoEngine implements Engine {
  private readonly context: EditorContext;
  private readonly player: VideoPlayer;
  private readonly host: HTMLElement;
  private readonly frameHost: HTMLElement;
  private readonly timeHost: HTMLElement;
  private readonly sheet: Sheet;
  private readonly image: ImageEngine;
  private readonly time: VideoTimeline;
  private layers: readonly LayerView[];
  /** The frame on which a shape was left half drawn. */
  private left: number | undefined;
  /** The frame at rest of which all know. */
  private told: number | undefined;
  private readonly ends: (() => void)[] = [];

  constructor(host: HTMLElement, context: EditorContext, player: VideoPlayer) {
    [this.host, this.context, this.player, this.layers] = [host, context, player, context.layers];
    const { session, readOnly } = context;
    const made = (name: string | undefined, test: string): HTMLElement => {
      const element = document.createElement("div");
      element.className = name ?? "";
      element.dataset.testid = test;
      host.append(element);
      return element;
    };
    player.element.className = classes.video ?? "";
    host.append(player.element);
    this.frameHost = made(classes.frame, "frame");
    this.frameHost.tabIndex = -1;
    this.timeHost = made(classes.time, "timeline");
    this.timeHost.tabIndex = -1;
    this.left = unfinishedOf(session).frame;
    this.measure();
    this.sheet = new Sheet(session, player, readOnly);
    const layers = this.sheet.layers(context.layers);
    this.image = new ImageEngine(this.frameHost, { session: this.sheet.session, readOnly, layers }, false);
    this.time = new VideoTimeline(this.timeHost, context, player);
    player.onFrame = () => this.shown();
    const resized = new ResizeObserver(() => this.measure());
    resized.observe(host);
    // A press while the frame is not at rest would land on another one.
    const guard = (event: PointerEvent) => this.guard(event);
    this.frameHost.addEventListener("pointerdown", guard, { capture: true });
    this.ends.push(
      session.doc.watch(() => this.follow()),
      session.ui.subscribe(() => this.follow()),
      player.subscribe(() => this.tell()),
      () => resized.disconnect(),
      () => this.frameHost.removeEventListener("pointerdown", guard, { capture: true }),
      () => {
        player.pause();
        player.onFrame = () => {};
      },
    );
    this.follow();
    if (player.state.shown !== undefined) this.shown();
  }

  /** The same height whatever is drawn: the picture must not move under the hand. */
  private measure(): void {
    const { classes: all } = this.context.session;
    const takes = all.some((one) => one.geometry.includes("track"));
    const tiers = all.filter((one) => one.geometry.includes("interval")).length * TIER_PIXELS;
    const lanes = takes ? LANES * LANE_PIXELS : 0;
    // The time line keeps at least as much room above its tiers as they have.
    const height = RULER_PIXELS + tiers + Math.max(lanes, tiers * 0.7, 8);
    const most = this.host.clientHeight * TIME_SHARE;
    this.host.style.setProperty("--time-height", `${Math.round(Math.min(height, most))}px`);
  }

  private guard(event: PointerEvent): void {
    const looks = event.button === 1 || this.context.session.ui.state.tool === "pan";
    if (looks || this.player.settled !== undefined) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    this.host.focus({ preventScroll: true });
    if (this.player.state.playing) this.player.pause();
  }

  /** Another frame is on the screen. */
  private shown(): void {
    this.image.renew();
    this.follow();
    if (this.left !== undefined && this.player.state.shown !== undefined) {
      this.player.seek(this.left);
      this.left = undefined;
    }
  }

  /** Something was changed, or another frame is there: tracks are painted where they are in it. */
  private follow(): void {
    this.sheet.sync();
    this.image.stage.notes = this.sheet.notes;
    this.image.setLayers(this.sheet.layers(this.layers));
    this.tell();
  }

  /** For tests and for screen magnifiers: the frame on the screen, once it is at rest and painted. */
  private tell(): void {
    requestAnimationFrame(() => {
      const { settled } = this.player;
      if (settled === undefined) delete this.host.dataset.frame;
      else this.host.dataset.frame = String(settled);
      if (settled === undefined || settled === this.told) return;
      this.told = settled;
      // Attributes that change have other values now.
      this.context.session.ui.set({});
    });
  }

  private step(by: number): boolean {
    const { player, image } = this;
    const { session } = this.context;
    if (image.busy) {
      session.announce("Finish the shape first with Enter, or leave it with Esc");
      return true;
    }
    if (player.state.playing) player.pause();
    const { frames } = player.table;
    player.seek(Math.max(0, Math.min(frames - 1, player.state.wanted + by)));
    session.announce(`Frame ${player.state.wanted + 1} of ${frames}`);
    return true;
  }

  run(command: string): boolean {
    const { player, image, time } = this;
    const { session, readOnly } = this.context;
    const step = STEPS[command];
    if (step !== undefined) return this.step(step);
    const other = TIME[command];
    if (other !== undefined) return this.overTime(other);
    switch (command) {
      case "play":
        if (image.busy) return this.step(0);
        player.toggle();
        return true;
      case "play-region":
        return this.playRegion();
      case "loop":
        player.set({ loop: !player.state.loop });
        session.announce(player.state.loop ? "Over and over" : "Once");
        return true;
      case "slower":
      case "faster":
        session.announce(`Speed ${player.speed(command === "faster" ? 1 : -1)}`);
        return true;
      case "keyframe-back":
      case "keyframe-on":
        return image.busy ? this.step(0) : toKeyframe(this.hands, command === "keyframe-on" ? 1 : -1);
      case "next-region":
      case "previous-region":
        return this.stepRegion(command === "next-region" ? 1 : -1);
      case "hide":
        session.hideSelected();
        return true;
      case "cancel":
        return this.cancel();
      case "step-back":
        return image.run(command) || time.run(command);
      case "remove":
        return !readOnly && this.remove();
      default:
        return this.overFrame(command);
    }
  }

  private get hands() {
    return { session: this.context.session, player: this.player };
  }

  private overTime(command: string): boolean {
    const { session } = this.context;
    if (command === "begin-end" && this.image.busy) return this.step(0);
    if (command === "tool-interval") session.ui.set({ tool: "interval" });
    return this.time.run(command);
  }

  /** What needs the frame: it is done when the frame is at rest. */
  private overFrame(command: string): boolean {
    const { player, image } = this;
    const { readOnly } = this.context;
    const arrow = ARROWS[command];
    const looks = ["fit", "fit-selection", "zoom-in", "zoom-out", "copy", "tool-pan", "tool-select"].includes(
      command,
    );
    if (looks || command.startsWith("tool-")) return image.run(command);
    if (readOnly) return arrow !== undefined && this.step(arrow);
    const frame = player.settled;
    if (frame === undefined) {
      if (player.state.playing) player.pause();
      if (arrow !== undefined && this.sheet.session.ui.state.selection.length === 0) return this.step(arrow);
      // Enter submits whatever the video does.
      return command !== "finish" && command !== "restore" && !command.startsWith("class ");
    }
    const done = runTrack(this.hands, command, frame);
    if (done !== undefined) return done;
    if (command === "split") return this.time.run(command);
    if (image.run(command)) return true;
    if (arrow !== undefined) return this.step(arrow);
    return false;
  }

  /** A track is deleted as a whole; one that is not in this frame too. */
  private remove(): boolean {
    const { session } = this.context;
    const { selection } = session.ui.state;
    const here = selection.some((id) => this.sheet.session.doc.region(id));
    if (here && this.player.settled !== undefined) return this.image.run("remove");
    return session.removeSelected();
  }

  private playRegion(): boolean {
    const { player, context, time } = this;
    const { session } = context;
    const region = session.doc.region(session.ui.state.selection[0] ?? "");
    const track = trackOf(region);
    const parts = track ? stretches(track) : [];
    const [first, last] = [parts[0], parts.at(-1)];
    if (first && last) player.play(first[0], last[1]);
    else if (region?.geometry.type === "interval")
      player.play(region.geometry.start, region.geometry.end - 1);
    else player.play(...time.seen);
    return true;
  }

  /** In the order of the list of regions. */
  private stepRegion(direction: 1 | -1): boolean {
    if (!this.host.contains(document.activeElement)) return false;
    const { session } = this.context;
    const all = [...session.doc.regions, ...session.ui.state.suggestions];
    const own = all.findIndex((region) => session.ui.state.selection.includes(region.id));
    const place = own < 0 ? (direction === 1 ? 0 : all.length - 1) : own + direction;
    const next = all[place];
    if (!next) return false;
    session.ui.select(next.id);
    session.announcePlace(next.id, place, all.length);
    this.focus([next.id]);
    return true;
  }

  private cancel(): boolean {
    if (this.player.state.playing) {
      this.player.pause();
      return true;
    }
    if (this.image.run("cancel") || this.time.run("cancel")) return true;
    if (!this.host.contains(document.activeElement)) return false;
    (document.activeElement as HTMLElement | null)?.blur();
    return true;
  }

  /** Goes to where the first of them is, where it is not in the picture now. */
  focus(ids: readonly string[]): void {
    const { session } = this.context;
    const all = [
      ...session.doc.regions,
      ...session.ui.state.suggestions,
      ...this.layers.flatMap((one) => one.regions),
    ];
    const region = all.find((one) => ids.includes(one.id));
    const track = trackOf(region);
    if (region?.geometry.type === "interval") {
      this.time.focus(ids);
      return;
    }
    if (!track || this.image.busy) return;
    const wanted = this.player.state.wanted;
    const [first] = stretches(track);
    if (!at(track, wanted) && first) this.player.seek(first[0]);
    this.time.reveal(this.player.state.wanted);
    if (expected(track, wanted)) this.image.focus(ids);
  }

  /** Mutable attributes are those of the frame. */
  valuesOf(region: Region): Values {
    return valuesAt(region, this.sheet.frame);
  }

  setValue(ids: readonly string[], id: string, value: Value | undefined): boolean {
    const { session } = this.context;
    const regions = ids.map((one) => session.doc.region(one)).filter((region) => region !== undefined);
    const changes = regions.some((region) => {
      const track = trackOf(region);
      const field = session.classOf(region.class)?.attributes?.find((one) => one.id === id);
      const first = track?.keyframes[0]?.frame ?? 0;
      return field?.mutable === true && track !== undefined && this.sheet.frame > first;
    });
    // What is ticked off again is not true from here on; what has no opposite goes for the whole track.
    const [first] = regions;
    const next = value ?? (first && valuesAt(first, this.sheet.frame)[id] === true ? false : undefined);
    if (!changes || next === undefined) return false;
    const frame = this.player.settled;
    if (frame === undefined) {
      session.announce("Wait until the frame is shown");
      return true;
    }
    session.doc.changeRegions("change an attribute from here on", ids, (region) => {
      const track = trackOf(region);
      if (!track) return {};
      const own = track.keyframes.find((one) => one.frame === frame)?.attributes;
      return { geometry: withKeyframe(track, frame, { attributes: { ...own, [id]: next } }) };
    });
    return true;
  }

  setLayers(layers: readonly LayerView[]): void {
    this.layers = layers;
    this.image.setLayers(this.sheet.layers(layers));
    this.time.setLayers(layers);
  }

  destroy(): void {
    for (const end of this.ends) end();
    this.image.destroy();
    this.time.destroy();
    this.sheet.destroy();
    this.player.element.remove();
    this.frameHost.remove();
    this.timeHost.remove();
    delete this.host.dataset.frame;
  }
}
