// Stretches of sound on tiers, and what is said in them.
import { timeWords } from "../../core/timeline/axis";
import { stretchOf } from "../../core/timeline/tiers";
import type { EditorPlugin, Engine } from "../plugin";
import { AudioEngine } from "./engine";
import { audioGestures, audioKeys } from "./keys";
import { SoundPanel } from "./SoundPanel";

/** Where there is no sound there is nothing to do. */
const NO_ENGINE: Engine = { run: () => false, focus() {}, setLayers() {}, destroy() {} };

const plugin: EditorPlugin = {
  kind: "audio",
  geometries: ["interval"],
  keys: audioKeys,
  tools(schema) {
    if (!(schema.classes ?? []).some((one) => one.geometry.includes("interval"))) return [];
    return [
      { id: "select", title: "Select", command: "tool-select" },
      { id: "interval", title: "Draw", command: "tool-interval" },
    ];
  },
  gestures: audioGestures,
  mount(host, context) {
    const { media } = context.session;
    return media.kind === "audio" ? new AudioEngine(host, context, media.levels) : NO_ENGINE;
  },
  panel: { title: "Sound", fits: () => true, View: SoundPanel },
  describe(region, media) {
    const stretch = stretchOf(region);
    if (!stretch || media.kind !== "audio") return region.geometry.type;
    const perSecond = media.levels.head.ticks_per_second;
    const times = `${timeWords(stretch.start / perSecond)}–${timeWords(stretch.end / perSecond)}`;
    const said = Object.values(region.attributes).find((value) => typeof value === "string" && value !== "");
    return said === undefined ? times : `${times} ${said}`;
  },
};

export default plugin;
