// Boxes and polygons on an image.
import { areaOf, boundsOf } from "../../core/geometry";
import type { EditorPlugin } from "../plugin";
import { ImageEngine } from "./engine";
import { imageGestures, imageKeys } from "./keys";

const plugin: EditorPlugin = {
  kind: "image",
  geometries: ["box", "polygon"],
  keys: imageKeys,
  tools(schema) {
    const kinds = new Set((schema.classes ?? []).flatMap((one) => one.geometry));
    const tools = [{ id: "pan", title: "Pan", command: "tool-pan" }];
    if (kinds.size > 0) tools.unshift({ id: "select", title: "Select", command: "tool-select" });
    if (kinds.has("box")) tools.push({ id: "box", title: "Box", command: "tool-box" });
    if (kinds.has("polygon")) tools.push({ id: "polygon", title: "Polygon", command: "tool-polygon" });
    return tools;
  },
  gestures: imageGestures,
  mount: (host, context) => new ImageEngine(host, context),
  describe(region) {
    const bounds = boundsOf(region.geometry);
    if (!bounds) return region.geometry.type;
    if (region.geometry.type === "box") {
      return `${Math.round(bounds.right - bounds.left)} × ${Math.round(bounds.bottom - bounds.top)}`;
    }
    return `${region.geometry.type}, ${Math.round(areaOf(region.geometry))} px²`;
  },
};

export default plugin;
