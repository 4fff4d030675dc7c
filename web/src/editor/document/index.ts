// Words and boxes on the pages of documents.
import type { EditorPlugin, Engine } from "../plugin";
import { DocumentPanel } from "./DocumentPanel";
import { DocumentEngine } from "./engine";
import { documentGestures, documentKeys } from "./keys";
import { pageOf, rangesIn, readIn } from "./regions";

/** Where there are no pages there is nothing to do. */
const NO_ENGINE: Engine = { run: () => false, focus() {}, setLayers() {}, destroy() {} };
/** Characters of what was read that a list shows. */
const SHOWN = 80;

const plugin: EditorPlugin = {
  kind: "document",
  geometries: ["span", "box"],
  keys: documentKeys,
  tools(schema) {
    const classes = schema.classes ?? [];
    if (classes.length === 0) return [];
    const has = (kind: "span" | "box") => classes.some((one) => one.geometry.includes(kind));
    return [
      { id: "select", title: "Select", command: "tool-select" },
      ...(has("span") ? [{ id: "span", title: "Words", command: "tool-span", hint: "Drag over words" }] : []),
      ...(has("box") ? [{ id: "box", title: "Box", command: "tool-box", hint: "Drag on the page" }] : []),
      ...((schema.relations ?? []).length > 0
        ? [{ id: "relation", title: "Relation", command: "relation" }]
        : []),
    ];
  },
  gestures: documentGestures,
  mount(host, context) {
    const { media } = context.session;
    return media.kind === "document" ? new DocumentEngine(host, context, media.layer, media.url) : NO_ENGINE;
  },
  panel: { title: "Pages", fits: () => true, View: DocumentPanel },
  describe(region, media) {
    if (media.kind !== "document") return region.geometry.type;
    const said = Object.values(region.attributes).find((value) => typeof value === "string" && value !== "");
    const words = typeof said === "string" ? said : readIn(media.layer, region);
    const short = words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words;
    const [start] = rangesIn(region)[0] ?? [];
    const page = start === undefined ? pageOf(region) : media.layer.pageOf(start);
    const where = page === undefined ? region.geometry.type : `page ${page + 1}`;
    return short.trim() === "" ? where : `${short.trim()}, ${where}`;
  },
};

export default plugin;
