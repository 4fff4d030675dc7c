// What hands do in a text beyond marking words, and the schemas for it.
import type { Page } from "@playwright/test";

export const span = (id: string, color: string, more: object = {}) => ({
  id,
  title: id[0]?.toUpperCase() + id.slice(1),
  geometry: ["span"],
  color,
  ...more,
});

export const FULL = {
  modality: "text",
  classes: [span("person", "#0072B2"), span("place", "#009E73"), span("company", "#E69F00")],
  relations: [
    { id: "works_for", title: "works for", from: ["person"], to: ["company"], directed: true },
    { id: "owns", title: "owns", from: ["person", "company"], to: ["company"], directed: true },
    { id: "same_as", title: "same as", from: ["person"], to: ["person"], transitive: true },
  ],
  fields: [{ id: "note", title: "Note", kind: { type: "text" } }],
};

/** Where words stand: the edges of their box. */
export async function placeOf(
  page: Page,
  words: string,
  nth = 0,
): Promise<{ left: number; right: number; y: number }> {
  const place = await page.locator("[data-paragraph]").evaluateAll(
    (paragraphs, [wanted, nth]) => {
      let left = nth;
      for (const paragraph of paragraphs) {
        const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          for (let at = -1; ; ) {
            at = node.textContent?.indexOf(wanted, at + 1) ?? -1;
            if (at < 0) break;
            if (left-- > 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + wanted.length);
            const box = range.getBoundingClientRect();
            return [box.left, box.right, (box.top + box.bottom) / 2];
          }
        }
      }
      return null;
    },
    [words, nth] as const,
  );
  if (!place) throw new Error(`"${words}" is not in the text`);
  const [left = 0, right = 0, y = 0] = place;
  return { left, right, y };
}

export async function dragOver(page: Page, words: string, nth = 0): Promise<void> {
  const { left, right, y } = await placeOf(page, words, nth);
  await page.mouse.move(left + 1, y);
  await page.mouse.down();
  await page.mouse.move((left + right) / 2, y);
  await page.mouse.move(right - 1, y);
  await page.mouse.up();
}

export async function clickOn(page: Page, words: string, nth = 0): Promise<void> {
  const { left, right, y } = await placeOf(page, words, nth);
  await page.mouse.click((left + right) / 2, y);
}

/** The middle of the tag of a span that has these words. */
export async function tagOf(page: Page, words: string): Promise<{ x: number; y: number }> {
  const box = await page
    .locator("[data-paragraph] > [data-marks]", { hasText: words })
    .first()
    .locator("[data-tag]")
    .first()
    .boundingBox();
  if (!box) throw new Error(`"${words}" has no tag`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A text with a sentence or two a line, of a given size, and spans spread over it. Always the same. */
export function longText(units: number): string {
  const names = ["Zoë Müller", "Ana Silva", "Kari Dahl", "Tomás Ruiz", "東京", "أحمد", "👩‍🚀 Mae"];
  const lines: string[] = [];
  for (let index = 0, size = 0; size < units; index += 1) {
    const who = names[index % names.length];
    const line = `${index}. ${who} left the office in Oslo and wrote to Acme about the new plan, which nobody had read before; later that day they met again. ${"The rest of the paragraph says what was said. ".repeat(1 + (index % 5))}`;
    lines.push(line);
    size += line.length + 1;
  }
  return lines.join("\n");
}

/** `count` spans over words all over a text, as an answer holds them. */
export function longSpans(text: string, count: number, classes: readonly string[]): object[] {
  const characters = [...text];
  const starts: number[] = [];
  for (let at = 1; at < characters.length; at += 1) {
    if (/[a-z]/.test(characters[at] ?? "") && characters[at - 1] === " ") starts.push(at);
  }
  const step = Math.max(1, Math.floor(starts.length / count));
  return starts
    .filter((_, index) => index % step === 0)
    .slice(0, count)
    .map((start, index) => {
      let end = start;
      while (/[a-z]/.test(characters[end] ?? "")) end += 1;
      return {
        id: `s${index}`,
        class: classes[index % classes.length],
        geometry: { type: "span", ranges: [[start, end]] },
        attributes: {},
      };
    });
}
