// Label every occurrence: where the words of the selected span stand elsewhere, shown first, labeled in one step.
import { uuid } from "../../core/ids";
import { occurrences } from "../../core/occurrences";
import type { Region } from "../../core/types";
import { paragraphAt } from "./paragraphs";
import { type Hands, spanRanges } from "./spans";
import type { Preview } from "./work";

/** Looks for the words of a span of one part; undefined when it has several or is none. */
export function previewOf(hands: Hands, region: Region): Preview | undefined {
  const { text, caret, session, work } = hands;
  const ranges = spanRanges(region);
  const [only] = ranges;
  if (!only || ranges.length > 1) return undefined;
  const { caseSensitive, wholeWords } = work.state;
  const words = text.slice(...only);
  const found = occurrences(
    text.text,
    words,
    { caseSensitive, wholeWords },
    {
      isGrapheme: (unit) => text.isGrapheme(unit),
      isWordEdge: (unit) => {
        const { paragraph, words } = caret.wordsAt(unit);
        const at = unit - paragraph.start;
        return !words.some((word) => word.isWord && word.start < at && at < word.end);
      },
    },
  );
  const key = (start: number, end: number) => `${start} ${end}`;
  const labeled = new Set(
    session.doc.regions
      .filter((one) => one.class === region.class)
      .flatMap((one) => spanRanges(one).map(([start, end]) => key(start, end))),
  );
  const places = found.filter(([start, end]) => !labeled.has(key(text.toScalar(start), text.toScalar(end))));
  return { region: region.id, words, places, there: found.length - places.length };
}

/** Shows what would be labeled; pressed again, labels it. */
export function showAlike(hands: Hands): boolean {
  const { session, work } = hands;
  const region = session.doc.region(session.ui.state.selection[0] ?? "");
  if (!region) {
    session.announce("Select a span first: every other place with its words is found");
    return true;
  }
  if (work.state.preview?.region === region.id) return labelAlike(hands);
  const preview = previewOf(hands, region);
  if (!preview) {
    session.announce("A span of several parts has no one text to look for");
    return true;
  }
  work.set({ preview });
  session.announce(
    preview.places.length === 0
      ? `“${preview.words}” stands nowhere else`
      : `“${preview.words}” stands in ${preview.places.length} more places; O again labels them, Esc leaves them`,
  );
  return true;
}

/** Looks again, with other rules. */
export function refreshAlike(hands: Hands): void {
  const { preview } = hands.work.state;
  const region = hands.session.doc.region(preview?.region ?? "");
  if (preview) hands.work.set({ preview: region && previewOf(hands, region) });
}

export function labelAlike(hands: Hands): boolean {
  const { session, work, text } = hands;
  const { preview } = work.state;
  const source = session.doc.region(preview?.region ?? "");
  work.set({ preview: undefined });
  if (!preview || !source) return false;
  const made = preview.places.map(
    ([start, end]): Region => ({
      id: uuid(),
      class: source.class,
      geometry: { type: "span", ranges: [[text.toScalar(start), text.toScalar(end)]] },
      attributes: { ...source.attributes },
      ...(source.target === undefined ? {} : { target: source.target }),
    }),
  );
  if (made.length > 0) session.doc.addRegions(`label ${made.length} more`, made);
  session.announce(`${made.length} more labeled; Z takes all of them back`);
  return true;
}

const NAME = "labelwright-alike";

/** Paints the places where the page has their blocks. They are no elements: the text is not built again for a look. */
export function paintPreview(
  hands: Hands,
  paragraphs: readonly Parameters<typeof paragraphAt>[0][number][],
  shown: (index: number) => boolean,
): void {
  if (typeof CSS === "undefined" || !("highlights" in CSS)) return;
  const { preview } = hands.work.state;
  if (!preview) {
    CSS.highlights.delete(NAME);
    return;
  }
  const ranges: Range[] = [];
  for (const [start, end] of preview.places) {
    if (!shown(paragraphAt(paragraphs, start).index) || !shown(paragraphAt(paragraphs, end).index)) continue;
    const range = hands.caret.rangeOf(start, end);
    if (range) ranges.push(range);
  }
  CSS.highlights.set(NAME, new Highlight(...ranges));
}
