// One frame as if it were an image: the tracks as they are there, in a document of its own on which the image editor
// works. What is changed there becomes a keyframe of the track; what changes elsewhere is taken over.
import type { Change } from "../../core/doc";
import type { GeometryKind, LabelSchema, Region } from "../../core/types";
import { at, expected, keyframeAt, type Track, trackOf, withKeyframe } from "../../core/video/tracks";
import type { EditorPlugin, LayerView } from "../plugin";
import { EditorSession } from "../session";
import type { UiState } from "../ui";
import type { VideoPlayer } from "./player";

/** The shapes of which tracks are made here. */
export const SHAPES: readonly GeometryKind[] = ["box", "rotated_box", "polygon", "points"];

/** What is half done of a video: a shape and the frame that it is drawn on, or where an interval begins. */
export interface Unfinished {
  frame?: number;
  shape?: unknown;
  begun?: number;
}

export const unfinishedOf = (session: EditorSession): Unfinished =>
  typeof session.ui.state.unfinished === "object" && session.ui.state.unfinished !== null
    ? session.ui.state.unfinished
    : {};

const FRAME_PLUGIN: EditorPlugin = {
  kind: "image",
  geometries: SHAPES,
  keys: () => [],
  tools: () => [],
  gestures: () => [],
  mount: () => ({ run: () => false, focus() {}, setLayers() {}, destroy() {} }),
  describe: (region) => region.geometry.type.replaceAll("_", " "),
};

/** The schema as it is asked about one frame: what is a track there is a shape here. */
function schemaOfFrame(schema: LabelSchema): LabelSchema {
  const classes = (schema.classes ?? []).map((one) => ({
    ...one,
    geometry: one.geometry.includes("track") ? [...SHAPES] : [],
  }));
  return { ...schema, modality: "image", classes, relations: [] };
}

/** What both sides hold in hand, and is the same on both. */
const SHARED = ["tool", "activeClass", "selection", "hidden", "locked", "walking"] as const;

export class Sheet {
  /** The session of the frame. */
  readonly session: EditorSession;
  private readonly real: EditorSession;
  private readonly player: VideoPlayer;
  private readonly readOnly: boolean;
  /** While it takes over what was changed elsewhere, nothing of it is a change of its own. */
  private taking = false;
  private readonly ends: (() => void)[] = [];
  notes: ReadonlyMap<string, { words: string; faint: boolean }> = new Map();

  constructor(real: EditorSession, player: VideoPlayer, readOnly: boolean) {
    [this.real, this.player, this.readOnly] = [real, player, readOnly];
    const { width, height } = player.picture;
    this.session = new EditorSession({
      schema: schemaOfFrame(real.schema),
      media: { kind: "image", bitmap: player.picture, width, height },
      plugin: FRAME_PLUGIN,
      answer: { fields: {}, regions: [], relations: [] },
      person: real.person,
    });
    this.session.announce = (words) => {
      if (!this.taking) real.announce(words);
    };
    const { shape } = unfinishedOf(real);
    this.session.ui.set({ unfinished: shape });
    this.sync();
    this.ends.push(
      this.session.doc.watch((changes) => this.changed(changes)),
      this.session.ui.subscribe(() => this.give()),
    );
  }

  destroy(): void {
    for (const end of this.ends) end();
  }

  get frame(): number {
    return this.player.state.shown ?? this.player.state.wanted;
  }

  private shape(track: Track, id: string): { geometry: Region["geometry"]; faint: boolean } | undefined {
    const seen = at(track, this.frame);
    if (seen) return { geometry: seen.geometry, faint: false };
    const { selection } = this.real.ui.state;
    // The selected one can be taken along into frames in which it is not yet.
    if (this.readOnly || selection.length !== 1 || selection[0] !== id) return undefined;
    const geometry = expected(track, this.frame);
    return geometry && { geometry, faint: true };
  }

  private projected(regions: readonly Region[]): Region[] {
    return regions.flatMap((region): Region[] => {
      const track = trackOf(region);
      const found = track && this.shape(track, region.id);
      return found ? [{ ...region, geometry: found.geometry }] : [];
    });
  }

  /** Others' answers at the frame. */
  layers(layers: readonly LayerView[]): LayerView[] {
    return layers.map((layer) => ({ ...layer, regions: this.projected(layer.regions) }));
  }

