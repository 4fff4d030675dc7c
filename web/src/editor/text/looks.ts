// How regions look in the text, region by region: follows the document and what is in hand, and tells the index of marks
// only what changed.
import { type Chain, chainsOf } from "../../core/chains";
import type { Change } from "../../core/doc";
import type { ScalarText } from "../../core/offsets";
import type { Region } from "../../core/types";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import type { UiState } from "../ui";
import type { MarkIndex } from "./markindex";
import { marksOf } from "./paragraphs";

/** Okabe and Ito's colours, which weak eyes tell apart; the number is the signal that does not need them. */
const CHAIN_COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"];

export class Looks {
  chains: readonly Chain[] = [];
  private readonly chainOf = new Map<string, Chain>();
  private readonly session: EditorSession;
  private readonly text: ScalarText;
  private readonly index: MarkIndex;
  private seen: UiState;
  private suggestions = new Map<string, Region>();
  private layers: readonly LayerView[] = [];

  constructor(session: EditorSession, text: ScalarText, index: MarkIndex, layers: readonly LayerView[]) {
    this.session = session;
    this.text = text;
    this.index = index;
    this.seen = session.ui.state;
    this.suggestions = new Map(this.seen.suggestions.map((one) => [one.id, one]));
    this.findChains();
    this.everything();
    this.setLayers(layers);
  }

  chain(region: string): Chain | undefined {
    return this.chainOf.get(region);
  }

  private everything(): void {
    for (const region of this.session.doc.regions) this.refresh(region.id);
    for (const id of this.suggestions.keys()) this.refresh(id);
  }

  setLayers(layers: readonly LayerView[]): void {
    for (const layer of this.layers) {
      for (const region of layer.regions) this.index.set(`${layer.id}:${region.id}`, []);
    }
    this.layers = layers;
    for (const layer of layers) {
      for (const region of layer.regions) {
        const { colour, title } = this.classLook(region);
        const strong = layer.different.has(region.id);
        const tag = strong ? `${layer.name}: ${title}` : "";
        const mark = { colour, tag, style: layer.style, strong, selected: false };
        this.index.set(`${layer.id}:${region.id}`, marksOf(this.text, region, mark, `${layer.id}:`));
      }
    }
  }

  docChanged(changes: readonly Change[]): void {
    for (const change of changes) if (change.kind === "region") this.refresh(change.id);
    if (this.session.schema.relations?.some((type) => type.transitive)) {
      const before = new Map(this.chainOf);
      this.findChains();
      const touched = new Set([...before.keys(), ...this.chainOf.keys()]);
      for (const id of touched) {
        if (before.get(id)?.number !== this.chainOf.get(id)?.number) this.refresh(id);
      }
    }
  }

  uiChanged(): void {
    const [before, now] = [this.seen, this.session.ui.state];
    this.seen = now;
    const touched = new Set<string>();
    if (before.suggestions !== now.suggestions) {
      const next = new Map(now.suggestions.map((one) => [one.id, one]));
      for (const [id, one] of this.suggestions) if (next.get(id) !== one) touched.add(id);
      for (const [id, one] of next) if (this.suggestions.get(id) !== one) touched.add(id);
      this.suggestions = next;
    }
    for (const name of ["selection", "hidden"] as const) {
      if (before[name] === now[name]) continue;
      const [old, next] = [new Set(before[name]), new Set(now[name])];
      for (const id of old) if (!next.has(id)) touched.add(id);
      for (const id of next) if (!old.has(id)) touched.add(id);
    }
    if (before.different !== now.different) this.everything();
    else for (const id of touched) this.refresh(id);
  }

  private findChains(): void {
    const { doc, schema } = this.session;
    this.chains = chainsOf((id) => doc.region(id), doc.relations, schema.relations);
    this.chainOf.clear();
    for (const chain of this.chains) for (const id of chain.mentions) this.chainOf.set(id, chain);
  }

  private classLook(region: Region): { colour: string; title: string } {
    const found = this.session.classOf(region.class);
    return { colour: found?.color ?? "#808080", title: found?.title ?? region.class };
  }

  private refresh(id: string): void {
    const region = this.session.doc.region(id);
    const { selection, hidden, different } = this.session.ui.state;
    if (region) {
      if (hidden.has(id)) {
        this.index.set(id, []);
        return;
      }
      const { colour, title } = this.classLook(region);
      const strong = different?.has(id) ?? true;
      const tag = different && strong ? `${title} (differs)` : title;
      const found = this.chainOf.get(id);
      const colourOfChain = found && CHAIN_COLOURS[(found.number - 1) % CHAIN_COLOURS.length];
      const chain = found && { number: found.number, colour: colourOfChain ?? "#808080" };
      const look = { colour, tag, style: 0, strong, selected: selection.includes(id), chain };
      this.index.set(id, numbered(marksOf(this.text, region, look)));
      return;
    }
    const suggested = this.suggestions.get(id);
    if (!suggested) {
      this.index.set(id, []);
      return;
    }
    const { colour, title } = this.classLook(suggested);
    const score = suggested.score === undefined ? "" : ` ${Math.round(suggested.score * 100)} %`;
    const look = {
      colour,
      tag: `${title}?${score}`,
      style: 1,
      strong: false,
      selected: selection.includes(id),
    };
    this.index.set(id, numbered(marksOf(this.text, suggested, look)));
  }
}

/** The parts of one span say which of how many they are. */
function numbered(marks: ReturnType<typeof marksOf>): ReturnType<typeof marksOf> {
  if (marks.length < 2) return marks;
  return marks.map((mark, index) => ({ ...mark, tag: `${mark.tag} ${index + 1}/${marks.length}` }));
}
