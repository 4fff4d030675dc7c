// Tracks of shapes through the frames of a video, and intervals of frames.
import { timeWords } from "../../core/timeline/axis";
import { stretchOf } from "../../core/timeline/tiers";
import { stretches, trackOf } from "../../core/video/tracks";
import { TOOLS } from "../image/tools/registry";
import type { EditorPlugin, Engine, ToolView } from "../plugin";
import { VideoEngine } from "./engine";
import { videoGestures, videoKeys } from "./keys";
import { playerOf } from "./pictures";
import { VideoPanel } from "./VideoPanel";

/** Where there is no video there is nothing to do. */
const NO_ENGINE: Engine = { run: () => false, focus() {}, setLayers() {}, destroy() {} };

/** The tools of the image editor that draw what tracks are made of. */
const DRAWS = ["box", "rotated_box", "polygon", "points"];

const plugin: EditorPlugin = {
  kind: "video",
  geometries: ["track", "interval"],
  keys: videoKeys,
  tools(schema) {
    const kinds = new Set((schema.classes ?? []).flatMap((one) => one.geometry));
    const tools: ToolView[] = [{ id: "pan", title: "Pan", command: "tool-pan" }];
    if (kinds.has("track") || kinds.has("interval")) {
      tools.unshift({ id: "select", title: "Select", command: "tool-select" });
    }
    if (kinds.has("track")) {
      for (const { id, title, hint } of TOOLS.filter((tool) => DRAWS.includes(tool.id))) {
        tools.push({ id, title, hint, makes: "track", command: `tool-${id}` });
      }
    }
    if (kinds.has("interval")) {
      tools.push({
        id: "interval",
        title: "Interval",
        command: "tool-interval",
        hint: "Drag on the time line",
      });
    }
    return tools;
  },
  gestures: videoGestures,
  mount(host, context) {
    const player = playerOf(context.session);
    return player ? new VideoEngine(host, context, player) : NO_ENGINE;
  },
  panel: { title: "Frame", fits: () => true, View: VideoPanel },
  describe(region, media) {
    if (media.kind !== "video") return region.geometry.type;
    const { table } = media;
    const stretch = stretchOf(region);
    if (stretch) {
      const frames = stretch.end - stretch.start;
      const length = table.start(stretch.end) - table.start(stretch.start);
      const said = frames === 1 ? "1 frame" : `${frames} frames, ${length.toFixed(2)} s`;
      return `from ${stretch.start + 1} at ${timeWords(table.start(stretch.start))}, ${said}`;
    }
    const track = trackOf(region);
    if (!track) return region.geometry.type;
    const parts = stretches(track).map(([from, to]) =>
      from === to ? `${from + 1}` : `${from + 1}–${to + 1}`,
    );
    const count = track.keyframes.length;
    const shown = parts.length > 3 ? `${parts[0]} … ${parts.at(-1)}` : parts.join(", ");
    return `${shown}, ${count} ${count === 1 ? "keyframe" : "keyframes"}`;
  },
};

export default plugin;
