// Conversations: labels of turns, responses to compare, rank and write.
import { finalText, letterOf, schemaFor } from "../../core/dialogue/conversation";
import type { EditorPlugin } from "../plugin";
import { conversationIn, DialogueEngine } from "./engine";
import { dialogueGestures, dialogueKeys } from "./keys";
import { isWhole, turnOf } from "./labels";

const plugin: EditorPlugin = {
  kind: "dialogue",
  geometries: ["span"],
  keys: dialogueKeys,
  tools: () => [],
  gestures: dialogueGestures,
  mount: (host, context) => new DialogueEngine(host, context),
  schemaFor: (schema, media) => schemaFor(schema, conversationIn(media)),
  origins(media) {
    const conversation = conversationIn(media);
    return conversation.order.map((response, place) => ({
      title: letterOf(place),
      text: finalText(conversation, response),
    }));
  },
  describe(region, media) {
    const { turns, order } = conversationIn(media);
    const turn = turns[turnOf(region) ?? -1];
    if (!turn || region.geometry.type !== "span") return region.geometry.type;
    const place = turn.response === undefined ? -1 : order.indexOf(turn.response);
    const where =
      place < 0 ? `turn ${turn.index + 1}, ${turn.role}` : `response ${letterOf(place)}, ${turn.role}`;
    if (isWhole(region, turn)) return where;
    const letters = [...turn.text];
    const marked = region.geometry.ranges.map(([start = 0, end = 0]) => letters.slice(start, end).join(""));
    return `${where}: ${marked.join(" … ")}`;
  },
};

export default plugin;
