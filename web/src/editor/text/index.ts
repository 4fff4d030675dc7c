// Spans of text and relations between them.
import { ScalarText } from "../../core/offsets";
import type { EditorPlugin } from "../plugin";
import { TextEngine } from "./engine";
import { textGestures, textKeys } from "./keys";
import { TextPanel } from "./TextPanel";

let last: ScalarText | undefined;

/** The text with its offsets; one task asks for it many times. */
function scalars(text: string): ScalarText {
  if (last?.text !== text) last = new ScalarText(text);
  return last;
}

const plugin: EditorPlugin = {
  kind: "text",
  geometries: ["span"],
  keys: textKeys,
  tools(schema) {
    if ((schema.classes ?? []).length === 0) return [];
    const tools = [
      { id: "select", title: "Select", command: "tool-select" },
      { id: "span", title: "Mark", command: "tool-span" },
    ];
    if ((schema.relations ?? []).length > 0) {
      tools.push({ id: "relation", title: "Relation", command: "relation" });
    }
    return tools;
  },
  gestures: textGestures,
  mount(host, context) {
    const { media } = context.session;
    return new TextEngine(host, context, scalars(media.kind === "text" ? media.text : ""));
  },
  panel: { title: "Text", fits: (schema) => (schema.classes ?? []).length > 0, View: TextPanel },
  describe(region, media) {
    if (region.geometry.type !== "span" || media.kind !== "text") return region.geometry.type;
    const text = scalars(media.text);
    return region.geometry.ranges.map(([start = 0, end = 0]) => text.slice(start, end)).join(" … ");
  },
};

export default plugin;
