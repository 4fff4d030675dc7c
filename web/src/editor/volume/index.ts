// Shapes and masks on the slices of a scan.
import { measured } from "../../core/volume/measure";
import { slicesInWords } from "../../core/volume/slices";
import image from "../image/index";
import type { EditorPlugin, Engine } from "../plugin";
import { VolumeEngine } from "./engine";
import { volumeGestures, volumeKeys } from "./keys";
import { VolumePanel } from "./VolumePanel";

/** Where there are no slices there is nothing to do. */
const NO_ENGINE: Engine = { run: () => false, focus() {}, setLayers() {}, destroy() {} };

const plugin: EditorPlugin = {
  kind: "volume",
  geometries: image.geometries.filter((kind) => kind !== "cuboid"),
  keys: volumeKeys,
  tools: image.tools,
  gestures: volumeGestures,
  mount(host, context) {
    const { media } = context.session;
    return media.kind === "volume" ? new VolumeEngine(host, context, media.volume) : NO_ENGINE;
  },
  panel: { title: "Scan", fits: () => true, View: VolumePanel },
  describe(region, media) {
    const size = media.kind === "volume" ? measured(region.geometry, media.volume.head.grid) : "";
    return [slicesInWords(region), size].filter((words) => words !== "").join(", ");
  },
};

export default plugin;
