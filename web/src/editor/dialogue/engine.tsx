// Conversations: from turn to turn, their labels, what is preferred.
import { type Conversation, conversationOf, letterOf, walkOrder } from "../../core/dialogue/conversation";
import { uuid } from "../../core/ids";
import { toggleTie } from "../../core/ranking";
import type { Field, Region } from "../../core/types";
import type { EditorContext, LayerView, Media } from "../plugin";
import type { EditorSession } from "../session";
import { WordsEngine } from "../WordsEngine";
import { isLong, isWhole, lengthOf, selectedIn, turnOf } from "./labels";
import { Thread } from "./Thread";

export interface ViewState {
  active: number;
  layers: readonly LayerView[];
  /** Markdown as it is meant, or as it was written: only there words can be marked. */
  formatted: boolean;
  /** Turns whose tool calls are open. */
  open: ReadonlySet<number>;
}

export function conversationIn(media: Media): Conversation {
  if (media.kind === "dialogue") return media.conversation;
  return conversationOf(media.kind === "text" ? media.text : "");
}

/** The question by which one response is picked. */
export function pickField(session: EditorSession): Field | undefined {
  return session.schema.fields?.find((field) => field.kind.type === "pairwise");
}

export class DialogueEngine extends WordsEngine<ViewState> {
  readonly conversation: Conversation;
  state: ViewState;
  private readonly order: readonly number[];

  constructor(host: HTMLElement, context: EditorContext) {
    super(host, context);
    this.conversation = conversationIn(context.session.media);
    this.order = walkOrder(this.conversation);
    this.state = {
      active: this.order[0] ?? 0,
      layers: context.layers,
      formatted: this.session.usable.length === 0,
      open: new Set(),
    };
    this.show(<Thread engine={this} />);
  }

  run(command: string): boolean {
    if (command.startsWith("class ")) return !this.readOnly && this.label(command.slice("class ".length));
    switch (command) {
      case "turn-next":
        return this.step(1);
      case "turn-previous":
        return this.step(-1);
      case "turn-first":
        return this.goTo(this.order[0]);
      case "turn-last":
        return this.goTo(this.order.at(-1));
      case "fold":
        return this.fold(this.state.active);
      case "formatted":
        this.set({ formatted: !this.state.formatted });
        this.session.announce(this.state.formatted ? "Formatted" : "As it was written");
        return true;
      case "tie":
        return this.tie();
      case "next-region":
        return this.stepRegion(1, this.placeOf);
      case "previous-region":
        return this.stepRegion(-1, this.placeOf);
      case "remove":
        return this.session.removeSelected();
      case "cancel":
        return this.cancel();
      default:
        return false;
    }
  }

  goTo(turn: number | undefined): boolean {
    if (turn === undefined) return false;
    this.set({ active: turn });
    this.reveal(turn);
    this.session.announce(this.turnWords(turn));
    return true;
  }

  private turnWords(turn: number): string {
    const found = this.conversation.turns[turn];
    const place = found?.response === undefined ? -1 : this.conversation.order.indexOf(found.response);
    const where = place < 0 ? "" : ` of response ${letterOf(place)}`;
    return `Turn ${this.order.indexOf(turn) + 1} of ${this.order.length}: ${found?.role}${where}`;
  }

  private step(by: 1 | -1): boolean {
    const at = this.order.indexOf(this.state.active) + by;
    return this.goTo(this.order[Math.max(0, Math.min(this.order.length - 1, at))]);
  }

  private reveal(turn: number): void {
    const element = this.place.querySelector(`[data-turn="${turn}"]`);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }

  fold(turn: number): boolean {
    const found = this.conversation.turns[turn];
    if (!found || (found.calls.length === 0 && !isLong(found))) return false;
    const open = new Set(this.state.open);
    if (!open.delete(turn)) open.add(turn);
    this.set({ open });
    return true;
  }

  /** The response at a place is the better one, or no longer. */
  prefer(place: number): boolean {
    const field = pickField(this.session);
    const option = field?.kind.type === "pairwise" ? field.kind.options[place] : undefined;
    if (this.readOnly || !field || !option || place >= this.conversation.responses) return false;
    const taken = this.session.doc.fields[field.id] === option.id;
    this.session.setField(field.id, taken ? undefined : option.id);
    this.session.announce(taken ? `${field.title}: nothing` : `${field.title}: ${option.title}`);
    return true;
  }

  private tie(): boolean {
    const tied = (one: Field) => one.kind.type === "ranking" && one.kind.ties === true;
    const { doc, schema } = this.session;
    const fields = (schema.fields ?? []).filter(tied);
    const field = fields.findLast((one) => doc.fields[one.id] !== undefined);
    if (!field) return false;
    this.session.setField(field.id, toggleTie(doc.fields[field.id]));
    return true;
  }

  /** Labels what is selected in the text, or the turn; the same label again takes it back. */
  private label(className: string): boolean {
    const { doc, ui } = this.session;
    const title = this.session.classOf(className)?.title ?? className;
    const marked = selectedIn(this.place);
    const turn = this.conversation.turns[marked?.turn ?? this.state.active];
    if (!turn) return false;
    const length = lengthOf(turn.text);
    if (length === 0) {
      this.session.announce("This turn says nothing that could be labeled");
      return true;
    }
    ui.set({ activeClass: className });
    if (!marked) {
      const whole = doc.regions.filter((one) => turnOf(one) === turn.index && isWhole(one, turn));
      const same = whole.find((one) => one.class === className);
      if (same) {
        doc.removeRegions(`take ${title} back`, [same.id]);
        this.session.announce(`${title} is taken back`);
        return true;
      }
      // A turn has one label of its own; words in it may have many.
      const [other] = whole;
      if (other) {
        doc.changeRegion(`make it ${title}`, other.id, { class: className, attributes: {} });
        ui.select(other.id);
        this.session.announce(`The turn is ${title} now`);
        return true;
      }
    }
    const [start, end] = marked?.range ?? [0, length];
    const region: Region = {
      id: uuid(),
      target: { turn: turn.index },
      geometry: { type: "span", ranges: [[start, end]] },
      class: className,
      attributes: {},
    };
    doc.addRegion(`label ${title}`, region);
    ui.select(region.id);
    getSelection()?.removeAllRanges();
    this.set({ active: turn.index });
    this.session.announce(marked ? `${title}: ${turn.text.slice(0, 40)}` : `The turn is ${title}`);
    return true;
  }

  private readonly placeOf = (region: Region) => this.order.indexOf(turnOf(region) ?? 0);

  private cancel(): boolean {
    const selection = getSelection();
    if (!selection || selection.isCollapsed) return this.leave();
    selection.removeAllRanges();
    return true;
  }

  focus(ids: readonly string[]): void {
    const region = this.regionOf(ids[0]);
    const turn = region && turnOf(region);
    if (turn === undefined) return;
    this.set({ active: turn });
    this.reveal(turn);
  }
}
