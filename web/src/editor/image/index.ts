// Shapes and masks on an image.
import { areaOf, boundsOf, pointsOf } from "../../core/geometry";
import type { EditorPlugin, ToolView } from "../plugin";
import { ImageEngine } from "./engine";
import { imageGestures, imageKeys } from "./keys";
import { MaskPanel } from "./MaskPanel";
import { keptRule } from "./rule";
import { TOOLS, toolsFor } from "./tools/registry";

const plugin: EditorPlugin = {
  kind: "image",
  geometries: [...new Set(TOOLS.flatMap((tool) => tool.makes ?? []))],
  keys: imageKeys,
  tools(schema) {
    const kinds = new Set((schema.classes ?? []).flatMap((one) => one.geometry));
    const tools: ToolView[] = [{ id: "pan", title: "Pan", command: "tool-pan" }];
    if (kinds.size > 0) tools.unshift({ id: "select", title: "Select", command: "tool-select" });
    for (const { id, title, hint, makes } of toolsFor(schema)) {
      tools.push({ id, title, hint, makes, command: `tool-${id}` });
    }
    return tools;
  },
  gestures: imageGestures,
  panel: {
    title: "Masks",
    fits: (schema) => (schema.classes ?? []).some((one) => one.geometry.includes("mask")),
    View: MaskPanel,
  },
  mount(host, context) {
    // Read when the image is shown: the task was loaded while the one before it was on the screen.
    context.session.ui.set({ maskRule: keptRule(context.session.schema.name) });
    return new ImageEngine(host, context);
  },
  describe(region) {
    const bounds = boundsOf(region.geometry);
    if (!bounds) return region.geometry.type;
    if (region.geometry.type === "box") {
      return `${Math.round(bounds.right - bounds.left)} × ${Math.round(bounds.bottom - bounds.top)}`;
    }
    const { geometry } = region;
    const count = pointsOf(geometry).length;
    if (count > 0 && geometry.type !== "cuboid") {
      const all = geometry.type === "keypoints" ? ` of ${geometry.points.length}` : "";
      return `${geometry.type}, ${count}${all} points`;
    }
    return `${geometry.type.replaceAll("_", " ")}, ${Math.round(areaOf(geometry))} px²`;
  },
};

export default plugin;