  /** Shows the tracks as they are at the frame that is on the screen. */
  sync(): void {
    this.taking = true;
    const { doc, ui } = this.session;
    const [next, notes] = [
      this.projected(this.real.doc.regions),
      new Map<string, { words: string; faint: boolean }>(),
    ];
    for (const region of this.real.doc.regions) {
      const track = trackOf(region);
      const seen = track && at(track, this.frame);
      if (!track) continue;
      if (!seen) notes.set(region.id, { words: "not here", faint: true });
      else if (seen.occluded) notes.set(region.id, { words: "occluded", faint: false });
    }
    this.notes = notes;
    doc.mirror(changesBetween(doc.regions, next));
    const { state } = this.real.ui;
    const shared = Object.fromEntries(SHARED.map((name) => [name, state[name]])) as Partial<UiState>;
    const suggestions = this.projected(state.suggestions);
    ui.set({ ...shared, suggestions, pins: state.pins, different: state.different });
    this.taking = false;
  }

  /** What was taken in hand over the frame is in hand everywhere. */
  private give(): void {
    if (this.taking) return;
    const [own, other] = [this.session.ui.state, this.real.ui.state];
    const change: Record<string, unknown> = {};
    for (const name of SHARED) if (own[name] !== other[name]) change[name] = own[name];
    const before = unfinishedOf(this.real);
    if (own.unfinished !== before.shape) {
      const { shape: _, frame: __, ...rest } = before;
      const kept =
        own.unfinished === undefined ? rest : { ...rest, shape: own.unfinished, frame: this.frame };
      change.unfinished = Object.keys(kept).length > 0 ? kept : undefined;
    }
    if (Object.keys(change).length > 0) this.real.ui.set(change);
  }

  /** What was drawn or moved over the frame becomes keyframes. */
  private changed(changes: readonly Change[]): void {
    if (this.taking) return;
    const frame = this.player.settled;
    if (frame === undefined || this.readOnly) {
      this.real.announce("Wait until the frame is shown: a label must not land on another one");
      this.sync();
      return;
    }
    const changed = new Map<string, Partial<Omit<Region, "id">>>();
    const [added, removed]: [Region[], string[]] = [[], []];
    for (const change of changes) {
      if (change.kind !== "region") continue;
      const { before, after } = change;
      const track = trackOf(this.real.doc.region(change.id));
      if (after && !before) {
        const keyframes = [{ frame, geometry: after.geometry }];
        added.push({ ...after, geometry: { type: "track", keyframes } });
      } else if (before && !after) removed.push(change.id);
      else if (after && track) {
        const { id: _, geometry, ...rest } = after;
        const moved = geometry !== before?.geometry;
        const next = moved ? withKeyframe(track, frame, { geometry, outside: false }) : track;
        changed.set(change.id, { ...rest, geometry: next });
      }
    }
    const name = added.length > 0 ? "draw" : removed.length > 0 ? "delete" : `move in frame ${frame + 1}`;
    this.real.doc.rework(name, { changed, added, removed });
    // What comes next is to follow the thing, and not to draw another one.
    if (added.length > 0) this.real.ui.set({ tool: "select" });
  }

  /** Is there a keyframe of the selected track at the frame? */
  get onKeyframe(): boolean {
    const track = trackOf(this.real.doc.region(this.real.ui.state.selection[0] ?? ""));
    return track !== undefined && keyframeAt(track, this.frame) !== undefined;
  }
}

function same(one: Region, two: Region): boolean {
  return (
    one.class === two.class &&
    one.attributes === two.attributes &&
    (one.geometry === two.geometry || JSON.stringify(one.geometry) === JSON.stringify(two.geometry))
  );
}

/** What makes one list of regions another. */
function changesBetween(now: readonly Region[], next: readonly Region[]): Change[] {
  const wanted = new Map(next.map((region) => [region.id, region]));
  const there = new Map(now.map((region) => [region.id, region]));
  const gone: Change[] = now.flatMap((before, at): Change[] =>
    wanted.has(before.id) ? [] : [{ kind: "region", id: before.id, at, before }],
  );
  const changes = gone.reverse();
  let count = now.length - gone.length;
  for (const after of next) {
    const before = there.get(after.id);
    if (!before) changes.push({ kind: "region", id: after.id, at: count++, after });
    else if (!same(before, after)) changes.push({ kind: "region", id: after.id, at: -1, before, after });
  }
  return changes;
}
