// What a change costs in a text of 1 MB with 10,000 spans. The limits are promises. `npm run bench:frames text`.
import type { CDPSession, Page } from "@playwright/test";
import { longSpans, longText } from "../e2e/label.text.tools";
import { enter, test, World } from "../e2e/label.world";
import { expect } from "../e2e/server";
import { browserOf, type Figure, frame, Meter } from "./meter";

const UNITS = 1_000_000;
const SPANS = 10_000;
const TURNS = 20;
const STEPS = 60;
const figures: Figure[] = [];
const note = (what: string, found: number, limit?: number) => figures.push({ what, found, limit });

const CLASSES = ["person", "place", "company"].map((id, index) => ({
  id,
  title: id,
  geometry: ["span"],
  color: ["#0072B2", "#009E73", "#E69F00"][index],
}));

/** Milliseconds of processor time of the page's main thread. */
async function mainThread(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

/** Waits until a frame with what was done is on the screen. */
const painted = async (page: Page) => {
  await frame(page);
  await frame(page);
};

async function opened(page: Page, world: World, regions: object[]): Promise<void> {
  await world.label(page);
  const id = Number((await world.tasks())[0]?.id);
  await page.evaluate(
    async ([task, regions]) => {
      const draft = { fields: {}, regions, relations: [], base: null, took_ms: 0, saved_at: Date.now() };
      const headers = { "Content-Type": "application/json" };
      await fetch(`/api/v1/tasks/${task}/draft`, {
        method: "PUT",
        headers,
        body: JSON.stringify({ answer: draft }),
      });
    },
    [id, regions] as const,
  );
}

/** From the server's answer to the first frame with text and spans. */
async function openingTime(page: Page): Promise<number> {
  await page.reload();
  await expect(page.getByRole("listbox")).toHaveAccessibleName(/Regions, 1000\d/);
  await expect(page.locator("[data-paragraph] [data-marks]").first()).toBeVisible();
  return page.evaluate(() => {
    const answers = performance
      .getEntriesByType("resource")
      .filter(({ name }) => /\/(next|assignment)$/.test(name))
      .map((one) => (one as PerformanceResourceTiming).responseEnd);
    const seen = performance.getEntriesByName("first span")[0]?.startTime ?? Number.NaN;
    return seen - Math.max(...answers);
  });
}

/** Until what was just done is in the browser's database. Milliseconds from the key. */
async function savedTime(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const open = indexedDB.open("labelwright");
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const count = () =>
            new Promise<number>((done) => {
              const asked = open.result.transaction("drafts").objectStore("drafts").count();
              asked.onsuccess = () => done(asked.result);
            });
          void (async () => {
            const before = await count();
            const start = performance.now();
            const press = { key: "1", code: "Digit1", bubbles: true };
            document
              .querySelector("[data-testid=canvas]")
              ?.dispatchEvent(new KeyboardEvent("keydown", press));
            while ((await count()) === before) {
              if (performance.now() - start > 5000) return reject(new Error("it was not saved"));
            }
            resolve(performance.now() - start);
          })();
        };
      }),
  );
}

test("1 MB of text with 10,000 spans", async ({ server }) => {
  const text = longText(UNITS);
  const world = await World.of(server);
  await world.texts({ modality: "text", classes: CLASSES }, [text]);
  const browser = await browserOf();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector("[data-paragraph] [data-marks]")) performance.mark("first span");
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await enter(page, server, "Bench", "labeler");
  await opened(page, world, longSpans(text, SPANS, ["person", "place", "company"]));
  const openings: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) openings.push(await openingTime(page));
  note("1 MB, 10,000 spans: open, from the answer to the first frame", Math.min(...openings), 1000);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const meter = await Meter.of(browser);
  await page.getByTestId("canvas").focus();
  const count = () => page.getByRole("listbox").getAttribute("aria-label");

  // A span by keys: the caret selects a word, a digit labels it, Delete takes it away. Only the two commands count.
  const made: number[] = [];
  const gone: number[] = [];
  const nothing: number[] = [];
  const settle = async () => {
    await painted(page);
    await page.waitForTimeout(400);
  };
  for (let turn = 0; turn < TURNS; turn += 1) {
    await page.keyboard.press("Escape");
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await settle();
    // A key that nothing hears: what pressing and waiting for frames costs by itself.
    let before = await mainThread(session);
    await page.keyboard.press("F8");
    await painted(page);
    nothing.push((await mainThread(session)) - before);
    await settle();
    before = await mainThread(session);
    await page.keyboard.press("1");
    await painted(page);
    made.push((await mainThread(session)) - before);
    await settle();
    before = await mainThread(session);
    await page.keyboard.press("Delete");
    await painted(page);
    gone.push((await mainThread(session)) - before);
    await settle();
  }
  expect(await count()).toBe(`Regions, ${SPANS}`);
  const median = (list: number[]) => list.sort((one, two) => one - two)[list.length >> 1] ?? Number.NaN;
  const idle = median(nothing);
  note("  create a span: main thread until it is on the screen", median(made) - idle, 16);
  note("  delete a span: main thread until it is gone", median(gone) - idle, 16);
  note("  a key that does nothing, taken off both", idle);

  const saves: number[] = [];
  for (let turn = 0; turn < 7; turn += 1) {
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await settle();
    saves.push(await savedTime(page));
  }
  note("  create a span: until the draft is stored", median(saves), 50);

  await page.mouse.move(500, 400);
  const wheel = await meter.each(STEPS, async () => {
    await page.mouse.wheel(0, 120);
    await frame(page);
  });
  note("  scroll, a frame (all threads)", wheel, 15);
  const jump = await meter.each(STEPS, async (index) => {
    await page
      .locator("[data-paragraph]")
      .first()
      .evaluate(
        (paragraph, share) => {
          let scroller: HTMLElement | null = paragraph as HTMLElement;
          while (scroller && scroller.scrollHeight <= scroller.clientHeight + 1)
            scroller = scroller.parentElement;
          if (scroller) scroller.scrollTop = share * scroller.scrollHeight;
        },
        ((index * 37) % 100) / 100,
      );
    await frame(page);
  });
  note("  jump anywhere by the scroll bar (all threads)", jump);
  await browser.close();
  const width = Math.max(...figures.map(({ what }) => what.length));
  for (const { what, found, limit } of figures) {
    const verdict = limit === undefined ? "" : found <= limit ? "ok" : "TOO MUCH";
    const promised = limit === undefined ? "" : `limit ${limit}`;
    console.log(
      `${what.padEnd(width)}  ${found.toFixed(2).padStart(8)} ms  ${promised.padEnd(10)} ${verdict}`,
    );
  }
  expect(figures.filter(({ found, limit }) => limit !== undefined && found > limit)).toEqual([]);
});
