// What a page costs: processor time of its renderer and of the GPU process, which paints without a graphics card too.
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import shared from "../playwright.config";

export interface Figure {
  what: string;
  /** CPU-ms a frame, or milliseconds where there are no frames. */
  found: number;
  limit?: number;
}

/** A browser of its own, so that no other page's work is counted. */
export async function browserOf(): Promise<Browser> {
  return chromium.launch(shared.use?.launchOptions);
}

export class Meter {
  private readonly session: CDPSession;

  private constructor(session: CDPSession) {
    this.session = session;
  }

  static async of(browser: Browser): Promise<Meter> {
    return new Meter(await browser.newBrowserCDPSession());
  }

  /** Milliseconds of processor time since the processes began. */
  private async spent(): Promise<number> {
    const { processInfo } = await this.session.send("SystemInfo.getProcessInfo");
    const counted = processInfo.filter(({ type }) => type === "renderer" || type === "GPU");
    return counted.reduce((sum, one) => sum + 1000 * one.cpuTime, 0);
  }

  /** CPU-ms for each of the steps that are done; each step is one frame. */
  async each(steps: number, step: (index: number) => Promise<unknown>): Promise<number> {
    // The first ones make caches and compiled code.
    for (let index = 0; index < 10; index += 1) await step(index);
    const before = await this.spent();
    for (let index = 0; index < steps; index += 1) await step(10 + index);
    return ((await this.spent()) - before) / steps;
  }
}

/** Waits for the next frame. */
export const frame = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
