// Intervals and moments of numbers over time.
import { lengthWords, momentWords } from "../../core/series/times";
import { isMoment, stretchOf } from "../../core/timeline/tiers";
import type { EditorPlugin, Engine } from "../plugin";
import { SeriesEngine } from "./engine";
import { seriesGestures, seriesKeys } from "./keys";
import { SeriesPanel } from "./SeriesPanel";

/** Where there are no numbers there is nothing to do. */
const NO_ENGINE: Engine = { run: () => false, focus() {}, setLayers() {}, destroy() {} };

const plugin: EditorPlugin = {
  kind: "time_series",
  geometries: ["interval"],
  keys: seriesKeys,
  tools(schema) {
    if (!(schema.classes ?? []).some((one) => one.geometry.includes("interval"))) return [];
    return [
      { id: "select", title: "Select", command: "tool-select" },
      { id: "interval", title: "Interval", command: "tool-interval" },
      { id: "moment", title: "Moment", command: "tool-moment", makes: "interval", hint: "Click where it is" },
    ];
  },
  gestures: seriesGestures,
  mount(host, context) {
    const { media } = context.session;
    return media.kind === "time_series" ? new SeriesEngine(host, context, media.series) : NO_ENGINE;
  },
  panel: { title: "Channels", fits: () => true, View: SeriesPanel },
  describe(region, media) {
    const stretch = stretchOf(region);
    if (!stretch || media.kind !== "time_series") return region.geometry.type;
    const { first, ticks_per_second: perSecond } = media.series.head;
    const start = momentWords(first, stretch.start, perSecond);
    const said = Object.values(region.attributes).find((value) => typeof value === "string" && value !== "");
    const words = said === undefined ? "" : ` ${said}`;
    if (isMoment(stretch)) return `${start}${words}`;
    return `${start}, ${lengthWords(first, stretch.end - stretch.start, perSecond)}${words}`;
  },
};

export default plugin;
